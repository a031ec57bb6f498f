"""A graph's seed as TensorFlow 1 had it: all that is drawn without a seed of its own follows it.

Today's layers draw a seed for their weights from Python's `random` instead, and TensorFlow numbers
a graph's draws where it numbered its ops, so that one seed gave other numbers.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable
from typing import Any

from graphkit._own_ops import ops_of_program
from graphkit._tf import Graph, draws_of_graphs, keras, tf

__all__ = ["set_random_seed", "with_first_weights"]

_FIRST = {
    "Constant": tf.initializers.constant,
    "GlorotNormal": tf.initializers.glorot_normal,
    "GlorotUniform": tf.initializers.glorot_uniform,
    "HeNormal": tf.initializers.he_normal,
    "HeUniform": tf.initializers.he_uniform,
    "Identity": tf.initializers.identity,
    "LecunNormal": tf.initializers.lecun_normal,
    "LecunUniform": tf.initializers.lecun_uniform,
    "Ones": tf.initializers.ones,
    "Orthogonal": tf.initializers.orthogonal,
    "RandomNormal": tf.initializers.random_normal,
    "RandomUniform": tf.initializers.random_uniform,
    "TruncatedNormal": tf.initializers.truncated_normal,
    "VarianceScaling": tf.initializers.variance_scaling,
    "Zeros": tf.initializers.zeros,
}


def set_random_seed(seed: int) -> None:
    """Sets the seed of the default graph, which then draws what it drew in TensorFlow 1.

    An op without a seed of its own gets the number of ops that were in the graph before it
    (https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/random/set_random_seed), and so
    do the weights of layers. Without a graph it is `tf.random.set_seed`.

    Args:
        seed: Any integer.
    """
    tf.set_random_seed(seed)
    if tf.executing_eagerly():
        return
    graph = tf.get_default_graph()
    draws_of_graphs[graph] = _OpsSoFar(graph)
    creators = graph._variable_creator_stack  # noqa: SLF001  # the public scope would end
    if not any(creator is _first_weight for _, creator in creators):
        creators.insert(0, (0, _first_weight))


def with_first_weights(graph: Graph) -> Any:
    """A context in which the weights that layers make in a graph follow its seed."""
    return graph._variable_creator_scope(_first_weight)  # noqa: SLF001  # not the default graph's


class _OpsSoFar:
    """Stands where the number of a graph's draws would; its value is the number of ops."""

    def __init__(self, graph: Graph) -> None:
        self._graph = weakref.ref(graph)  # it stands in a table by graph, which would keep it

    def __add__(self, draws: int) -> _OpsSoFar:
        return self

    def __mod__(self, largest: int) -> int:
        graph: Graph = self._graph()
        return ops_of_program(graph) % largest


def _first_weight(next_creator: Callable[..., Any], **arguments: Any) -> Any:
    """Makes a variable; one that starts by an initializer of today's, by that of the time."""
    start = arguments.get("initial_value")
    if isinstance(start, functools.partial):
        first = _first_initializer(start.func)
        arguments["initial_value"] = functools.partial(first, *start.args, **start.keywords)
    return next_creator(**arguments)


def _first_initializer(initializer: Any) -> Any:
    """The initializer of TensorFlow 1 with the settings of one of today's."""
    kind = type(initializer)
    first = _FIRST.get(kind.__name__)
    if first is None or getattr(keras().initializers, kind.__name__) is not kind:
        return initializer
    return first(**initializer.get_config())
