"""Pipelines on tf.data, and what they deliver."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from graphkit._own_ops import own_ops
from graphkit._tf import Operation, tf
from graphkit.readers._engine._batching import batches
from graphkit.readers._engine._chain import Chain
from graphkit.readers._engine._delivery import Delivery
from graphkit.readers._engine._iterator_runner import IteratorRunner
from graphkit.readers._engine._launch import Launch
from graphkit.readers._engine._order import order_of
from graphkit.readers._engine._position import Position
from graphkit.readers._engine._refusal import NotLifted, SharedProducer
from graphkit.readers._engine._request import Request
from graphkit.readers._engine._rest import let_rest
from graphkit.readers._engine._standby import Standby
from graphkit.readers._engine._stream import Stream
from graphkit.readers._engine._takers import fills_a_queue
from graphkit.readers._runner import queues_of

__all__ = ["Lifted", "built_by_tf_data", "options", "require_alone"]

_TAKERS = ("QueueDequeue", "ReaderRead")


class Lifted:
    """What tf.data delivers.

    Attributes:
        queues: The producers' queues it takes the place of.
        runners: What starts it, in the place of the runners of its own queues.
    """

    def __init__(
        self, queues: list[Operation], runners: list[IteratorRunner], position: Position | None
    ) -> None:
        self.queues = queues
        self.runners = runners
        self._position = position

    @property
    def launch(self) -> Launch:
        """What they start it by."""
        return self.runners[0].launch

    def give_back(self, reason: str) -> None:
        """Lets its queues deliver, and no Saver that is made from now on save where it is."""
        self.launch.give_back(reason)
        for runner in self.runners:
            runner.unregister()
        if self._position is not None:
            self._position.forget()


def built_by_tf_data(
    function: str,
    arguments: Mapping[str, Any],
    lifted: Collection[Operation] = (),
    *,
    by_number: bool = True,
    resumable: bool = False,
) -> tuple[Any, Lifted]:
    """Builds what a batching function returns, on tf.data.

    Args:
        function: Its name.
        arguments: Its arguments by name.
        lifted: The producers' queues that other batchers on tf.data take the place of.
        by_number: Whether random ops draw by the number of the example.
        resumable: Whether the Savers of the graph save where the stream is.

    Returns:
        What the function returns, and what delivers it.

    Raises:
        NotLifted: The queues have to do it.
    """
    chains = Request.of(arguments).chains()
    require_alone(chains, lifted)
    arguments = _with_seed(arguments)
    request = Request.of(arguments)
    with tf.name_scope(arguments["name"], function.removeprefix("maybe_")) as scope:
        with tf.control_dependencies(None), tf.device("/device:CPU:0"), tf.name_scope("tf_data"):
            with own_ops(), _taking_along(scope):
                order = order_of(chains, request) if resumable else None
                stream = Stream.of(by_number=by_number, order=order)
                dataset = batches(request, chains, stream).with_options(options())
            standby = Standby.of(function, arguments, scope)
            with own_ops():
                delivery = Delivery.of(dataset, standby, stream.position)
                for chain in chains:
                    let_rest(chain)
        with own_ops():
            named = tf.identity_n(delivery.outputs, name=f"{standby.name}/")
    runners = _runners(standby, delivery, stream)
    queues = [queue for chain in chains for queue in chain.queues]
    result = _as_given(arguments, _packed(request.examples[0], named))
    return result, Lifted(queues, runners, stream.position)


def _runners(standby: Standby, delivery: Delivery, stream: Stream) -> list[IteratorRunner]:
    """Makes what starts a pipeline, in the place of the runners of its queues."""
    launch = Launch(delivery.controls, stream.beginning)
    runners = [IteratorRunner(runner, launch) for runner in standby.runners]
    for runner in runners:
        runner.register()
    return runners


def _with_seed(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Draws the seed that both the queue and the dataset would draw from the graph's."""
    if tf.get_default_graph().seed is None or arguments.get("seed", 0) is not None:
        return arguments
    return {**arguments, "seed": tf.get_seed(None)[1]}


@contextmanager
def _taking_along(scope: str) -> Iterator[None]:
    """Tells of a refusal which name scope was made already, which the queues shall have."""
    try:
        yield
    except NotLifted as refusal:
        refusal.scope = scope
        raise


def require_alone(chains: Sequence[Chain], lifted: Collection[Operation] = ()) -> None:
    """Refuses to take a producer's elements from others who take them.

    Args:
        chains: Who takes them.
        lifted: The producers' queues that batchers on tf.data take the place of.

    Raises:
        NotLifted: Others take from the same producer.
    """
    sources = [source for chain in chains for source in chain.sources]
    own = {taker for source in sources for taker in source.takers}
    at_rest = _queues_at_rest()
    for source in sources:
        if source.producer is None:
            continue
        queue = source.producer.queue
        if queue in lifted or fills_a_queue(source.op, at_rest):
            raise SharedProducer(source.op, queue)
        for taker in (op for handle in source.handles for op in handle.consumers()):
            if taker not in own and taker.type.startswith(_TAKERS):
                raise SharedProducer(taker, queue)


def _queues_at_rest() -> set[Operation]:
    """The queues of batchers that tf.data serves."""
    runners = tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
    lifted = [one for one in runners if isinstance(one, IteratorRunner) and not one.reason()]
    return {handle.op for runner in lifted for handle in queues_of(runner)}


def options() -> Any:
    """Options of a dataset that keep the order of the elements.

    They leave out tuning at run time, and the session's threads, in one of which a step may wait
    for a batch.
    """
    options = tf.data.Options()
    options.threading.private_threadpool_size = 0  # one per core
    options.deterministic = True
    options.autotune.enabled = False
    return options


def _packed(example: tuple[Any, ...], flat: list[Any]) -> list[Any]:
    """Puts flat tensors together as the components of an example are, sparse ones of three."""
    left = iter(flat)
    return [
        tf.SparseTensor(next(left), next(left), next(left))
        if isinstance(component, tf.SparseTensor)
        else next(left)
        for component in example
    ]


def _as_given(arguments: Mapping[str, Any], components: list[Any]) -> Any:
    """Returns batches in a dict or list like the example, a lone one by itself."""
    example = arguments["tensors_list"][0] if "tensors_list" in arguments else arguments["tensors"]
    if "which_bucket" in arguments:
        which, *components = components
        return which, _as_given({"tensors": example}, components)
    if isinstance(example, Mapping):
        return dict(zip(sorted(example), components, strict=True))
    return components if len(components) > 1 else components[0]
