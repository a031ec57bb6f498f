"""Steps of contrib.data that today's tf.data writes otherwise."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from graphkit._tf import tf

__all__ = [
    "assert_element_shape",
    "batch_and_drop_remainder",
    "padded_batch_and_drop_remainder",
    "read_batch_features",
    "reduce_dataset",
    "sliding_window_batch",
    "sloppy_interleave",
]

# There is no loop or condition on tensors to be made of these functions.
_as_written: Any = tf.autograph.experimental.do_not_convert


def batch_and_drop_remainder(batch_size: Any) -> Callable[[Any], Any]:
    """Batches, and leaves out a last batch that is not full.

    Args:
        batch_size: B, an int or an int64 scalar.

    Returns:
        A step for `Dataset.apply`.
    """
    return lambda dataset: dataset.batch(batch_size, drop_remainder=True)


def padded_batch_and_drop_remainder(
    batch_size: Any, padded_shapes: Any, padding_values: Any = None
) -> Callable[[Any], Any]:
    """Pads elements to one shape, batches, and leaves out a last batch that is not full.

    Args:
        batch_size: B.
        padded_shapes: The shape each component is padded to; None for the longest of the batch.
        padding_values: What it is padded with; 0 or "" unless given.

    Returns:
        A step for `Dataset.apply`.
    """
    return lambda dataset: dataset.padded_batch(
        batch_size, padded_shapes, padding_values, drop_remainder=True
    )


def sliding_window_batch(
    window_size: Any, stride: Any = None, window_shift: Any = None, window_stride: Any = 1
) -> Callable[[Any], Any]:
    """Batches overlapping windows.

    Args:
        window_size: How many elements a window has.
        stride: The old name of `window_shift`.
        window_shift: How far the next window starts; 1 unless given.
        window_stride: The distance of two elements in a window.

    Returns:
        A step for `Dataset.apply`.

    Raises:
        ValueError: Both `stride` and `window_shift` are given.
    """
    if stride is not None and window_shift is not None:
        raise ValueError("Cannot specify both `stride` and `window_shift`")
    shift = next((given for given in (window_shift, stride) if given is not None), 1)

    def whole(*window: Any) -> Any:
        parts = [part.batch(window_size, drop_remainder=True) for part in tf.nest.flatten(window)]
        packed = tf.nest.pack_sequence_as(window, parts)
        return tf.data.Dataset.zip(packed if len(window) > 1 else packed[0])

    return lambda dataset: dataset.window(
        window_size, shift, window_stride, drop_remainder=True
    ).flat_map(_as_written(whole))


def sloppy_interleave(
    map_func: Callable[..., Any], cycle_length: Any, block_length: Any = 1
) -> Callable[[Any], Any]:
    """Interleaves data sets made from elements, in whatever order they are ready.

    Args:
        map_func: Makes a data set from an element.
        cycle_length: How many are read at a time.
        block_length: How many elements are taken from one in a row.

    Returns:
        A step for `Dataset.apply`.
    """
    step: Callable[[Any], Any] = tf.data.experimental.parallel_interleave(
        map_func, cycle_length, block_length, sloppy=True
    )
    return step


def assert_element_shape(expected_shapes: Any) -> Callable[[Any], Any]:
    """Requires the shapes of every element.

    Args:
        expected_shapes: Shapes, in the structure of an element.

    Returns:
        A step for `Dataset.apply`.
    """
    framework = importlib.import_module("graphkit.tf1._contrib._framework")

    def check(*element: Any) -> Any:
        flat = tf.nest.flatten(element)
        shapes = [tf.TensorShape(shape) for shape in _flat_shapes(expected_shapes)]
        checked = [
            framework.with_shape(shape.as_list(), part) if shape.is_fully_defined() else part
            for shape, part in zip(shapes, flat, strict=True)
        ]
        packed = tf.nest.pack_sequence_as(element, checked)
        return packed if len(element) > 1 else packed[0]

    return lambda dataset: dataset.map(_as_written(check))


def _flat_shapes(shapes: Any) -> list[Any]:
    data_nest: Any = importlib.import_module("tensorflow.python.data.util.nest")
    flat: list[Any] = data_nest.flatten(shapes)
    return flat


def reduce_dataset(dataset: Any, reducer: Any) -> Any:
    """Folds a whole data set into one value.

    Args:
        dataset: The data set.
        reducer: A `Reducer`: how it starts, and what each element adds; how it ends is for
            `group_by_reducer` alone.

    Returns:
        What the last element made of it.

    Raises:
        TypeError: `dataset` is none.
    """
    if not isinstance(dataset, tf.data.Dataset):
        raise TypeError(f"`dataset` must be a `tf.data.Dataset` object; got {type(dataset)}.")
    start = reducer.init_func(tf.constant(0, tf.int64))
    return dataset.reduce(start, reducer.reduce_func)


def read_batch_features(
    file_pattern: Any,
    batch_size: int,
    features: Any,
    reader: Any = None,
    reader_args: Any = None,
    randomize_input: bool = True,
    num_epochs: int | None = None,
    capacity: int = 10000,
) -> Any:
    """Reads batches of parsed Examples from files.

    Args:
        file_pattern: The files, a glob or a list of them.
        batch_size: B.
        features: What is parsed: feature name to FixedLenFeature, VarLenFeature …
        reader: A class of data set; `tf.data.TFRecordDataset` unless given.
        reader_args: More arguments for it.
        randomize_input: Whether the order is random.
        num_epochs: How often the files are read; without end unless given.
        capacity: How many Examples are held for shuffling.

    Returns:
        Feature name to its batch.
    """
    dataset = tf.data.experimental.make_batched_features_dataset(
        file_pattern,
        batch_size,
        features,
        reader=reader or tf.data.TFRecordDataset,
        reader_args=reader_args,
        num_epochs=num_epochs,
        shuffle=randomize_input,
        shuffle_buffer_size=capacity,
    )
    return tf.data.make_one_shot_iterator(dataset).get_next()
