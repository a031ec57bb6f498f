"""The keys of a file's records, told for many at once.

A function that runs for each record takes several times as long as reading it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.readers._engine._functions import plain_function

__all__ = ["with_keys"]

_MOST = 256  # records, or fewer if they are large
_MOST_BYTES = 2**20


def with_keys(
    read: Callable[[Tensor], Any], name: Tensor, first: int, extents: Callable[[Tensor], Tensor]
) -> Any:
    """Makes the dataset of the records of a file, each behind its key.

    Args:
        read: Makes the dataset of the records of files, given their names (string, `[n]`).
        name: The file's name (string, `[]`).
        first: The place of the first record.
        extents: Tells how far behind each record (string, `[n]`) the next one is (int64, `[n]`).

    Returns:
        The dataset of keys and records (string, `[]`). A record that cannot be read is an error
        behind those before it, as if each were read alone.
    """
    records = read(tf.expand_dims(name, 0))
    no_records = no_file = tf.zeros([0], tf.string)
    # What is collected when an error comes would be lost: the error is left out here, and comes
    # again at the end, from a second look at what follows the last record that could be read.
    chunks = records.ignore_errors().batch(_together(records))
    chunks = tf.data.Dataset.zip((chunks, tf.data.Dataset.from_tensors(no_file).repeat()))
    end = tf.data.Dataset.from_tensors((no_records, tf.expand_dims(name, 0)))

    @plain_function
    def with_places(state: tuple[Tensor, Tensor], chunk: tuple[Tensor, Tensor]) -> Any:
        (place, before), (found, file) = state, chunk
        sizes = extents(found)
        places = tf.as_string(place + tf.cumsum(sizes, exclusive=True))
        keys = tf.strings.join([name, places], ":")
        after = place + tf.reduce_sum(sizes), before + tf.size(found, out_type=tf.int64)
        return after, (keys, found, file, before)

    @plain_function
    def spread(keys: Tensor, found: Tensor, file: Tensor, before: Tensor) -> Any:
        rest = read(file).skip(before)
        no_key = tf.data.Dataset.from_tensors("").repeat()
        pairs = tf.data.Dataset.from_tensor_slices((keys, found))
        return pairs.concatenate(tf.data.Dataset.zip((no_key, rest)))

    start = tf.constant(first, tf.int64), tf.constant(0, tf.int64)
    return chunks.concatenate(end).scan(start, with_places).flat_map(spread)


def _together(records: Any) -> Tensor:
    """How many records are taken together, judged by the size of the first one (int64, `[]`).

    A file that cannot be opened is refused here; left out as an error, it would be tried for ever.
    """
    unchanged = tf.data.Options()  # to look for a better form would take longer than all the rest
    unchanged.experimental_optimization.apply_default_optimizations = False
    unchanged.autotune.enabled = False
    first = records.concatenate(tf.data.Dataset.from_tensors("")).take(1).with_options(unchanged)
    size = tf.strings.length(first.get_single_element())
    return tf.cast(tf.clip_by_value(_MOST_BYTES // tf.maximum(size, 1), 1, _MOST), tf.int64)
