"""Parsing of Examples, counted as the ops that 1.15 made.

Keys are one constant for all today, where 1.15 had one op for each, or none for a single Example.
"""

from __future__ import annotations

from typing import Any

from graphkit._own_ops import count_more
from graphkit._tf import tf

__all__ = ["parse_example", "parse_single_example"]

_CONSTANTS = 4  # names, sparse keys, dense keys, ragged keys


def parse_example(
    serialized: Any, features: Any, name: str | None = None, example_names: Any = None
) -> dict[str, Any]:
    """Parses a batch of Examples, as `tf.parse_example` of TensorFlow 1.

    Args:
        serialized: The Examples (string, `[batch]`).
        features: What to parse, by key: `tf.FixedLenFeature` and its kin.
        name: Name of the operation.
        example_names: Names of the Examples for messages (string, `[batch]`).

    Returns:
        A tensor or sparse tensor for each key.

    Raises:
        ValueError: A feature is of an unknown kind, or there is none.
    """
    parsed: dict[str, Any] = tf.parse_example(serialized, features, name, example_names)
    if not tf.executing_eagerly():
        op = _parsing_op()
        keys = op.get_attr("num_sparse") + len(op.get_attr("Tdense"))
        count_more(keys + 1 - _CONSTANTS)  # it had one for the names too
    return parsed


def parse_single_example(
    serialized: Any, features: Any, name: str | None = None, example_names: Any = None
) -> dict[str, Any]:
    """Parses one Example, as `tf.parse_single_example` of TensorFlow 1.

    Args:
        serialized: The Example (string, `[]`).
        features: What to parse, by key: `tf.FixedLenFeature` and its kin.
        name: Name of the operation.
        example_names: Its name for messages (string, `[]`).

    Returns:
        A tensor or sparse tensor for each key.

    Raises:
        ValueError: A feature is of an unknown kind, or there is none.
    """
    parsed: dict[str, Any] = tf.parse_single_example(serialized, features, name, example_names)
    if not tf.executing_eagerly():
        count_more(-_CONSTANTS)
    return parsed


def _parsing_op() -> Any:
    """The op that was made last of those that parse Examples."""
    ops = reversed(tf.get_default_graph().get_operations())
    return next(op for op in ops if op.type == "ParseExampleV2")
