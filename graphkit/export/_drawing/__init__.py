"""A graph as a picture, collapsed by name scope: as SVG, and as a page whose scopes open."""
