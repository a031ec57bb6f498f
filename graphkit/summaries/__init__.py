"""Looking into a run: event files, written and read, and the TensorBoard that shows them.

Summary ops go into a graph (`scalar`, `histogram`, `image`, `text`, `merge_all`), what they give
goes into an event file (`SummaryWriter`), comes back as values (`read_events`), and is shown by a
real TensorBoard (`start_board`).
"""

from __future__ import annotations

import lazy_loader

# The names, and the files they load when first touched, are in the stub beside this file.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
