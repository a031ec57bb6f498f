"""What variables could do in 1.15; given back to them when the namespace is first used."""

from __future__ import annotations

import importlib
from typing import Any

from graphkit._tf import Tensor, tf

__all__ = ["initialized_value"]


def initialized_value(variable: Any) -> Tensor:
    """Gives a variable's value, or its initial value while it has none.

    Reference variables can still do this; resource variables only say that they cannot.

    Args:
        variable: A resource variable.

    Returns:
        A tensor of its dtype and shape.
    """
    with tf.init_scope():
        return tf.cond(
            tf.is_variable_initialized(variable),
            variable.read_value,
            lambda: variable.initial_value,
        )


_resource: Any = importlib.import_module("tensorflow.python.ops.resource_variable_ops")
_resource.BaseResourceVariable.initialized_value = initialized_value
