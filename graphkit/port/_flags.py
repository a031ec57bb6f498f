"""Flags as programs knew them: TensorFlow's own are out of the way, old ways to read them work."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

__all__ = ["find_flags_as_before", "make_way_for_flags"]

_HARDWARE = "tensorflow.python.tpu."
_LIBRARIES = ("absl.", "tensorflow.")
_OTHER_DEFAULTS = {"op_conversion_fallback_to_while_loop": False}


def make_way_for_flags(values: Any = None) -> None:
    """Lets a program define flags of names that are taken: before absl, `log_dir` was not.

    The flags of TensorFlow's TPU modules, which 1.15 did not define, are forgotten, and a default
    that changed is 1.15's: some programs print all flags, or name their folders after them.

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
    for name, default in _OTHER_DEFAULTS.items():
        if name in values:
            values.set_default(name, default)


class _Values(dict[str, Any]):
    """The program's flags by name; what is written here is the flag's value."""

    def __init__(self, flags: Any) -> None:
        by_module = flags.flags_by_module_dict().items()
        own = [found for module, found in by_module if not module.startswith(_LIBRARIES)]
        super().__init__((flag.name, flag.value) for each in own for flag in each)
        self._flags = flags

    def __setitem__(self, name: str, value: Any) -> None:
        setattr(self._flags, name, value)
        super().__setitem__(name, value)


class _Attributes(dict[str, Any]):
    """`vars(FLAGS)`, where TensorFlow before 1.5 kept the values themselves."""

    def __missing__(self, name: str) -> Any:
        if name == "__flags":
            return _Values(self["__wrapped"])
        if name == "__parsed":
            return self["__wrapped"].is_parsed()
        raise KeyError(name)


def find_flags_as_before(flags: Any) -> None:
    """Lets `FLAGS._parse_flags()` and `FLAGS.__dict__["__flags"]` work as before TensorFlow 1.5.

    Args:
        flags: `tf.app.flags.FLAGS`.
    """
    attributes = _Attributes(vars(flags))
    values = attributes["__wrapped"]

    def parse(args: Sequence[str] | None = None) -> None:
        values([sys.argv[0], *args] if args is not None else sys.argv, known_only=True)

    vars(values)["_parse_flags"] = parse
    object.__setattr__(flags, "__dict__", attributes)
