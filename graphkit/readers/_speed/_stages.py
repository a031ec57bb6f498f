"""The parts of a pipeline: the batcher itself, and batchers of ever less in front of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphkit._tf import Operation, Tensor, tf
from graphkit.readers._engine._pipelines import built_by_tf_data
from graphkit.readers._engine._served import Batcher
from graphkit.readers._engine._sources import taking_for
from graphkit.readers._queues import built_by_queues
from graphkit.readers._speed._rounds import Part

__all__ = ["READ", "SESSION", "SHUFFLE", "USER_OPS", "parts_of", "taking_ops", "user_ops"]

READ, USER_OPS, SHUFFLE, SESSION = "read", "user ops", "shuffle", "session"
_TAKERS = ("QueueDequeue", "ReaderRead")
_NO_WORK = {"Const", "Identity"}


def parts_of(batcher: Batcher) -> list[Part]:
    """Lists the parts of a pipeline, each with all that comes before it.

    Those that are not there yet are added to the current graph, on the batcher's own engine: what
    its sources deliver, batched as it is, and its examples, batched in order.

    Args:
        batcher: The batcher.
    """
    tensors = _flat(batcher.result)
    parts = [
        Part(SHUFFLE, [tensor.op for tensor in tensors], _rows(batcher.batch)),
        Part(SESSION, tensors, _rows(batcher.batch)),
    ]
    has_work = bool(user_ops(batcher))
    if batcher.arguments.get("min_after_dequeue") is None:
        parts[0] = Part(USER_OPS if has_work else READ, parts[0].fetches, parts[0].rows)
    else:
        parts.insert(0, _part(USER_OPS if has_work else READ, batcher, *_in_order(batcher)))
    read = _reading(batcher) if has_work else None
    return parts if read is None else [_part(READ, batcher, *read), *parts]


def user_ops(batcher: Batcher) -> list[Operation]:
    """Lists the ops between what takes elements and the batcher."""
    found = [op for example in _examples(batcher) for op in _walk(example)[0]]
    return [op for op in dict.fromkeys(found) if op.type not in _NO_WORK]


def taking_ops(batcher: Batcher) -> list[Operation]:
    """Lists the ops that take elements for a batcher from readers and producers."""
    found = [op for example in _examples(batcher) for op in _walk(example)[1]]
    return [taking_for(op) or op for op in found]


def _walk(example: list[Tensor]) -> tuple[list[Operation], list[Operation]]:
    """Goes from an example's tensors back to the ops that take elements; returns both kinds."""
    between: dict[Operation, None] = {}
    takers: dict[Operation, None] = {}
    waiting = [tensor.op for tensor in example]
    while waiting:
        op = waiting.pop()
        if op.type.startswith(_TAKERS) or taking_for(op):
            takers[op] = None
        elif op not in between:
            between[op] = None
            waiting += [*(tensor.op for tensor in op.inputs), *op.control_inputs]
    return list(between), list(takers)


def _examples(batcher: Batcher) -> list[list[Tensor]]:
    arguments = batcher.arguments
    lists = arguments.get("tensors_list")
    lists = lists or [[arguments["tensors"], arguments.get("which_bucket")]]
    return [[t for t in _flat(example) if tf.is_tensor(t)] for example in lists]


def _in_order(batcher: Batcher) -> tuple[str, dict[str, Any]]:
    """The same batcher without shuffling: a function and its arguments."""
    left_out = ("min_after_dequeue", "seed")
    arguments = {key: v for key, v in batcher.arguments.items() if key not in left_out}
    return batcher.function.replace("shuffle_", ""), arguments


def _reading(batcher: Batcher) -> tuple[str, dict[str, Any]] | None:
    """A batcher of what the sources deliver; None if that cannot be batched, or has no records."""
    sources = [_taken(example) for example in _examples(batcher)]
    taken = [tensor for tensors in sources for tensor in tensors]
    many = bool(batcher.arguments.get("enqueue_many"))
    size = batcher.arguments["batch_size"]
    if {op.type.startswith("ReaderReadUpTo") for op in taking_ops(batcher)} != {many}:
        return None
    if not all(tensor.shape[int(many) :].is_fully_defined() for tensor in taken):
        return None
    arguments = {
        "batch_size": size[0] if isinstance(size, (list, tuple)) else size,
        "capacity": batcher.arguments["capacity"],
        "enqueue_many": many,
        "allow_smaller_final_batch": True,
    }
    if "tensors_list" in batcher.arguments:
        return "batch_join", {"tensors_list": sources, **arguments}
    threads = batcher.arguments.get("num_threads", 1)
    return "batch", {"tensors": sources[0], "num_threads": threads, **arguments}


def _taken(example: list[Tensor]) -> list[Tensor]:
    """The outputs of sources that an example is made from."""
    between, takers = _walk(example)
    used = {tensor.name for op in between for tensor in op.inputs} | {t.name for t in example}
    return [tensor for op in takers for tensor in op.outputs if tensor.name in used]


def _part(name: str, batcher: Batcher, function: str, arguments: Mapping[str, Any]) -> Part:
    """Builds a part on the engine of a batcher."""
    arguments = {**arguments, "name": f"speed_of_{name.replace(' ', '_')}"}
    if batcher.lifted is None:
        built = built_by_queues(function, **arguments)
    else:
        built = built_by_tf_data(function, arguments)[0]
    return Part(name, [tensor.op for tensor in _flat(built)], _rows(built))


def _flat(structure: Any) -> list[Any]:
    return list(tf.nest.flatten(structure, expand_composites=True))


def _rows(batch: Any) -> Tensor:
    """How many examples a batch holds (int64, `[]`)."""
    first = tf.nest.flatten(batch)[0]
    if isinstance(first, tf.SparseTensor):
        return first.dense_shape[0]
    return tf.shape(first, out_type=tf.int64)[0]
