"""The examples of one chain, one by one."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.readers._engine._chain import Chain
from graphkit.readers._engine._datasets import FOR_EVER, elements, taken_late
from graphkit.readers._engine._functions import optimized, plain_function
from graphkit.readers._engine._rounds import NUMBER
from graphkit.readers._engine._work import Work

__all__ = ["examples", "raw_elements"]


def raw_elements(
    chain: Chain,
    streams: int = 1,
    *,
    single: bool = False,
    numbered: bool = False,
    start: Tensor | None = None,
    late: bool = False,
) -> tuple[Any, list[str]]:
    """Makes the dataset of what a chain's sources deliver, before its ops.

    Args:
        chain: The chain.
        streams: How many readers share the work.
        single: Whether records are delivered one by one even if a step takes many.
        numbered: Whether each element comes with its number, as `NUMBER`.
        start: What producers without a seed shuffle by; None for generators in turn.
        late: Whether what `taken_late` takes is left out.

    Returns:
        The dataset, and the names of the tensors its components take the place of.

    Raises:
        NotLifted: A source does something a dataset cannot.
    """
    if not chain.sources:
        # What nothing limits goes on for ever.
        return tf.data.Dataset.range(FOR_EVER), [f"{NUMBER}:0"] if numbered else []
    taken = [
        elements(source, chain.uses, streams, single=single, start=start, late=late)
        for source in chain.sources
    ]
    names = [tensor.name for _, tensors in taken for tensor in tensors]
    datasets = [dataset for dataset, _ in taken]
    dataset = datasets[0] if len(taken) == 1 else tf.data.Dataset.zip(tuple(datasets))
    return (dataset.enumerate(), [f"{NUMBER}:0", *names]) if numbered else (dataset, names)


def examples(
    work: Work,
    example: tuple[Any, ...],
    keep: Tensor | None,
    enqueue_many: bool,
    streams: int = 1,
    start: Tensor | None = None,
) -> Any:
    """Makes the dataset of a chain's examples, each computed by itself.

    Args:
        work: The work of the chain.
        example: The components of an example.
        keep: Whether an example is kept; None where all are.
        enqueue_many: Whether the components hold many examples along their first axis.
        streams: How many readers share the work.
        start: What producers without a seed shuffle by; None for generators in turn.

    Returns:
        A dataset of tuples like `example`.

    Raises:
        NotLifted: A source does something a dataset cannot.
    """
    late = not work.ordered  # files are read in the same step, on all cores
    raw, names = raw_elements(work.chain, streams, numbered=work.numbered, start=start, late=late)

    @optimized
    def compute(*element: Any) -> Any:
        values = dict(zip(names, tf.nest.flatten(element), strict=False))
        if late:
            values.update(taken_late(work.chain.sources, values))
        flat = work.computed(values)
        kept = None if keep is None else flat.pop()
        packed = tf.nest.pack_sequence_as(example, flat, expand_composites=True)
        return packed if keep is None else (packed, kept)

    threads = tf.data.AUTOTUNE if late else None
    dataset = raw.map(compute, num_parallel_calls=threads)
    if keep is not None:
        return _kept(dataset, enqueue_many)
    return dataset.unbatch() if enqueue_many else dataset


def _kept(dataset: Any, enqueue_many: bool) -> Any:
    """Leaves out the examples that are not kept, of many or of one at a time."""
    if enqueue_many:
        dataset = dataset.map(_keep_per_row).unbatch()
    return dataset.filter(_keep_of).map(_example_of)


@plain_function
def _keep_per_row(example: tuple[Any, ...], keep: Tensor) -> tuple[tuple[Any, ...], Tensor]:
    return example, tf.broadcast_to(keep, [_rows(example)])


@plain_function
def _keep_of(example: tuple[Any, ...], keep: Tensor) -> Tensor:
    return keep


@plain_function
def _example_of(example: tuple[Any, ...], keep: Tensor) -> tuple[Any, ...]:
    return example


def _rows(example: tuple[Any, ...]) -> Tensor:
    """How many examples components with a first axis hold (int64, `[]`)."""
    first = example[0]
    if isinstance(first, tf.SparseTensor):
        return first.dense_shape[0]
    return tf.shape(first, out_type=tf.int64)[0]
