"""contrib.learn's feeders: arrays that are fed to placeholders, batch by batch."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._learn._pandas import (
    extract_pandas_data,
    extract_pandas_labels,
    extract_pandas_matrix,
)

__all__ = [
    "HAS_DASK",
    "DataFeeder",
    "StreamingDataFeeder",
    "check_array",
    "setup_predict_data_feeder",
    "setup_processor_data_feeder",
    "setup_train_data_feeder",
]


# Tables of dask are not fed: what 1.15 did with them reached into the dask of its time.
HAS_DASK = False


def check_array(array: Any, dtype: Any) -> Any:
    """Makes an array of a dtype.

    Args:
        array: An array or a list; anything else is returned as it is.
        dtype: The dtype.

    Returns:
        The array.
    """
    return np.asarray(array, dtype) if isinstance(array, np.ndarray | list) else array


def _each(call: Callable[[Any], Any], given: Any) -> Any:
    """Calls a function of an array, or of each array of a dictionary."""
    if isinstance(given, Mapping):
        return {key: call(value) for key, value in given.items()}
    return None if given is None else call(given)


def _features(array: Any) -> Any:
    """Features as they are fed: `[N, 1]` for `[N]`."""
    return array.reshape(-1, 1) if array.ndim == 1 else array


def _labels(array: Any, n_classes: int | None, dtype: Any) -> Any:
    """Labels as they are fed: `[N]` for `[N, 1]`, one-hot where classes are told."""
    array = array[:, 0] if array.ndim > 1 and array.shape[1] == 1 else array
    if n_classes is None:
        return array
    if n_classes > 1:
        return np.eye(n_classes, dtype=dtype)[array.astype(np.int64)]
    return array.astype(np.float32)


def _all_labels(y: Any, n_classes: Any, dtype: Any) -> Any:
    if isinstance(y, Mapping):
        classes = n_classes or {}
        return {key: _labels(v, classes.get(key), np.float32) for key, v in y.items()}
    return None if y is None else _labels(y, n_classes, dtype)


def _placeholders(arrays: Any, name: str) -> Any:
    def make(array: Any, name: str) -> Any:
        return tf.placeholder(tf.as_dtype(array.dtype), [None, *array.shape[1:]], name)

    if isinstance(arrays, Mapping):
        return {key: make(array, f"{name}_{key}") for key, array in arrays.items()}
    return None if arrays is None else make(arrays, name)


def _fed(placeholders: Any, arrays: Any) -> dict[str, Any]:
    if placeholders is None:
        return {}
    if isinstance(placeholders, Mapping):
        return {placeholders[key].name: arrays[key] for key in placeholders}
    return {placeholders.name: arrays}


class _Feeder:
    """Placeholders like some arrays, and what is fed to them."""

    _example: tuple[Any, Any]
    _dtype_of_nothing: Any = None
    _batch_size: int | None

    def __init__(self) -> None:
        self._made: tuple[Any, Any] | None = None

    @property
    def batch_size(self) -> int | None:
        """How many examples come at once."""
        return self._batch_size

    @property
    def input_dtype(self) -> Any:
        """The dtype of features, or name to dtype."""
        return _each(lambda array: array.dtype, self._example[0])

    @property
    def output_dtype(self) -> Any:
        """The dtype of labels, or name to dtype; without labels, float32 or None for a stream."""
        labels = self._example[1]
        return self._dtype_of_nothing if labels is None else _each(lambda a: a.dtype, labels)

    @property
    def input_shape(self) -> Any:
        """`[B, ...]` of features, or name to shape."""
        return _each(lambda array: [self._batch_size, *array.shape[1:]], self._example[0])

    @property
    def output_shape(self) -> Any:
        """`[B, ...]` of labels, or name to shape; None without labels."""
        return _each(lambda array: [self._batch_size, *array.shape[1:]], self._example[1])

    def input_builder(self) -> tuple[Any, Any]:
        """Makes placeholders in the current graph.

        Returns:
            One for features and one for labels, or dictionaries of them; None without labels.
        """
        features, labels = self._example
        self._made = _placeholders(features, "input"), _placeholders(labels, "output")
        return self._made

    def set_placeholders(self, input_placeholder: Any, output_placeholder: Any) -> None:
        """Feeds other placeholders.

        Args:
            input_placeholder: For features.
            output_placeholder: For labels.
        """
        self._made = input_placeholder, output_placeholder

    def _feed(self, features: Any, labels: Any) -> dict[str, Any]:
        if self._made is None:
            raise ValueError("there are no placeholders to feed; call input_builder first")
        return {**_fed(self._made[0], features), **_fed(self._made[1], labels)}


class DataFeeder(_Feeder):
    """Feeds arrays, shuffled in the same order in every run.

    Args:
        x: Features `[N, ...]`, or name to features.
        y: Labels `[N]` or `[N, ...]`, or name to labels; or None.
        n_classes: How many classes labels are one-hot of, name to number for labels by name; None
            to feed labels as they are.
        batch_size: B; everything at once unless given.
        shuffle: Whether each epoch comes in another order.
        random_state: A RandomState that chooses it; one of seed 42 unless given.
        epochs: How many epochs there are; no end unless given.

    Raises:
        ValueError: `batch_size` is not positive.
    """

    _dtype_of_nothing = np.float32

    def __init__(
        self,
        x: Any,
        y: Any,
        n_classes: Any,
        batch_size: int | None = None,
        shuffle: bool = True,
        random_state: Any = None,
        epochs: int | None = None,
    ) -> None:
        super().__init__()
        self.x, self.y = _each(np.asarray, x), _each(np.asarray, y)
        self.n_classes = n_classes
        self.shuffle = shuffle
        self.max_epochs = epochs
        self.random_state = random_state or np.random.RandomState(42)
        self._count = len(next(iter(self.x.values())) if isinstance(x, Mapping) else self.x)
        self._batch_size = _size(batch_size) or self._count
        self._example = _each(_features, self.x), _all_labels(self.y, n_classes, np.int64)
        self.offset = self.epoch = 0
        self.indices = self._order()
        self._epoch: Any = None

    def _order(self) -> Any:
        if self.shuffle:
            return self.random_state.permutation(self._count)
        return np.arange(self._count)

    def make_epoch_variable(self) -> Tensor:
        """Makes a placeholder that is fed the number of the epoch.

        Returns:
            An int32 vector of one number.
        """
        self._epoch = tf.placeholder(tf.int32, [1], "epoch")
        return self._epoch

    def get_feed_params(self) -> dict[str, Any]:
        """Tells where the feeder stands.

        Returns:
            The epoch, the offset in it and the size of a batch.
        """
        return {"epoch": self.epoch, "offset": self.offset, "batch_size": self._batch_size}

    def get_feed_dict_fn(self) -> Callable[[], dict[str, Any]]:
        """Makes what feeds.

        Returns:
            A function that returns the next feed, placeholder's name to array; it raises
            StopIteration after the last epoch.
        """
        size = self._batch_size or self._count

        def feed() -> dict[str, Any]:
            if self.max_epochs is not None and self.epoch >= self.max_epochs:
                raise StopIteration
            told = _fed(self._epoch, [self.epoch])
            chosen = self.indices[self.offset : self.offset + size]
            self.offset += size
            if self.offset >= self._count:
                self.indices = self._order()
                self.offset = 0
                self.epoch += 1
            parts = (_each(lambda array: array[chosen], part) for part in self._example)
            return {**told, **self._feed(*parts)}

        return feed


def _size(batch_size: int | None) -> int | None:
    if batch_size is not None and batch_size <= 0:
        raise ValueError(f"Invalid batch_size {batch_size}.")
    return batch_size


def _stacked(examples: list[Any]) -> Any:
    if isinstance(examples[0], Mapping):
        return {key: np.stack([np.asarray(e[key]) for e in examples]) for key in examples[0]}
    return np.stack([np.asarray(example) for example in examples])


class StreamingDataFeeder(_Feeder):
    """Feeds what iterators give, example by example.

    Args:
        x: Gives features, arrays or name to array.
        y: Gives labels; or None.
        n_classes: How many classes labels are one-hot of; None to feed labels as they are.
        batch_size: B; one example at a time unless given.

    Raises:
        ValueError: `batch_size` is not positive.
    """

    def __init__(self, x: Iterator[Any], y: Any, n_classes: Any, batch_size: int | None) -> None:
        super().__init__()
        self.n_classes = n_classes
        self._batch_size = _size(batch_size) or 1
        first = next(x)
        self._x = itertools.chain([first], x)
        label = None if y is None else next(y)
        self._y = None if y is None else itertools.chain([label], y)
        self._example = self._batch([first], [label])

    def _batch(self, examples: list[Any], labels: list[Any]) -> tuple[Any, Any]:
        y = None if self._y is None else _stacked(labels)
        return _each(_features, _stacked(examples)), _all_labels(y, self.n_classes, np.float32)

    def get_feed_params(self) -> dict[str, Any]:
        """Tells how much is fed.

        Returns:
            The size of a batch.
        """
        return {"batch_size": self._batch_size}

    def get_feed_dict_fn(self) -> Callable[[], dict[str, Any]]:
        """Makes what feeds.

        Returns:
            A function that returns the next feed, placeholder's name to array; it raises
            StopIteration at the end.
        """

        def feed() -> dict[str, Any]:
            examples = list(itertools.islice(self._x, self._batch_size))
            if not examples:
                raise StopIteration
            labels = [] if self._y is None else list(itertools.islice(self._y, len(examples)))
            return self._feed(*self._batch(examples, labels))

        return feed


def setup_train_data_feeder(
    x: Any,
    y: Any,
    n_classes: Any,
    batch_size: int | None = None,
    shuffle: bool = True,
    epochs: int | None = None,
) -> DataFeeder | StreamingDataFeeder:
    """Chooses the feeder of some data.

    Args:
        x: Features: an array, a DataFrame, name to array, or an iterator.
        y: Labels of the same kind; or None.
        n_classes: How many classes labels are one-hot of; None to feed labels as they are.
        batch_size: B; everything at once unless given.
        shuffle: Whether each epoch comes in another order.
        epochs: How many epochs there are; no end unless given.

    Returns:
        The feeder.

    Raises:
        ValueError: Features come from an iterator and labels do not.
    """
    x, y = extract_pandas_data(x), extract_pandas_labels(y)
    if not hasattr(x, "__next__"):
        return DataFeeder(x, y, n_classes, batch_size, shuffle, epochs=epochs)
    if y is not None and not hasattr(y, "__next__"):
        raise ValueError("Both x and y should be iterators for streaming learning to work.")
    return StreamingDataFeeder(x, y, n_classes, batch_size)


def setup_predict_data_feeder(x: Any, batch_size: int | None = None) -> Iterable[Any]:
    """Cuts features into batches.

    Args:
        x: Features: an array, a DataFrame or an iterator.
        batch_size: B; everything at once unless given.

    Returns:
        The batches.

    Raises:
        ValueError: `batch_size` is not positive.
    """
    size, x = _size(batch_size), extract_pandas_data(x)
    if hasattr(x, "__next__"):
        return _batches(x, size)
    x = _features(x)
    if size is None:
        return [x]
    return [x[start : start + size] for start in range(0, len(x), size)]


def _batches(x: Iterator[Any], size: int | None) -> Iterator[Any]:
    while examples := list(itertools.islice(x, size)):
        yield _stacked(examples)


def setup_processor_data_feeder(x: Any) -> Any:
    """Takes the values out of a table, for a processor of texts.

    Args:
        x: A DataFrame; anything else is returned as it is.

    Returns:
        The values.
    """
    return extract_pandas_matrix(x)
