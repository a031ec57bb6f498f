"""Reading a pickled dictionary of arrays and lists as the data it is, running nothing of it.

Unpickling runs a file as a program with all of Python in reach. Here it runs on a machine that
knows only what data needs, so a hostile file ends in an error before anything happens; the number
of steps bounds memory and time.
"""

from __future__ import annotations

import struct
from os import PathLike
from typing import Any

from graphkit.errors import CorruptFileError, UnsafeFileError
from graphkit.records._files import read_whole
from graphkit.records._pickle_machine import ForeignGlobalError, PickleMachine
from graphkit.records._pickle_opcodes import UnknownOpcodeError, read_opcode
from graphkit.records._pickled_arrays import PickledArray

_MAX_BYTES = 256 << 20
_MAX_STEPS = 2_000_000
_DAMAGE = (AttributeError, IndexError, KeyError, TypeError, ValueError, struct.error)


def read_pickle(path: str | PathLike[str]) -> dict[str, Any]:
    """Reads a pickled dictionary of arrays, lists, text and whole numbers.

    Args:
        path: The pickle, of protocol 0 to 4, from Python 2 or 3.

    Returns:
        The dictionary. Its keys are text, whichever Python wrote it; byte strings in it stay bytes.

    Raises:
        MissingFileError: The file is absent or unreadable.
        UnsafeFileError: It names a global or an opcode that data has no need of, or is too large.
        CorruptFileError: It is damaged, no pickle, or holds no dictionary.
    """
    content = _run(path, read_whole(path, _MAX_BYTES))
    return {
        key: value.array if isinstance(value, PickledArray) else value
        for key, value in content.items()
    }


def _run(path: str | PathLike[str], data: bytes) -> dict[str, Any]:
    """Steps through the pickle; every way it can be wrong ends here, with the byte."""
    machine = PickleMachine()
    offset = 0
    try:
        for _ in range(_MAX_STEPS):
            opcode, following = read_opcode(data, offset)
            if opcode.name == "STOP":
                return machine.pop(dict)
            machine.step(opcode)
            offset = following
    except UnknownOpcodeError as exc:
        reason = f"its pickle holds the opcode {exc}, which no image data needs; nothing was run"
        raise UnsafeFileError(path, reason, offset=offset) from None
    except ForeignGlobalError as exc:
        reason = f"its pickle wants {exc}, which no image data needs; nothing was run"
        raise UnsafeFileError(path, reason, offset=offset) from None
    except _DAMAGE as exc:
        reason = f"is no whole pickle of arrays and lists ({exc})"
        raise CorruptFileError(path, reason, offset=offset) from exc
    raise UnsafeFileError(path, f"its pickle has more than {_MAX_STEPS} steps")
