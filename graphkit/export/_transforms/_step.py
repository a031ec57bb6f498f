"""The steps there are, by name, and how one is written: `NAME:ARGUMENT=VALUE,…`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_type_hints

from graphkit.errors import ArgumentError, UnknownNameError
from graphkit.export._transforms._cut import cut
from graphkit.export._transforms._edit import insert, replace
from graphkit.export._transforms._fold_batch_norms import fold_batch_norms
from graphkit.export._transforms._fold_constants import fold_constants
from graphkit.export._transforms._for_opencv import for_opencv
from graphkit.export._transforms._fuse import fuse
from graphkit.export._transforms._inline_functions import inline_functions
from graphkit.export._transforms._merge import merge
from graphkit.export._transforms._network import Network
from graphkit.export._transforms._remove_nodes import remove_nodes, remove_training_nodes
from graphkit.export._transforms._rename import rename
from graphkit.export._transforms._sort import sort_by_execution_order
from graphkit.export._transforms._strip_unused import strip_unused
from graphkit.export._transforms._weights import quantize_weights, round_weights

__all__ = ["Step", "bound_step", "step_help"]

_WHERE = "transform"
_TOLERANCE = "tolerance"
_ROUNDED = 0.05
_NO_NODES = "found no node to take out"
_NO_WEIGHTS = "found no weight that is large enough and finite"
_TRUTHS = {"true": True, "false": False, "1": True, "0": False}


@dataclass(frozen=True)
class Step:
    """One transform and its arguments; `"NAME:ARGUMENT=VALUE"` says the same in one word.

    Attributes:
        name: The transform, such as `"fold_constants"`.
        arguments: Its arguments by name.
    """

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Kind:
    """A transform.

    Attributes:
        apply: What it does to a network.
        idle: What is said where it changed nothing.
        tolerance: How much farther from its source a network may compute after it.
    """

    apply: Callable[..., Network]
    idle: str = "changed nothing"
    tolerance: float = 0.0


_KINDS = {
    "cut": _Kind(cut),
    "fold_batch_norms": _Kind(fold_batch_norms, "found no batch norm to fold"),
    "fold_constants": _Kind(fold_constants, "found nothing that depends on constants alone"),
    "for_opencv": _Kind(for_opencv, "found nothing to write otherwise"),
    "fuse": _Kind(fuse, "found nothing to fuse"),
    "inline_functions": _Kind(inline_functions, "found no call to put in place"),
    "insert": _Kind(insert),
    "merge": _Kind(merge),
    "quantize_weights": _Kind(quantize_weights, _NO_WEIGHTS, tolerance=_ROUNDED),
    "remove_nodes": _Kind(remove_nodes, _NO_NODES),
    "remove_training_nodes": _Kind(remove_training_nodes, _NO_NODES),
    "rename": _Kind(rename),
    "replace": _Kind(replace),
    "round_weights": _Kind(round_weights, _NO_WEIGHTS, tolerance=_ROUNDED),
    "sort_by_execution_order": _Kind(sort_by_execution_order, "found them in that order"),
    "strip_unused": _Kind(strip_unused, "found none unused"),
}


@dataclass(frozen=True)
class BoundStep:
    """A step that was checked.

    Attributes:
        name: The transform.
        apply: What it does to a network.
        idle: What is said where it changed nothing.
        tolerance: How much farther from its source the network may compute after it.
    """

    name: str
    apply: Callable[[Network], Network]
    idle: str
    tolerance: float


def bound_step(step: str | Step) -> BoundStep:
    """Reads and checks a step.

    Args:
        step: A step, or one written as `NAME:ARGUMENT=VALUE,…`.

    Raises:
        UnknownNameError: No such transform, or it has no such argument.
        ArgumentError: A value is none the argument can have, or one that is needed is not given.
    """
    step = _parsed(step) if isinstance(step, str) else step
    if step.name not in _KINDS:
        raise UnknownNameError("step", step.name, sorted(_KINDS))
    kind = _KINDS[step.name]
    wanted = _arguments(kind)
    given = {}
    for name, value in step.arguments.items():
        if name not in wanted:
            raise UnknownNameError(f"argument of {step.name}", name, sorted(wanted))
        given[name] = _converted(step.name, name, value, wanted[name].kind)
    for name, argument in wanted.items():
        if argument.default is inspect.Parameter.empty and name not in given:
            raise ArgumentError(_WHERE, step.name, step.name, f"given {name}=VALUE")
    tolerance = float(given.pop(_TOLERANCE, kind.tolerance))
    return BoundStep(step.name, lambda network: kind.apply(network, **given), kind.idle, tolerance)


def step_help() -> list[tuple[str, str, str]]:
    """Name, arguments with their defaults, and purpose of each step."""
    return [(name, _usage(kind), _summary(kind)) for name, kind in sorted(_KINDS.items())]


@dataclass(frozen=True)
class _Argument:
    kind: Any
    default: Any


def _arguments(kind: _Kind) -> dict[str, _Argument]:
    hints = get_type_hints(kind.apply)
    found = {
        name: _Argument(hints[name], parameter.default)
        for name, parameter in inspect.signature(kind.apply).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }
    if kind.tolerance:
        found[_TOLERANCE] = _Argument(float, kind.tolerance)
    return found


def _usage(kind: _Kind) -> str:
    required = inspect.Parameter.empty
    return ",".join(
        f"{name}={'…' if argument.default is required else _shown(argument.default)}"
        for name, argument in _arguments(kind).items()
    )


def _shown(value: Any) -> str:
    return "+".join(value) if isinstance(value, tuple) else str(value).lower()


def _summary(kind: _Kind) -> str:
    return (inspect.getdoc(kind.apply) or "").partition("\n")[0]


def _parsed(text: str) -> Step:
    """Splits at the commas before an argument's name; a regular expression may hold others."""
    name, colon, rest = text.partition(":")
    arguments: dict[str, Any] = {}
    for pair in re.split(r",(?=[a-z_]+=)", rest) if colon else []:
        argument, equals, value = pair.partition("=")
        if not (argument and equals):
            shown = f"{text!r} ({pair!r} is no ARGUMENT=VALUE)"
            raise ArgumentError(_WHERE, "step", text, "NAME:ARGUMENT=VALUE,…", shown=shown)
        if argument in arguments:
            raise ArgumentError(_WHERE, "step", text, f"one that gives {argument!r} once")
        arguments[argument] = value
    return Step(name.strip(), arguments)


def _converted(step: str, name: str, value: Any, kind: Any) -> Any:
    """Gives a value the type its argument has; lists are written with + between their items."""
    if kind == tuple[str, ...]:
        return tuple(value.split("+")) if isinstance(value, str) else tuple(value)
    if isinstance(value, str) and kind is bool and value.lower() in _TRUTHS:
        return _TRUTHS[value.lower()]
    try:
        fits = isinstance(value, kind) or (isinstance(value, str) and kind in (int, float))
        if not fits and not (kind is float and isinstance(value, int)):
            raise ValueError
        return kind(value)
    except ValueError:
        names = {int: "an integer", float: "a number", bool: "true or false", str: "text"}
        raise ArgumentError(_WHERE, f"{step}:{name}", value, names[kind]) from None
