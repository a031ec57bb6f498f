"""Pipelines on tf.data, and what they deliver."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from graphkit._tf import Operation, tf
from graphkit.readers._engine._batching import batches
from graphkit.readers._engine._chain import Chain
from graphkit.readers._engine._iterator_runner import IteratorRunner
from graphkit.readers._engine._position import Position
from graphkit.readers._engine._refusal import SharedProducer
from graphkit.readers._engine._request import Request
from graphkit.readers._engine._stream import Stream

__all__ = ["Lifted", "built_by_tf_data"]

_TAKERS = ("QueueDequeue", "ReaderRead")


class Lifted:
    """A batcher that tf.data serves.

    Attributes:
        result: What the batching function returns.
        outputs: The op whose outputs the batches are.
        queues: The producers' queues it takes the place of.
    """

    def __init__(
        self,
        result: Any,
        outputs: Operation,
        queues: list[Operation],
        runner: IteratorRunner,
        position: Position | None,
    ) -> None:
        self.result = result
        self.outputs = outputs
        self.queues = queues
        self._runner = runner
        self._position = position

    def forget(self) -> None:
        """Lets nobody start it, and no Saver that is made from now on save where it is."""
        self._runner.remove()
        if self._position is not None:
            self._position.forget()


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
            beginning = None if stream.position is None else stream.position.beginning
            runner = IteratorRunner.of(scope, iterator.initializer, beginning)
            batch = iterator.get_next()
            flat = tf.nest.flatten(batch, expand_composites=True)
            counted = [] if stream.position is None else [stream.position.count(flat)]
        with tf.control_dependencies(counted):
            named = tf.identity_n(flat, name=scope)
    queues = [queue for chain in chains for queue in chain.queues]
    result = _as_given(arguments, _packed(batch, named))
    return Lifted(result, named[0].op, queues, runner, stream.position)


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
