"""contrib.graph_editor: finding, cutting, joining and copying parts of a graph."""
