"""What variables could do in 1.15; given back to them when the namespace is first used."""

from __future__ import annotations

import importlib
from typing import Any

from graphkit._tf import Tensor, tf

__all__ = ["RefVariable", "initialized_value"]

RefVariable: Any = importlib.import_module("tensorflow.python.ops.ref_variable").RefVariable


def _reference_or_initial(variable: Any, initialized: Tensor) -> Tensor:
    """Chooses as 1.15's `tf.cond` did, op by op.

    Today's conditional is a function, whose inputs must have their values before it begins: it
    cannot hold a reference to a variable that has none.
    """
    with tf.name_scope("cond"):
        branches = tf.raw_ops.Switch(data=initialized, pred=initialized)
        tf.identity(branches.output_true, name="switch_t")
        tf.identity(branches.output_false, name="switch_f")
        chosen = tf.identity(initialized, name="pred_id")
        reference = variable.op.outputs[0]
        with tf.colocate_with(reference, ignore_existing=True):
            held = tf.raw_ops.RefSwitch(data=reference, pred=chosen, name="read/Switch")
        read = tf.identity(held.output_true, name="read")
        start = variable.initial_value
        with tf.colocate_with(start, ignore_existing=True):
            fresh = tf.raw_ops.Switch(data=start, pred=chosen)
        return tf.raw_ops.Merge(inputs=[fresh.output_false, read]).output


def initialized_value(variable: Any) -> Tensor:
    """Gives a variable's value, or its initial value while it has none.

    Args:
        variable: A reference variable or a resource variable.

    Returns:
        A tensor of its dtype and shape.
    """
    with tf.init_scope():
        if isinstance(variable, RefVariable):
            return _reference_or_initial(variable, tf.is_variable_initialized(variable))
        return tf.cond(
            tf.is_variable_initialized(variable),
            variable.read_value,
            lambda: variable.initial_value,
        )


RefVariable.initialized_value = initialized_value
_resource: Any = importlib.import_module("tensorflow.python.ops.resource_variable_ops")
_resource.BaseResourceVariable.initialized_value = initialized_value
