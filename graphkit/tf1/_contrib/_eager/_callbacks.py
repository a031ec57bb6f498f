"""contrib.eager's callbacks after every eager op, and its checks for infinities and NaN."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from typing import Any

import numpy as np

from graphkit._tf import tf
from graphkit.tf1._namespace import load

__all__ = [
    "ExecutionCallback",
    "InfOrNanError",
    "add_execution_callback",
    "clear_execution_callbacks",
    "errstate",
    "inf_callback",
    "inf_nan_callback",
    "nan_callback",
    "seterr",
]

_op_callbacks: Any = load("tensorflow.python.framework.op_callbacks")
_added: list[tuple[Callable[..., Any], Callable[..., Any]]] = []


class ExecutionCallback(Enum):
    """What a check does when it finds something."""

    IGNORE = "ignore"
    PRINT = "print"
    RAISE = "raise"
    WARN = "warn"


class InfOrNanError(Exception):
    """An op gave infinities or NaN.

    Args:
        op_type: The op's type.
        op_name: Its name, if it has one.
        output_index: Which of its outputs.
        num_outputs: How many it has.
        value: The output.
    """

    def __init__(
        self, op_type: str, op_name: str | None, output_index: int, num_outputs: int, value: Any
    ) -> None:
        self.op_type = op_type
        self.op_name = op_name
        self.output_index = output_index
        self.num_outputs = num_outputs
        self.value = value
        counts = {"inf": np.count_nonzero(np.isinf(value)), "nan": np.isnan(value).sum()}
        found = " and ".join(f"{count} {kind}(s)" for kind, count in counts.items() if count)
        super().__init__(
            f"Output {output_index + 1} of {num_outputs} of TFE operation {op_type} (name: "
            f"{op_name!r}) contains {found} out of a total of {np.size(value)} element(s). "
            f"Tensor value: {value}"
        )


def add_execution_callback(callback: Callable[..., Any]) -> None:
    """Has a function called after every eager op.

    Args:
        callback: Of the op's type, inputs, attributes, outputs and name.
    """

    def after(
        op_type: str,
        inputs: Any,
        attrs: Any,
        outputs: Any,
        op_name: str | None = None,
        graph: Any = None,
    ) -> Any:
        if graph is None:
            callback(op_type, list(inputs), attrs, list(outputs), op_name)
        return outputs

    _op_callbacks.add_op_callback(after)
    _added.append((callback, after))


def _remove(unwanted: Callable[[Callable[..., Any]], bool]) -> list[Callable[..., Any]]:
    """Removes callbacks, and says which they were."""
    gone = [pair for pair in _added if unwanted(pair[0])]
    for pair in gone:
        _op_callbacks.remove_op_callback(pair[1])
        _added.remove(pair)
    return [callback for callback, _ in gone]


def clear_execution_callbacks() -> None:
    """Removes all callbacks."""
    _remove(lambda callback: True)


def inf_nan_callback(
    op_type: str,
    inputs: Sequence[Any],
    attrs: Any,
    outputs: Sequence[Any],
    op_name: str | None,
    check_inf: bool = True,
    check_nan: bool = True,
    action: Any = ExecutionCallback.RAISE,
) -> None:
    """Looks for infinities and NaN in what an op gave.

    Args:
        op_type: The op's type.
        inputs: Not looked at.
        attrs: Not looked at.
        outputs: What it gave.
        op_name: Its name.
        check_inf: Whether infinities count.
        check_nan: Whether NaN counts.
        action: What to do about it, an `ExecutionCallback`.

    Raises:
        InfOrNanError: There are some, and `action` says so.
        ValueError: There is no such action.
    """
    action = ExecutionCallback(action)
    for index, output in enumerate(outputs):
        if not output.dtype.is_floating:
            continue
        value = output.numpy()
        if (check_inf and np.isinf(value).any()) or (check_nan and np.isnan(value).any()):
            _act(action, InfOrNanError(op_type, op_name, index, len(outputs), value))


def _act(action: ExecutionCallback, error: InfOrNanError) -> None:
    if action is ExecutionCallback.RAISE:
        raise error
    if action is ExecutionCallback.PRINT:
        print(f"Warning: {error}")  # noqa: T201 - this is what the caller asked for
    elif action is ExecutionCallback.WARN:
        tf.logging.warn(str(error))


inf_callback = functools.partial(inf_nan_callback, check_nan=False)
nan_callback = functools.partial(inf_nan_callback, check_inf=False)


def _is_check(callback: Any) -> bool:
    return getattr(callback, "func", callback) is inf_nan_callback


def seterr(inf_or_nan: Any = None) -> dict[str, ExecutionCallback]:
    """Says what happens from now on when an eager op gives infinities or NaN.

    Args:
        inf_or_nan: An `ExecutionCallback`; nothing changes for None.

    Returns:
        What happened before, as {"inf_or_nan": …}.

    Raises:
        ValueError: There is no such action.
    """
    checks = [callback for callback, _ in _added if _is_check(callback)]
    before = ExecutionCallback.IGNORE
    for check in checks:
        before = ExecutionCallback(getattr(check, "keywords", {}).get("action", "raise"))
    if inf_or_nan is not None:
        action = ExecutionCallback(inf_or_nan)
        _remove(_is_check)
        if action is not ExecutionCallback.IGNORE:
            add_execution_callback(functools.partial(inf_nan_callback, action=action))
    return {"inf_or_nan": before}


@contextmanager
def errstate(inf_or_nan: Any = None) -> Iterator[None]:
    """Says what happens inside it when an eager op gives infinities or NaN.

    Args:
        inf_or_nan: An `ExecutionCallback`.

    Yields:
        Nothing.
    """
    if not tf.executing_eagerly():
        yield
        return
    before = seterr(inf_or_nan=inf_or_nan)
    try:
        yield
    finally:
        seterr(**before)
