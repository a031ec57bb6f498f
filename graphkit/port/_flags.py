"""Takes flags that TensorFlow defines for itself out of the program's."""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["forget_hardware_flags"]

_HARDWARE = "tensorflow.python.tpu."


def forget_hardware_flags(values: Any = None) -> None:
    """Forgets the flags of TensorFlow's TPU modules, which 1.15 did not define.

    A program may define one of the same name, and some name their folders after all flags.

    Args:
        values: The `FlagValues`; `absl.flags.FLAGS` unless given.
    """
    if values is None:
        absl = sys.modules.get("absl.flags")
        if absl is None:
            return
        values = vars(absl)["FLAGS"]
    for module, flags in values.flags_by_module_dict().items():
        if module.startswith(_HARDWARE):
            for flag in list(flags):  # forgetting one shortens it
                if flag.name in values:
                    delattr(values, flag.name)
