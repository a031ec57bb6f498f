"""Weights that lie beside their graph, as protobuf holds no more than 2 GB.

The graph has variables in the place of large constants, and ops that restore them. The weights are
a checkpoint of version 2 beside it. The SHA-256 of the checkpoint's index, which holds a checksum
of every value, is written into the graph: weights of another model are none of this one.
"""
