"""contrib.training's state saver: long sequences cut into pieces, with states kept between them.

An example of 7 steps, cut after every 3, is three pieces. A piece is complete, and can come in a
batch, once the piece before it has left its states; the pieces of others fill the batch meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphkit._tf import Operation, Tensor, tf
from graphkit.tf1._contrib._training._sequence_checks import checked_shape
from graphkit.tf1._contrib._training._sequence_example import (
    check_dictionaries,
    checked_example,
    with_room,
)
from graphkit.tf1._namespace import load

__all__ = ["NextQueuedSequenceBatch", "SequenceQueueingStateSaver"]

# Collects the parts of a piece by its key, and gives those away that have all.
_Barrier = load("tensorflow.python.ops.data_flow_ops:Barrier")

_COUNTED = {
    "length": tf.int32,
    "total_length": tf.int32,
    "next_key": tf.string,
    "sequence": tf.int32,
    "sequence_count": tf.int32,
}


@dataclass(frozen=True)
class _Received:
    """One batch of pieces, as it was taken."""

    batch_size: Tensor
    insertion_index: Tensor
    key: Tensor
    counted: dict[str, Tensor]
    context: dict[str, Any]
    sequences: dict[str, Any]
    states: dict[str, Tensor]


class SequenceQueueingStateSaver:
    """Cuts sequences into pieces of one length and batches pieces of several examples.

    Args:
        batch_size: B, an int or an int32 scalar.
        num_unroll: T, how many steps a piece has.
        input_length: How many steps of the example count, an int32 scalar.
        input_key: The example's key, a string scalar; no two at a time may have the same.
        input_sequences: Name to tensor `[N, …]`; N is a multiple of T.
        input_context: Name to tensor, the same for all pieces.
        initial_states: Name to the value a state has before the first piece.
        capacity: How many examples wait; any number unless given.
        allow_small_batch: Whether batches may be smaller once the input has ended.
        name: The name scope.

    Raises:
        TypeError: An argument has another type, or `input_length` or `input_key` another dtype.
        ValueError: There is no state or no sequence, a name has a colon, a shape is not known, or
            the capacity is smaller than a batch.
    """

    def __init__(
        self,
        batch_size: Any,
        num_unroll: int,
        input_length: Any,
        input_key: Any,
        input_sequences: Mapping[str, Any],
        input_context: Mapping[str, Any],
        initial_states: Mapping[str, Any],
        capacity: int | None = None,
        allow_small_batch: bool = False,
        name: str | None = None,
    ) -> None:
        input_key = with_room(input_key, capacity, batch_size)
        check_dictionaries(input_sequences, input_context, initial_states)
        self._batch_size, self._num_unroll = batch_size, num_unroll
        self._allow_small_batch = allow_small_batch
        # One token for each example that is not over: pieces have no bound, examples have.
        self._tokens = tf.FIFOQueue(-1 if capacity is None else capacity, [tf.int32], [[]])
        given = [input_length, input_key, *input_sequences.values(), *input_context.values()]
        with (
            tf.colocate_with(self._tokens.queue_ref),
            tf.name_scope(name, "InputQueueingStateSaver", given) as scope,
        ):
            self._scope = str(scope)
            self._example = checked_example(
                input_length, input_key, input_sequences, input_context, initial_states, num_unroll
            )
            self._barrier = self._make_barrier()
        self._prefetch_op: Operation | None = None
        self._next_batch: NextQueuedSequenceBatch | None = None

    def _make_barrier(self) -> Any:
        """Makes what holds the pieces, and notes the place of each part."""
        example = self._example
        parts: dict[tuple[str, str], tuple[Any, list[int]]]
        parts = {("counted", name): (dtype, []) for name, dtype in _COUNTED.items()}
        for kind, lead, tensors in (
            ("sequence", [self._num_unroll], example.sequences),
            ("context", [], example.context),
            ("state", [], example.states),
        ):
            for name, tensor in tensors.items():
                rest = tensor.shape.as_list()[1 if lead else 0 :]
                parts[kind, name] = (tensor.dtype, lead + rest)
        self._places = {part: place for place, part in enumerate(parts)}
        types, shapes = zip(*parts.values(), strict=True)
        return _Barrier(types=types, shapes=shapes)

    @property
    def name(self) -> str:
        """The name scope, with a slash at its end."""
        return self._scope

    @property
    def barrier(self) -> Any:
        """What holds the pieces."""
        return self._barrier

    @property
    def batch_size(self) -> Any:
        """The batch size asked for."""
        return self._batch_size

    @property
    def num_unroll(self) -> int:
        """How many steps a piece has."""
        return self._num_unroll

    @property
    def prefetch_op(self) -> Operation:
        """The op that puts one example in; it waits where there is no room."""
        if self._prefetch_op is None:
            with tf.name_scope(self._scope), tf.colocate_with(self._tokens.queue_ref):
                self._prefetch_op = self._prefetch()
        return self._prefetch_op

    @property
    def next_batch(self) -> NextQueuedSequenceBatch:
        """The batch of pieces, taken once in every run."""
        if self._next_batch is None:
            with tf.name_scope(self._scope):
                self._received = self._take()
                self._next_batch = NextQueuedSequenceBatch(self)
        return self._next_batch

    def close(self, cancel_pending_enqueues: bool = False, name: str | None = None) -> Operation:
        """Makes the op that ends the input; pieces of examples that are in still come.

        Args:
            cancel_pending_enqueues: Whether examples that are in end as well.
            name: The op's name.

        Returns:
            The op.
        """
        with tf.name_scope(name, "SQSSClose") as scope:
            ended = tf.logical_and(self._tokens.is_closed(), self._barrier.incomplete_size() < 1)
            with tf.control_dependencies([ended]):
                tokens = self._tokens.close(cancel_pending_enqueues, "FIFOClose")
            with tf.control_dependencies([tokens]):
                close = self._cancel(ended) if cancel_pending_enqueues else self._end()
            return tf.group(tokens, close, name=scope)

    def _end(self) -> Operation:
        return self._barrier.close(name="BarrierClose")

    def _cancel(self, ended: Tensor) -> Operation:
        """Closes the barrier unless it has ended: the runtime waits for ever to close it again."""
        handle, _ = tf.raw_ops.RefSwitch(data=self._barrier.barrier_ref, pred=ended)
        close = tf.raw_ops.BarrierClose(
            handle=handle, cancel_pending_enqueues=True, name="BarrierClose"
        )
        going, over = tf.raw_ops.Switch(data=ended, pred=ended)
        with tf.control_dependencies([close]):
            going = tf.identity(going)
        return tf.raw_ops.Merge(inputs=[going, over]).output.op

    def _insert(self, kind: str, name: str, keys: Tensor, values: Any) -> Operation:
        place = self._places[kind, name]
        return self._barrier.insert_many(place, keys, values, name=f"BarrierInsert_{kind}_{name}")

    def _prefetch(self) -> Operation:
        example, steps = self._example, self._num_unroll
        count = example.padded_length // steps
        numbers, ones = tf.range(count), tf.ones([count], tf.int32)
        lead = [tf.as_string(numbers, width=5, fill="0"), "_of_"]
        keys = tf.string_join([*lead, tf.as_string(count, width=5, fill="0"), ":", example.key])
        counted = {
            "length": tf.clip_by_value(example.length - steps * numbers, 0, steps),
            "total_length": example.length * ones,
            "next_key": tf.concat([keys[1:], [tf.string_join(["STOP:", example.key])]], 0),
            "sequence": numbers,
            "sequence_count": count * ones,
        }
        cut = {
            name: tf.reshape(tensor, [count, steps, *tensor.shape.as_list()[1:]])
            for name, tensor in example.sequences.items()
        }
        copied = {
            name: tf.tile(tensor[tf.newaxis], [count, *[1] * len(tensor.shape)])
            for name, tensor in example.context.items()
        }
        token = self._tokens.enqueue(0)
        # All pieces come in at once by their numbers, before any is complete: so they have one
        # insertion index, and are taken before those of later examples.
        numbered = self._insert("counted", "sequence", keys, counted.pop("sequence"))
        inserted = [
            self._insert(kind, name, keys, values)
            for kind, parts in (("counted", counted), ("context", copied), ("sequence", cut))
            for name, values in parts.items()
        ]
        with tf.control_dependencies([numbered, token]):
            started = [
                self._insert("state", name, keys[:1], value[tf.newaxis])
                for name, value in example.states.items()
            ]
        return tf.group(token, numbered, *inserted, *started, name="StateSaverPrefetchGroup")

    def _take(self) -> _Received:
        index, keys, values = self._barrier.take_many(
            self._batch_size, self._allow_small_batch, name="BarrierTakeMany"
        )
        parts: dict[str, dict[str, Tensor]] = {"context": {}}
        for (kind, name), place in self._places.items():
            parts.setdefault(kind, {})[name] = values[place]
        counted = parts["counted"]
        self._goes_on = counted["sequence"] + 1 < counted["sequence_count"]
        over = tf.reduce_sum(1 - tf.cast(self._goes_on, tf.int32))
        # Whoever reads states makes room for other examples.
        with tf.control_dependencies([self._tokens.dequeue_many(over)]):
            states = {name: tf.identity(state) for name, state in parts["state"].items()}
        size = tf.squeeze(tf.shape(counted["length"]))
        return _Received(size, index, keys, counted, parts["context"], parts["sequence"], states)

    def _save(self, state_name: str, value: Any) -> Operation:
        """Gives a state to the pieces that come next; a last piece has none."""
        state = self._received.states[state_name]
        value = tf.identity(value, name=f"convert_{state_name}")
        known = state.shape if state.shape.is_fully_defined() else [None] * len(state.shape)
        value = checked_shape(value, tf.TensorShape(known), tf.shape(state))
        next_keys = tf.boolean_mask(self._received.counted["next_key"], self._goes_on)
        return self._insert("state", state_name, next_keys, tf.boolean_mask(value, self._goes_on))


class NextQueuedSequenceBatch:
    """One batch of pieces, and the way to leave states for the pieces that come next.

    Args:
        state_saver: Where the pieces come from; its `next_batch` makes this.
    """

    def __init__(self, state_saver: SequenceQueueingStateSaver) -> None:
        self._saver = state_saver
        self._received = state_saver._received  # noqa: SLF001 - the two are one thing

    @property
    def total_length(self) -> Tensor:
        """How many steps of each example count, int32 `[B]`."""
        return self._received.counted["total_length"]

    @property
    def length(self) -> Tensor:
        """How many steps of each piece count, int32 `[B]`."""
        return self._received.counted["length"]

    @property
    def batch_size(self) -> Tensor:
        """B of this batch, an int32 scalar."""
        return self._received.batch_size

    @property
    def insertion_index(self) -> Tensor:
        """The number of each example from -2**63 on, int64 `[B]`."""
        return self._received.insertion_index

    @property
    def key(self) -> Tensor:
        """The key of each piece, such as `00001_of_00003:example`, `[B]`."""
        return self._received.key

    @property
    def next_key(self) -> Tensor:
        """The key of the piece that follows, `STOP:example` after the last, `[B]`."""
        return self._received.counted["next_key"]

    @property
    def sequence(self) -> Tensor:
        """The number of each piece from 0 on, int32 `[B]`."""
        return self._received.counted["sequence"]

    @property
    def sequence_count(self) -> Tensor:
        """How many pieces each example has, int32 `[B]`."""
        return self._received.counted["sequence_count"]

    @property
    def context(self) -> dict[str, Any]:
        """Name to what goes with each piece, `[B, …]`."""
        return self._received.context

    @property
    def sequences(self) -> dict[str, Any]:
        """Name to pieces `[B, T, …]`."""
        return self._received.sequences

    def state(self, state_name: str) -> Tensor:
        """Gives the states the pieces before have left.

        Args:
            state_name: The state's name.

        Returns:
            `[B, …]`.

        Raises:
            KeyError: There is no such state.
        """
        return self._received.states[state_name]

    def save_state(self, state_name: str, value: Any, name: str | None = None) -> Operation:
        """Makes the op that leaves a state for the pieces that come next.

        It has to run with every batch: a piece whose state is missing never comes.

        Args:
            state_name: The state's name.
            value: `[B, …]`, with the state's dtype.
            name: The name scope.

        Returns:
            The op.

        Raises:
            KeyError: There is no such state.
            ValueError: The value is known to have another shape.
        """
        if state_name not in self._received.states:
            raise KeyError(f"state was not declared: {state_name}")
        saver = self._saver
        with (
            tf.name_scope(name, "InputQueueingStateSaver_SaveState", [value]),
            tf.colocate_with(saver._tokens.queue_ref),  # noqa: SLF001 - the two are one thing
        ):
            return saver._save(state_name, value)  # noqa: SLF001
