"""How the functions of a dataset are made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from graphkit._tf import tf

__all__ = ["optimized", "plain_function"]

Function = TypeVar("Function", bound=Callable[..., Any])


def plain_function(function: Function) -> Function:
    """Keeps AutoGraph from translating a function that only builds ops, and all that it calls."""
    return cast("Function", tf.autograph.experimental.do_not_convert(function))


def optimized(function: Function) -> Function:
    """Lets TensorFlow optimise a function as it does the graph of a session.

    The functions of datasets are run as they are, and a session's graph is not (`x / 255.` becomes
    `x * (1. / 255.)`, say): without this, last bits would differ from those of the queues. Put
    into the dataset's function in line, it would be run as it is as well.
    """
    made = tf.function(function, autograph=False, experimental_attributes={"_noinline": True})
    return cast("Function", made)
