"""Work on `GraphDef`s: reading one from a file, finding ops in it, cutting and pinning."""
