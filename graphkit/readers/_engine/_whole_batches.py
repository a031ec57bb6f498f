"""Runs the ops of a chain on a whole batch at once instead of on each example.

`tf.vectorized_map` does it, op by op, where it is sure that the values are the same. Numbers drawn
at random are a function of the example's number, so they are the same as well. A `tf.cond` becomes
a choice between the values of both branches, which is the same where neither branch can fail.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.readers._engine._branches import join_branches
from graphkit.readers._engine._chain import Chain, isolated_graph_def
from graphkit.readers._engine._functions import optimized, plain_function
from graphkit.readers._engine._inlining import inlined
from graphkit.readers._engine._sameness import has_fixed_shapes, same_at_once
from graphkit.readers._engine._vectorizers import teach_vectorizers
from graphkit.readers._engine._work import Work

__all__ = ["computed_at_once", "work_at_once"]


def work_at_once(chain: Chain, start: Tensor | None) -> Work | None:
    """Finds out how a chain's ops can be run for a whole batch.

    Args:
        chain: The chain.
        start: What a stream without a seed draws as it starts; None for generators in turn.

    Returns:
        The work; None if the ops have to be run on each example by itself.
    """
    if not chain.varying:
        return Work.of(chain, start)
    graph_def = _at_once(chain) if has_fixed_shapes(chain) else None
    if graph_def is None:
        return None
    work = Work.of(chain, start, graph_def)
    if work.ordered:
        return None
    flat = inlined(work.graph_def)  # the draws are calls
    return None if flat is None else replace(work, graph_def=flat[0])


def computed_at_once(work: Work, names: list[str], raw_batches: Any) -> Any | None:
    """Makes the dataset of a chain's batches from batches of what its sources deliver.

    Args:
        work: What is done for a whole batch.
        names: Names of the tensors that the raw components take the place of.
        raw_batches: The dataset of those components, batched.

    Returns:
        The dataset of tuples like the chain's outputs; None if an output is no component.
    """
    if not work.chain.varying:
        return _rearranged(work.chain, names, raw_batches)
    teach_vectorizers()

    @optimized
    def compute(*element: Any) -> tuple[Tensor, ...]:
        values = dict(zip(names, tf.nest.flatten(element), strict=True))
        work.captured(names)  # before the vectorisation, which takes new ops for the example's

        @plain_function
        def one(example: dict[str, Tensor]) -> tuple[Tensor, ...]:
            return tuple(work.computed(example))

        batch: tuple[Tensor, ...] = tf.vectorized_map(one, values, fallback_to_while_loop=False)
        return batch

    return raw_batches.map(compute, num_parallel_calls=tf.data.AUTOTUNE)


def _rearranged(chain: Chain, names: list[str], raw_batches: Any) -> Any | None:
    """Gives each output the component it is; None if one is no component."""
    places = [names.index(t.name) if t.name in names else None for t in chain.outputs]
    if None in places:
        return None

    @plain_function
    def rearrange(*element: Any) -> tuple[Tensor, ...]:
        components = tf.nest.flatten(element)
        return tuple(components[place] for place in places if place is not None)

    return raw_batches.map(rearrange)


def _at_once(chain: Chain) -> Any | None:
    """Writes a chain's ops so that they can be run for a whole batch.

    Returns:
        The GraphDef; None if an op is not known to give the same values then.
    """
    graph_def = isolated_graph_def(chain.varying)
    guarded = join_branches(chain.varying, graph_def, chain.outputs)
    flat = inlined(graph_def)
    if guarded is None or flat is None:
        return None
    graph_def, called = flat
    return graph_def if same_at_once(chain, graph_def, guarded | called) else None
