"""What is wrong with a call that TensorFlow refused before running anything.

TensorFlow checks feeds and fetches itself, on every call and before the first op runs. Nothing is
checked twice: only after a refusal is the call looked at again, to say which argument it was. So a
good call costs nothing extra, and what is accepted is exactly what TensorFlow accepts. The one
exception is a number that TensorFlow 1 refused and today's TensorFlow cuts in half.
"""

from __future__ import annotations

import reprlib
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np

from graphkit._tf import DType, Graph, Tensor, tf
from graphkit.errors import ArgumentError, ArgumentTypeError, UsageError
from graphkit.session._ancestors import executed_ops
from graphkit.session._origin import describe

__all__ = [
    "check_feed",
    "check_fetches",
    "known_elements",
    "leaves",
    "refused_call",
    "unfed_placeholders",
]


# The argument, what came, and what was wanted.
_Problem: TypeAlias = tuple[str, str, str]


def refused_call(
    error: Exception, graph: Graph, fetches: Any, feed: Mapping[Any, Any] | None
) -> UsageError:
    """Names the argument that TensorFlow refused.

    Args:
        error: The `TypeError`, `ValueError` or `OverflowError` of `tf.Session.run`.
        graph: The session's graph.
        fetches: What the call fetched.
        feed: What the call fed, keyed by tensors.

    Returns:
        An `ArgumentTypeError` where TensorFlow 1 raises `TypeError`, else an `ArgumentError`.
    """
    found = next(_problems(graph, fetches, feed or {}), None)
    argument, received, wanted = found or ("fetches or feed", str(error), "what a session can run")
    if isinstance(error, ValueError):
        return ArgumentError("run", argument, received, wanted, shown=received)
    return ArgumentTypeError("run", argument, received, wanted)


def check_feed(graph: Graph, feed: Mapping[Any, Any] | None) -> None:
    """Refuses Python's complex numbers for a real placeholder, as TensorFlow 1 did.

    Today's TensorFlow drops their imaginary part. Of an array it is dropped with NumPy's warning in
    both.

    Args:
        graph: The session's graph.
        feed: What the call feeds, keyed by tensors.

    Raises:
        ArgumentTypeError: A value is or holds a complex number, and its tensor takes real ones.
    """
    for key, value in (feed or {}).items():
        if _holds_complex(value):
            for tensor in _parts(graph, key):
                dtype = tensor.dtype.base_dtype
                if dtype.is_floating or dtype.is_integer:
                    wanted = f"{dtype.name} of shape {_shape(tensor)}"
                    received = f"{reprlib.repr(value)}, which is complex"
                    argument = f"the feed of {tensor.name!r}"
                    raise ArgumentTypeError("run", argument, received, wanted)


def _holds_complex(value: Any) -> bool:
    if not isinstance(value, list | tuple):
        return type(value) is complex
    kinds = set(map(type, value))
    if complex in kinds:
        return True
    return not kinds.isdisjoint((list, tuple)) and any(map(_holds_complex, value))


def check_fetches(graph: Graph, fetches: Any) -> None:
    """Refuses what is not of this graph, where TensorFlow does not look.

    Args:
        graph: The session's graph.
        fetches: What the call fetches.

    Raises:
        ArgumentError: A fetch is not of this graph.
    """
    for argument, received, wanted in _problems(graph, fetches, {}):
        raise ArgumentError("make_callable", argument, received, wanted, shown=received)


def leaves(fetches: Any) -> Iterator[Any]:
    """Every single fetch of a nesting, in order.

    Args:
        fetches: Any nesting of dicts, lists and tuples.

    Yields:
        Tensors, ops, variables, and whatever else stands there.
    """
    if isinstance(fetches, list | tuple):
        for fetch in fetches:
            yield from leaves(fetch)
    elif isinstance(fetches, Mapping):
        for fetch in fetches.values():
            yield from leaves(fetch)
    else:
        yield fetches


def known_elements(
    graph: Graph, fetches: Any, feed: Mapping[Any, Any] | None
) -> tuple[list[Any], list[Any]]:
    """The tensors and ops a call really names.

    Args:
        graph: The session's graph.
        fetches: What the call fetches.
        feed: What the call feeds.

    Returns:
        The fetched tensors and ops, and the fed tensors; what TensorFlow will refuse is left out.
    """
    fetched = [part for fetch in leaves(fetches) for part in _parts(graph, fetch)]
    return fetched, [part for key in feed or () for part in _parts(graph, key)]


def unfed_placeholders(graph: Graph, fetches: Any, feed: Mapping[Any, Any] | None) -> str:
    """What a run would have needed, for the message of one that lacked it.

    Args:
        graph: The session's graph.
        fetches: What the call fetched.
        feed: What the call fed.

    Returns:
        Each missing placeholder with its dtype and shape, then what was fed.
    """
    targets, fed = known_elements(graph, fetches, feed)
    missing = [op for op in executed_ops(targets, fed) if op.type == "Placeholder"]
    listed = ", ".join(sorted(_signature(op.outputs[0]) for op in missing))
    given = ", ".join(tensor.name for tensor in fed) or "nothing"
    return f"this run needs a feed for {listed}; fed was {given}"


def _problems(graph: Graph, fetches: Any, feed: Mapping[Any, Any]) -> Iterator[_Problem]:
    for key, value in feed.items():
        problem = _feed_problem(graph, key, value)
        if problem is not None:
            yield problem
    for fetch in leaves(fetches):
        if not _parts(graph, fetch):
            yield "every fetch", _stranger(fetch), "a tensor, op, variable or name of this graph"


def _feed_problem(graph: Graph, key: Any, value: Any) -> _Problem | None:
    parts = _parts(graph, key)
    if not parts or isinstance(parts[0], tf.Operation):
        wanted = "a tensor, variable or name of this graph"
        return "every key of feed", _stranger(key), wanted
    return _value_problem(graph, parts[0], value) if len(parts) == 1 else None


def _value_problem(graph: Graph, tensor: Tensor, value: Any) -> _Problem | None:
    wanted = f"{tensor.dtype.base_dtype.name} of shape {_shape(tensor)}"
    argument = f"the feed of {tensor.name!r}"
    if isinstance(value, tf.Tensor):
        text = "a number, list or array (a tensor holds no value until it is run)"
        return argument, f"the tensor {value.name}", text
    if _beyond(tensor.dtype.base_dtype, value):
        return argument, f"{value}, which is out of range", wanted
    try:
        array = np.asarray(value, dtype=tensor.dtype.as_numpy_dtype)
    except (TypeError, ValueError, OverflowError) as error:
        return argument, f"{reprlib.repr(value)} ({error})", wanted
    if not tensor.shape.is_compatible_with(array.shape):
        return argument, f"shape {list(array.shape)}", wanted
    if not graph.is_feedable(tensor):
        return argument, "one", "left out: this tensor may not be fed"
    return None


def _beyond(dtype: DType, value: Any) -> bool:
    """Whether a Python integer does not fit; inside a list TensorFlow 1 lets it wrap around."""
    if not isinstance(value, int) or not (dtype.is_integer or dtype.is_bool):
        return False
    least, most = (0, 1) if dtype.is_bool else (dtype.min, dtype.max)
    return not least <= value <= most


def _parts(graph: Graph, element: Any) -> list[Any]:
    """The tensors and ops of this graph that an element stands for; none for a stranger."""
    components = tf.nest.flatten(element, expand_composites=True)
    try:
        return [graph.as_graph_element(component) for component in components]
    except (TypeError, ValueError, KeyError):
        return []


def _stranger(element: Any) -> str:
    if isinstance(element, tf.Operation):
        return f"the op {element.name!r}"
    if isinstance(element, tf.Tensor) and hasattr(element, "op"):
        return f"{element.name!r} of another graph, made by {describe(element.op)}"
    return f"{reprlib.repr(element)} of type {type(element).__name__}"


def _signature(tensor: Tensor) -> str:
    return f"{tensor.name!r} ({tensor.dtype.base_dtype.name}, {_shape(tensor)})"


def _shape(tensor: Tensor) -> str:
    if tensor.shape.rank is None:
        return "[...]"
    sizes = ["?" if size is None else str(size) for size in tensor.shape.as_list()]
    return f"[{', '.join(sizes)}]"
