"""Keeps flags that absl and TensorFlow define for themselves out of the program's way."""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["make_way_for_flags"]

_HARDWARE = "tensorflow.python.tpu."


def make_way_for_flags(values: Any = None) -> None:
    """Lets a program define flags of names that are taken: before absl, `log_dir` was not.

    The flags of TensorFlow's TPU modules, which 1.15 did not define, are forgotten: some programs
    name their folders after all flags.

    Args:
        values: The `FlagValues`; `absl.flags.FLAGS` unless given.
    """
    if values is None:
        absl = sys.modules.get("absl.flags")
        if absl is None:
            return
        values = vars(absl)["FLAGS"]
    for module, flags in values.flags_by_module_dict().items():
        for flag in list(flags):  # forgetting one shortens it
            if not module.startswith(_HARDWARE):
                flag.allow_override = True
            elif flag.name in values:
                delattr(values, flag.name)
