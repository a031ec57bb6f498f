"""The tf.data pipeline that does what a batcher was asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.readers._engine._alike import are_alike
from graphkit.readers._engine._chain import Chain
from graphkit.readers._engine._datasets import rows_at_once
from graphkit.readers._engine._examples import examples, raw_elements
from graphkit.readers._engine._functions import plain_function
from graphkit.readers._engine._refusal import NotLifted
from graphkit.readers._engine._request import Request
from graphkit.readers._engine._stream import Stream
from graphkit.readers._engine._together import batches_together
from graphkit.readers._engine._whole_batches import computed_at_once, work_at_once
from graphkit.readers._engine._work import Work

__all__ = ["batches"]

_BATCHES_AHEAD = 2
_MANY = 32  # examples of no bucket that are thrown away at once


def batches(request: Request, chains: Sequence[Chain], stream: Stream) -> Any:
    """Makes the dataset of the batches.

    Ops that can be run on a whole batch at once are run after batching; that is many times faster
    than once per example, and gives the same values.

    Args:
        request: What was asked for.
        chains: The chain of each example.
        stream: How the stream begins.

    Returns:
        The dataset, of tuples like `request.examples[0]`.

    Raises:
        NotLifted: The chains share a producer and do different things with it.
    """
    same = _same_work(chains)
    at_once = _at_once(request, chains, stream) if same or len(chains) == 1 else None
    if at_once is not None:
        return at_once
    works = [Work.of(chain, stream.examples_start) for chain in chains]
    start = stream.producers_start
    sets = [
        (*one, request.enqueue_many)
        for one in zip(works, request.examples, request.keep, strict=True)
    ]
    if same:
        dataset = examples(*sets[0], streams=len(chains), start=start)
    else:
        dataset = _alternating([examples(*one, start=start) for one in sets])
    if request.shapes is not None:
        dataset = dataset.map(_with_shapes(request.shapes))
    return stream.resumed(_batched(dataset, request, stream)).prefetch(_BATCHES_AHEAD)


def _at_once(request: Request, chains: Sequence[Chain], stream: Stream) -> Any | None:
    """Makes the dataset of batches that are computed as a whole; None if they cannot be."""
    single = request.enqueue_many and _passes_records_on(chains[0])
    if not request.whole or (request.enqueue_many and not single):
        return None
    work = work_at_once(chains[0], stream.examples_start)
    if work is None or not (chains[0].sources or work.numbered):
        return None
    raw_batches, names = _raw_batches(request, chains, stream, work, single=single)
    left = stream.resumed(raw_batches)  # what came before is not computed
    together = batches_together(work, request.batch_size)
    if together > 1:
        left = left.rebatch(together * request.batch_size)
    computed = computed_at_once(work, names, left)
    if computed is None:
        return None
    ahead = computed.prefetch(_BATCHES_AHEAD)
    if together == 1:
        return ahead
    return ahead.rebatch(request.batch_size, drop_remainder=not request.smaller)


def _raw_batches(
    request: Request, chains: Sequence[Chain], stream: Stream, work: Work, *, single: bool
) -> tuple[Any, list[str]]:
    """Makes the dataset of batches of what the sources deliver, and names its components."""
    chain, start = chains[0], stream.producers_start
    if request.stock is None and len(chain.sources) == 1 and not work.numbered:
        (source,) = chain.sources
        smaller = request.smaller
        cut = rows_at_once(source, request.batch_size, smaller=smaller, start=start)
        if cut is not None:
            return cut, [output.name for output in source.op.outputs]
    raw, names = raw_elements(
        chain, len(chains), single=single, numbered=work.numbered, start=start
    )
    return _batched(raw, request, stream), names


def _passes_records_on(chain: Chain) -> bool:
    """Whether many records at a time go straight into the batcher, so that one by one will do."""
    return not chain.varying and [source.up_to is not None for source in chain.sources] == [True]


def _with_shapes(shapes: Sequence[Any]) -> Callable[..., tuple[Tensor, ...]]:
    @plain_function
    def checked(*components: Tensor) -> tuple[Tensor, ...]:
        pairs = zip(components, shapes, strict=True)
        return tuple(tf.ensure_shape(component, shape) for component, shape in pairs)

    return checked


def _batched(dataset: Any, request: Request, stream: Stream) -> Any:
    """Shuffles what comes one by one, and batches it."""
    if request.stock is not None:
        dataset = dataset.shuffle(request.stock, seed=stream.shuffle_seed(request.seed))
    if request.bucket_sizes:
        return _bucketed(dataset, request)
    return _joined(dataset, request, request.batch_size)


def _joined(examples: Any, request: Request, size: Any) -> Any:
    batch = examples.padded_batch if request.dynamic_pad else examples.batch
    return batch(size, drop_remainder=not request.smaller)


def _bucketed(dataset: Any, request: Request) -> Any:
    """Batches what is in the same bucket, as soon as that is full, and says which it was.

    What is left at the end comes in the order of the buckets. Examples of no bucket share one of
    their own, of which nothing comes out: to leave them out before costs a function per example.
    """
    none = tf.constant(len(request.bucket_sizes), tf.int64)
    sizes = tf.constant([*request.bucket_sizes, _MANY], tf.int64)

    @plain_function
    def bucket_of(which: Tensor, *_components: Any) -> Tensor:
        bucket = tf.cast(which, tf.int64)
        return tf.where((bucket >= 0) & (bucket < none), bucket, none)

    @plain_function
    def size_of(bucket: Tensor) -> Tensor:
        return sizes[bucket]

    @plain_function
    def joined(bucket: Tensor, examples: Any) -> Any:
        most = tf.where(bucket < none, sizes[bucket], tf.zeros_like(bucket))
        return _joined(examples.take(most), request, sizes[bucket])

    @plain_function
    def told_once(which: Tensor, *components: Any) -> tuple[Any, ...]:
        return which[0], *components

    return dataset.group_by_window(bucket_of, joined, None, size_of).map(told_once)


def _same_work(chains: Sequence[Chain]) -> bool:
    """Whether all chains take from one producer; then they must do the same with it.

    Raises:
        NotLifted: They share a producer and do different things.
    """
    queues = [queue for chain in chains for queue in chain.queues]
    if len(set(queues)) == len(queues):
        return False
    several = len(set(queues)) > 1 or len(queues) != len(chains)
    if several or not all(are_alike(chains[0], chain) for chain in chains[1:]):
        raise NotLifted(queues[0], "several examples take from it, each in another way")
    return True


def _alternating(datasets: Sequence[Any]) -> Any:
    """Takes from each dataset in turn until all are at their end."""
    if len(datasets) == 1:
        return datasets[0]
    turns = tf.data.Dataset.range(len(datasets)).repeat()
    chosen = tf.data.Dataset.choose_from_datasets(
        list(datasets), turns, stop_on_empty_dataset=False
    )
    # TensorFlow lists the shapes of such a dataset once per source; those of a scan are right.
    return chosen.scan(0, plain_function(lambda state, *example: (state, example)))
