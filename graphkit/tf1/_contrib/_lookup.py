"""contrib.lookup: tables with the arguments they had there."""

from __future__ import annotations

import importlib
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.errors import ArgumentError

__all__ = [
    "HashTable",
    "MutableDenseHashTable",
    "index_table_from_tensor",
    "index_to_string",
    "string_to_index",
    "string_to_index_table_from_file",
    "string_to_index_table_from_tensor",
]

_lookup_ops: Any = importlib.import_module("tensorflow.python.ops.lookup_ops")


class HashTable(_lookup_ops.HashTable):  # type: ignore[misc]
    """A table that is filled once and then only read.

    Args:
        initializer: Fills it.
        default_value: What a missing key gives.
        shared_name: The name it is shared under between sessions.
        name: The op's name.
    """

    _shared_name: str

    def __init__(
        self,
        initializer: Any,
        default_value: Any,
        shared_name: str | None = None,
        name: str = "hash_table",
    ) -> None:
        self._asked_name = shared_name
        super().__init__(initializer, default_value, name=name)

    def _create_resource(self) -> Tensor:
        # Today's class takes the shared name from the initialiser, where only it knows one.
        self._shared_name = self._asked_name or self._shared_name
        return super()._create_resource()


class MutableDenseHashTable(_lookup_ops.DenseHashTable):  # type: ignore[misc]
    """A table whose entries can be changed, stored in dense tensors.

    Args:
        key_dtype: The dtype of keys.
        value_dtype: The dtype of values.
        default_value: What a missing key gives.
        empty_key: A key that is never used.
        deleted_key: Another key that is never used; required by today's TensorFlow.
        initial_num_buckets: The first size, a power of two.
        name: The op's name.
        checkpoint: Whether it is saved in checkpoints.
    """

    def __init__(
        self,
        key_dtype: Any,
        value_dtype: Any,
        default_value: Any,
        empty_key: Any,
        deleted_key: Any = None,
        initial_num_buckets: int | None = None,
        name: str = "MutableDenseHashTable",
        checkpoint: bool = True,
    ) -> None:
        super().__init__(
            key_dtype,
            value_dtype,
            default_value,
            empty_key,
            deleted_key=deleted_key,
            initial_num_buckets=initial_num_buckets,
            name=name,
            checkpoint=checkpoint,
        )


def index_table_from_tensor(
    mapping: Any,
    num_oov_buckets: int = 0,
    default_value: int = -1,
    hasher_spec: Any = _lookup_ops.FastHashSpec,
    dtype: Any = tf.string,
    name: str | None = None,
) -> Any:
    """Makes a table from each word of a list to its place there.

    Args:
        mapping: The distinct words `[V]`.
        num_oov_buckets: How many more ids words that are not listed are spread over.
        default_value: What such a word gives when there are none.
        hasher_spec: How it is spread.
        dtype: The dtype of the words.
        name: The op's name.

    Returns:
        The table; it is filled by `tf.tables_initializer()`.

    Raises:
        ValueError: There is no list.
    """
    if mapping is None:
        raise ArgumentError("index_table_from_tensor", "mapping", mapping, "a list of words")
    return _lookup_ops.index_table_from_tensor(
        vocabulary_list=mapping,
        num_oov_buckets=num_oov_buckets,
        default_value=default_value,
        hasher_spec=hasher_spec,
        dtype=dtype,
        name=name,
    )


def string_to_index_table_from_tensor(
    mapping: Any,
    num_oov_buckets: int = 0,
    default_value: int = -1,
    hasher_spec: Any = _lookup_ops.FastHashSpec,
    name: str | None = None,
) -> Any:
    """Makes a table from each string of a list to its place there.

    Args:
        mapping: The distinct strings `[V]`.
        num_oov_buckets: How many more ids strings that are not listed are spread over.
        default_value: What such a string gives when there are none.
        hasher_spec: How it is spread.
        name: The op's name.

    Returns:
        The table.
    """
    return index_table_from_tensor(
        mapping, num_oov_buckets, default_value, hasher_spec, tf.string, name
    )


def string_to_index_table_from_file(
    vocabulary_file: Any = None,
    num_oov_buckets: int = 0,
    vocab_size: int | None = None,
    default_value: int = -1,
    hasher_spec: Any = _lookup_ops.FastHashSpec,
    name: str | None = None,
) -> Any:
    """Makes a table from each line of a file to its number.

    Args:
        vocabulary_file: The file, one word a line.
        num_oov_buckets: How many more ids words that are not in it are spread over.
        vocab_size: How many lines are read; all unless given.
        default_value: What a missing word gives when there are no buckets.
        hasher_spec: How it is spread.
        name: The op's name.

    Returns:
        The table.
    """
    return _lookup_ops.index_table_from_file(
        vocabulary_file=vocabulary_file,
        num_oov_buckets=num_oov_buckets,
        vocab_size=vocab_size,
        default_value=default_value,
        hasher_spec=hasher_spec,
        key_dtype=tf.string,
        name=name,
    )


def string_to_index(
    tensor: Any, mapping: Any, default_value: int = -1, name: str | None = None
) -> Tensor:
    """Turns strings into their places in a list.

    Args:
        tensor: Strings of any shape.
        mapping: The distinct strings `[V]`.
        default_value: What a string that is not listed gives.
        name: The op's name.

    Returns:
        int64 ids of the same shape.
    """
    table = index_table_from_tensor(mapping, default_value=default_value, name=name)
    return table.lookup(tensor)


def index_to_string(
    tensor: Any, mapping: Any, default_value: str = "UNK", name: str | None = None
) -> Tensor:
    """Turns places in a list into the strings there.

    Args:
        tensor: int64 ids of any shape.
        mapping: The strings `[V]`.
        default_value: What an id beyond the list gives.
        name: The op's name.

    Returns:
        Strings of the same shape.
    """
    table = _lookup_ops.index_to_string_table_from_tensor(
        vocabulary_list=mapping, default_value=default_value, name=name
    )
    return table.lookup(tensor)
