"""Shipping a graph: frozen into one file, proven equal, loaded again, and looked into.

`freeze` writes what a session, checkpoint, SavedModel, model of Keras or graph computes as a `.pb`,
and refuses one that computes something else than its source; `freeze_session` and
`freeze_checkpoint` are the same for one kind. `load_graph` and `import_into` bring it back;
`inspect_file` tells what is in a graph, a checkpoint or a record file, and `diff` how two of them
differ; `rename_checkpoint` gives variables the names another program asks for; `transform` makes a
frozen graph smaller, faster or another one, and proves each step. Files are read without trust.
"""

from __future__ import annotations

import lazy_loader

# The names, and the files they load when first touched, are in the stub beside this file.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
