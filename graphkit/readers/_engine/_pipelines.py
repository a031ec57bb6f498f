"""Pipelines on tf.data: what they deliver, and what starts them."""

from __future__ import annotations

import weakref
from collections.abc import Collection, Mapping, Sequence
from threading import Thread
from typing import Any

from graphkit._tf import Operation, tf
from graphkit.readers._engine._batching import batches
from graphkit.readers._engine._chain import Chain
from graphkit.readers._engine._position import Position
from graphkit.readers._engine._refusal import SharedProducer
from graphkit.readers._engine._request import Request
from graphkit.readers._engine._stream import Stream
from graphkit.readers._starts import announce_start

__all__ = ["IteratorRunner", "Lifted", "built_by_tf_data"]

_TAKERS = ("QueueDequeue", "ReaderRead")


class IteratorRunner:
    """Stands among the graph's queue runners and starts a tf.data pipeline as they are started.

    Args:
        name: Name of the pipeline.
        initializer: The op that starts it.
        position: Where it begins; None for the beginning.
    """

    def __init__(self, name: str, initializer: Operation, position: Position | None = None) -> None:
        self.name = name
        self.initializer = initializer
        self.position = position
        self._started_in: weakref.WeakSet[Any] = weakref.WeakSet()

    def create_threads(
        self, sess: Any, coord: Any = None, daemon: bool = False, start: bool = False
    ) -> list[Thread]:
        """Starts the pipeline, once per session; its threads are TensorFlow's own."""
        announce_start(self.initializer.graph)
        if sess not in self._started_in:
            if self.position is not None:
                self.position.begin(sess, self.name)
            sess.run(self.initializer)
            self._started_in.add(sess)
        return []

    def to_proto(self, export_scope: str | None = None) -> None:
        """Leaves nothing in a MetaGraph: there is no queue that another program could fill."""


class Lifted:
    """A batcher that tf.data serves.

    Attributes:
        result: What the batching function returns.
        outputs: The op whose outputs the batches are.
        queues: The producers' queues it takes the place of.
        runner: What starts it.
    """

    def __init__(
        self, result: Any, outputs: Operation, queues: list[Operation], runner: IteratorRunner
    ) -> None:
        self.result = result
        self.outputs = outputs
        self.queues = queues
        self.runner = runner


def built_by_tf_data(
    function: str,
    arguments: Mapping[str, Any],
    lifted: Collection[Operation] = (),
    *,
    by_number: bool = True,
    resumable: bool = False,
) -> Lifted:
    """Builds what a batching function returns, on tf.data.

    Args:
        function: Its name.
        arguments: Its arguments by name.
        lifted: The producers' queues that other batchers on tf.data take the place of.
        by_number: Whether random ops draw by the number of the example.
        resumable: Whether the Savers of the graph save where the stream is.

    Raises:
        NotLifted: The queues have to do it.
    """
    request = Request.of(arguments)
    chains = request.chains()
    _require_alone(chains, lifted)
    with tf.name_scope(arguments["name"], function.removeprefix("maybe_")) as scope:
        with tf.control_dependencies(None), tf.device("/device:CPU:0"), tf.name_scope("tf_data"):
            stream = Stream.of(by_number=by_number, resumable=resumable)
            dataset = batches(request, chains, stream).with_options(_options())
            iterator = tf.data.make_initializable_iterator(dataset)
            batch = iterator.get_next()
            flat = tf.nest.flatten(batch, expand_composites=True)
            counted = [] if stream.position is None else [stream.position.count(flat)]
        with tf.control_dependencies(counted):
            named = tf.identity_n(flat, name=scope)
    runner = IteratorRunner(scope.rstrip("/"), iterator.initializer, stream.position)
    tf.add_to_collection(tf.GraphKeys.QUEUE_RUNNERS, runner)
    queues = [queue for chain in chains for queue in chain.queues]
    result = _as_given(arguments, _packed(batch, named))
    return Lifted(result, named[0].op, queues, runner)


def _require_alone(chains: Sequence[Chain], lifted: Collection[Operation]) -> None:
    """Refuses to take a producer's elements from others who take them."""
    sources = [source for chain in chains for source in chain.sources]
    own = {source.op for source in sources}
    for source in sources:
        if source.producer is None:
            continue
        queue = source.producer.queue
        if queue in lifted or _fills_a_queue(source.op):
            raise SharedProducer(source.op, queue)
        handles = [queue.outputs[0], *(() if source.reader is None else source.reader.outputs)]
        for taker in (op for handle in handles for op in handle.consumers()):
            if taker not in own and taker.type.startswith(_TAKERS):
                raise SharedProducer(taker, queue)


def _fills_a_queue(op: Operation) -> bool:
    """Whether what an op takes goes into a queue, as into that of another batcher."""
    seen: set[Operation] = set()
    waiting = [op]
    while waiting:
        user = waiting.pop()
        if user.type.startswith("QueueEnqueue"):
            return True
        if user not in seen:
            seen.add(user)
            waiting += [consumer for tensor in user.outputs for consumer in tensor.consumers()]
    return False


def _options() -> Any:
    """Keeps the order of the elements, and leaves tuning at run time out."""
    options = tf.data.Options()
    options.deterministic = True
    options.autotune.enabled = False
    return options


def _packed(batch: tuple[Any, ...], flat: list[Any]) -> list[Any]:
    """Puts flat tensors together as the components of a batch are, sparse ones of three."""
    left = iter(flat)
    return [
        tf.SparseTensor(next(left), next(left), next(left))
        if isinstance(component, tf.SparseTensor)
        else next(left)
        for component in batch
    ]


def _as_given(arguments: Mapping[str, Any], components: list[Any]) -> Any:
    """Returns batches in a dict or list like the example, a lone one by itself."""
    example = arguments["tensors_list"][0] if "tensors_list" in arguments else arguments["tensors"]
    if isinstance(example, Mapping):
        return dict(zip(sorted(example), components, strict=True))
    return components if len(components) > 1 else components[0]
