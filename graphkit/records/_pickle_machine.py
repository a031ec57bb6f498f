"""The stack machine a pickle is a program for, without anything that could do harm.

Its stack, marks and memo work as the standard library's `pickletools` describes them. The globals
it knows are inert, and so is all it can make: dictionaries, lists, tuples, text, numbers, arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from graphkit.records._pickle_opcodes import Opcode
from graphkit.records._pickled_arrays import GLOBALS, PickledObject, as_text

MAX_MADE_BYTES = 256 << 20

_T = TypeVar("_T")


class ForeignGlobalError(Exception):
    """The pickle wants something outside the table of globals; its name is the message."""


_CONSTANTS = frozenset(
    "INT LONG BININT BININT1 BININT2 LONG1 STRING BINSTRING SHORT_BINSTRING BINBYTES "
    "SHORT_BINBYTES UNICODE BINUNICODE SHORT_BINUNICODE".split()
)
_WITHOUT_EFFECT = frozenset({"PROTO", "FRAME"})


class _Global:
    """An entry of the table of globals, on the stack."""

    def __init__(self, module: str, name: str) -> None:
        if (module, name) not in GLOBALS:
            raise ForeignGlobalError(f"{module}.{name}")
        self.call = GLOBALS[module, name]


class PickleMachine:
    """Does the opcodes of one pickle.

    What an opcode cannot be done on raises ValueError, TypeError, KeyError, IndexError or
    AttributeError; the caller knows the file and the byte.
    """

    def __init__(self) -> None:
        self._stack: list[Any] = []
        self._marks: list[int] = []
        self._memo: dict[int, Any] = {}
        self._made_bytes = 0
        self._actions = self._list_actions()

    def _list_actions(self) -> dict[str, Callable[[Any], None]]:
        """Says what each opcode does with its argument."""
        push, memo, mark = self._push, self._memo, self._pop_mark
        return {
            **dict.fromkeys(_CONSTANTS, push),
            **dict.fromkeys(_WITHOUT_EFFECT, lambda _: None),
            **dict.fromkeys(("PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"), self._memoize),
            **dict.fromkeys(("GET", "BINGET", "LONG_BINGET"), lambda key: push(memo[key])),
            "NONE": lambda _: push(None),
            "NEWTRUE": lambda _: push(True),
            "NEWFALSE": lambda _: push(False),
            "MARK": lambda _: self._marks.append(len(self._stack)),
            "EMPTY_DICT": lambda _: push({}),
            "EMPTY_LIST": lambda _: push([]),
            "EMPTY_TUPLE": lambda _: push(()),
            "DICT": lambda _: push(_pair({}, mark())),
            "LIST": lambda _: push(mark()),
            "TUPLE": lambda _: push(tuple(mark())),
            "TUPLE1": lambda _: push(tuple(self._pop_many(1))),
            "TUPLE2": lambda _: push(tuple(self._pop_many(2))),
            "TUPLE3": lambda _: push(tuple(self._pop_many(3))),
            "APPEND": lambda _: self._extend(self._pop_many(1)),
            "APPENDS": lambda _: self._extend(mark()),
            "SETITEM": lambda _: self._update(self._pop_many(2)),
            "SETITEMS": lambda _: self._update(mark()),
            "GLOBAL": lambda name: push(_Global(*name)),
            "STACK_GLOBAL": lambda _: push(_Global(*map(as_text, self._pop_many(2)))),
            "REDUCE": self._reduce,
            "BUILD": self._build,
        }

    def step(self, opcode: Opcode) -> None:
        """Does one opcode."""
        self._actions[opcode.name](opcode.argument)

    def pop(self, kind: type[_T]) -> _T:
        """Takes the top off the stack; it has to be of that kind and above the last mark."""
        if len(self._stack) <= (self._marks[-1] if self._marks else 0):
            raise ValueError("the stack is empty")
        if not isinstance(self._stack[-1], kind):
            found = type(self._stack[-1]).__name__
            raise ValueError(f"{found} in the place of {kind.__name__}")
        value: _T = self._stack.pop()
        return value

    def _push(self, value: Any) -> None:
        self._stack.append(value)

    def _pop_mark(self) -> list[Any]:
        start = self._marks.pop()
        items = self._stack[start:]
        del self._stack[start:]
        return items

    def _pop_many(self, count: int) -> list[Any]:
        return [self.pop(object) for _ in range(count)][::-1]

    def _extend(self, items: list[Any]) -> None:
        target = self.pop(list)
        target.extend(items)
        self._push(target)

    def _update(self, items: list[Any]) -> None:
        self._push(_pair(self.pop(dict), items))

    def _memoize(self, key: int | None) -> None:
        value = self.pop(object)
        self._memo[len(self._memo) if key is None else key] = value
        self._push(value)

    def _reduce(self, _: None) -> None:
        """Calls a stand-in; a text turned into bytes over and over must not fill the memory."""
        arguments: tuple[Any, ...] = self.pop(tuple)
        made = self.pop(_Global).call(*arguments)
        self._made_bytes += len(made) if isinstance(made, bytes) else 0
        if self._made_bytes > MAX_MADE_BYTES:
            raise ValueError(f"more than {MAX_MADE_BYTES} bytes are made from text")
        self._push(made)

    def _build(self, _: None) -> None:
        state: tuple[Any, ...] = self.pop(tuple)
        target: PickledObject = self.pop(PickledObject)  # type: ignore[type-abstract]
        target.build(state)
        self._push(target)


def _pair(target: dict[str, Any], items: list[Any]) -> dict[str, Any]:
    """Adds keys and values that follow each other to a dictionary."""
    for key, value in zip(items[::2], items[1::2], strict=True):
        target[as_text(key)] = value
    return target
