"""The formats of graphs and checkpoints, read as bytes: without TensorFlow, and without trust.

`_wire` reads protobuf messages and `_table` the sorted tables checkpoints are made of; upon them
stand `_graph` and `_checkpoint`. Files are mapped, not loaded, and what is damaged is refused with
a `FormatError` that says why; who knows the file's name makes a `CorruptFileError` of it.
"""
