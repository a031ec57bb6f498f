"""What to change so that a pipeline becomes faster."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from graphkit.readers._engine._built import ASKED_FOR
from graphkit.readers._engine._refusal import NotLifted
from graphkit.readers._engine._request import Request
from graphkit.readers._engine._served import Batcher
from graphkit.readers._speed._stages import READ, SESSION, SHUFFLE, USER_OPS, taking_ops, user_ops

__all__ = ["advice"]

_PYTHON = {"EagerPyFunc", "PyFunc"}
_IMAGES = {
    "DecodeAndCropJpeg",
    "DecodeBmp",
    "DecodeImage",
    "DecodeJpeg",
    "DecodePng",
}


def advice(batcher: Batcher, bottleneck: str) -> tuple[str, ...]:
    """Says what to change, most useful first.

    Args:
        batcher: What was measured.
        bottleneck: Its slowest stage.
    """
    if batcher.lifted is not None:
        return tuple(_ABOUT[bottleneck](batcher))
    try:
        Request.of(batcher.arguments).chains()
    except NotLifted as refusal:
        return (
            f"move behind the batch what keeps tf.data from serving it: {refusal}",
            *_ABOUT[bottleneck](batcher),
        )
    if batcher.reason == ASKED_FOR:
        # Nothing else makes as much of a difference.
        return ('let tf.data serve it: readers.engine("auto"), or `graphkit run --engine auto`',)
    return tuple(_ABOUT[bottleneck](batcher))


def _about_reading(batcher: Batcher) -> Iterator[str]:
    types = {op.inputs[0].op.type for op in taking_ops(batcher) if op.type.startswith("ReaderRead")}
    if any(kind.startswith("WholeFileReader") for kind in types):
        yield "pack the many files into a few record files, as `graphkit records pack` does"
    elif types:
        yield "read a faster disk, or keep only what is used in the records"
    else:
        yield "take many rows at a time: hand the whole arrays to the batcher with enqueue_many"


def _about_ops(batcher: Batcher) -> Iterator[str]:
    ops = user_ops(batcher)
    for op in ops:
        if op.type in _PYTHON:
            yield f"write {op.name} with TensorFlow's ops: Python runs one record at a time"
            return
    images = [op for op in ops if op.type in _IMAGES]
    if images:
        yield f"store the images no larger than they are used: {images[0].name} decodes every pixel"
    elif batcher.lifted is None:
        yield "raise num_threads, or do these ops behind the batch, once for all its records"
    else:
        yield "write the records nearer to what the network takes, so that less is left to do"


def _about_shuffling(batcher: Batcher) -> Iterator[str]:
    least = batcher.arguments["min_after_dequeue"]
    yield f"shuffle before decoding, or from a smaller stock than min_after_dequeue={least}"


def _about_session(batcher: Batcher) -> Iterator[str]:
    yield (
        "use the batch inside the graph: fetching it hands every value to Python; larger batches "
        "make fewer steps"
    )


_ABOUT: dict[str, Callable[[Batcher], Iterator[str]]] = {
    READ: _about_reading,
    USER_OPS: _about_ops,
    SHUFFLE: _about_shuffling,
    SESSION: _about_session,
}
