"""Record files and what is packed into them: TFRecord, Example, CIFAR-10, image trees.

Nothing here needs TensorFlow, and each name loads its own file when it is first touched, so the
commands that only look at files start at once.
"""

from __future__ import annotations

import lazy_loader

# The names, and the files they load when first touched, are in the stub beside this file.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
