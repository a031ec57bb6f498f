"""tf.data sources that deliver what producers and readers deliver."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphkit._tf import Operation, Tensor, tf
from graphkit.readers._engine._chain import find_chain
from graphkit.readers._engine._functions import plain_function
from graphkit.readers._engine._record_keys import with_keys
from graphkit.readers._engine._refusal import NotLifted
from graphkit.readers._engine._rounds import NUMBER
from graphkit.readers._engine._sources import Source
from graphkit.readers._engine._work import Work

__all__ = ["FOR_EVER", "elements", "rows_at_once", "taken_late"]

FOR_EVER = 2**62
# Bytes around a record in a TFRecord file: its length, and two checksums.
_FRAME = 16


def elements(
    source: Source,
    uses: Callable[[Tensor], bool],
    streams: int = 1,
    *,
    single: bool = False,
    start: Tensor | None = None,
    late: bool = False,
) -> tuple[Any, list[Tensor]]:
    """Makes the dataset of what a source takes, one element per step.

    Args:
        source: The source.
        uses: Tells whether an output of the source's op is wanted; keys cost time.
        streams: How many readers share the work; their records alternate.
        single: Whether records are delivered one by one even if a step takes many.
        start: What producers without a seed shuffle by, by the number of the epoch; None for
            generators in turn.
        late: Whether what `taken_late` takes is left out, so that keys alone are delivered.

    Returns:
        The dataset, and which outputs of the source's op its components are.

    Raises:
        NotLifted: The producer or reader does something a dataset cannot.
    """
    if source.producer is None:
        return _repeated(source.op.inputs[0], source.num_epochs, start), list(source.op.outputs)
    rows = _repeated(source.producer.rows, source.producer.num_epochs, start).unbatch()
    if source.reader is None:
        return rows, list(source.op.outputs)
    key, value = source.op.outputs
    if late and _taken_late(source):
        return _pooled(rows, source, start), [key]
    with_keys = uses(key)
    up_to = None if single else source.up_to
    if source.pool is not None:
        streams = max(streams, len(source.pool.reads))
    records = _records(rows, source.reader, with_keys=with_keys, up_to=up_to, streams=streams)
    return _pooled(records, source, start), [key, value] if with_keys else [value]


def _pooled(records: Any, source: Source, start: Tensor | None) -> Any:
    """Draws records as the queue behind several readers does."""
    if source.pool is None or source.pool.stock is None:
        return records
    seed = start if source.pool.seed is None else source.pool.seed
    return records.shuffle(source.pool.stock, seed=seed)


def rows_at_once(
    source: Source, size: int, *, smaller: bool, start: Tensor | None = None
) -> Any | None:
    """Makes the dataset of batches of a producer's rows, cut from whole epochs.

    Args:
        source: The source.
        size: Rows per batch; a batch goes on with the next epoch.
        smaller: Whether what is left at the end makes a last batch.
        start: What producers without a seed shuffle by; None for generators in turn.

    Returns:
        The dataset, the same as that of `elements` in batches; None if the source takes no rows
        as they are.
    """
    if source.producer is None or source.reader is not None:
        return None
    epochs = _repeated(source.producer.rows, source.producer.num_epochs, start)
    return epochs.rebatch(size, drop_remainder=not smaller)


def taken_late(sources: Sequence[Source], delivered: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Takes the records of readers that make one of each piece of work, such as a file.

    Args:
        sources: The sources of a chain.
        delivered: What `elements` delivered, `late`, by the names of the sources' outputs.

    Returns:
        The records, by the names of the outputs that they are.
    """
    return {
        source.op.outputs[1].name: _LONE_RECORDS[_kind(source.reader)](
            delivered[source.op.outputs[0].name]
        )
        for source in sources
        if _taken_late(source)
    }


def _taken_late(source: Source) -> bool:
    return (
        source.up_to is None and source.reader is not None and _kind(source.reader) in _LONE_RECORDS
    )


def _kind(reader: Operation) -> str:
    return str(reader.type).removesuffix("V2")


def _records(
    rows: Any, reader: Operation, *, with_keys: bool, up_to: int | None, streams: int
) -> Any:
    """Makes the dataset of the records that a reader finds in pieces of work, mostly files.

    Args:
        rows: The dataset of the work.
        reader: The reader's op.
        with_keys: Whether each record comes with its key.
        up_to: How many records are taken together at most; None for one by one.
        streams: How many pieces of work are read at the same time.
    """
    kind = _kind(reader)
    if kind in _LONE_RECORDS:
        take = _lone_record(_LONE_RECORDS[kind], with_keys)
        records = rows.map(take, num_parallel_calls=tf.data.AUTOTUNE)
        return records if up_to is None else records.batch(1)
    read = _READS[kind](reader, with_keys)
    if up_to is not None:
        read = _in_pieces(read, up_to)
    if streams == 1:
        return rows.flat_map(read)
    return rows.interleave(read, cycle_length=streams, num_parallel_calls=streams)


def _repeated(tensor: Tensor, times: int | None, start: Tensor | None) -> Any:
    """Computes a tensor again and again; variables are read once, as the pipeline starts."""
    chain = find_chain([tensor], variables=True)
    if chain.sources:
        raise NotLifted(tensor.op, "it takes its rows from another queue")
    work = Work.of(chain, start, seeded=False)
    steps = tf.data.Dataset.range(FOR_EVER if times is None else times)
    return steps.map(plain_function(lambda number: work.computed({f"{NUMBER}:0": number})[0]))


def _in_pieces(read: Callable[[Tensor], Any], size: int) -> Callable[[Tensor], Any]:
    """Takes many records of a file together; at its end, what is left."""
    return plain_function(lambda name: read(name).batch(size))


def _whole_file(name: Tensor) -> Tensor:
    return tf.io.read_file(name)


def _identity(work: Tensor) -> Tensor:
    return work


def _lone_record(value: Callable[[Tensor], Tensor], with_keys: bool) -> Callable[[Tensor], Any]:
    """What a reader takes that makes one record of each piece of work."""
    return plain_function(lambda work: (work, value(work)) if with_keys else value(work))


def _text_lines(reader: Operation, keyed: bool) -> Callable[[Tensor], Any]:
    skipped = reader.get_attr("skip_header_lines")

    def lines(names: Tensor) -> Any:
        return tf.data.TextLineDataset(names).skip(skipped)

    return _files(lines, keyed=keyed, first=1 + skipped, extents=_one_each)


def _tf_records(reader: Operation, keyed: bool) -> Callable[[Tensor], Any]:
    compression = reader.get_attr("compression_type").decode()

    def records(names: Tensor) -> Any:
        return tf.data.TFRecordDataset(names, compression)

    return _files(records, keyed=keyed, first=0, extents=_framed)


def _fixed_length_records(reader: Operation, keyed: bool) -> Callable[[Tensor], Any]:
    length, hop = reader.get_attr("record_bytes"), reader.get_attr("hop_bytes")
    if hop not in (0, length):
        raise NotLifted(reader, "records that overlap or leave gaps")
    header, footer = reader.get_attr("header_bytes"), reader.get_attr("footer_bytes")

    def records(names: Tensor) -> Any:
        return tf.data.FixedLengthRecordDataset(names, length, header, footer)

    return _files(records, keyed=keyed, first=0, extents=_one_each)


def _files(
    read: Callable[[Tensor], Any], *, keyed: bool, first: int, extents: Callable[[Tensor], Tensor]
) -> Callable[[Tensor], Any]:
    """What makes the dataset of a file's records, with their keys if these are wanted."""
    return plain_function(
        lambda name: with_keys(read, name, first, extents) if keyed else read(name)
    )


def _one_each(records: Tensor) -> Tensor:
    return tf.ones_like(records, tf.int64)


def _framed(records: Tensor) -> Tensor:
    return tf.cast(tf.strings.length(records), tf.int64) + _FRAME


_READS: dict[str, Callable[[Operation, bool], Callable[[Tensor], Any]]] = {
    "FixedLengthRecordReader": _fixed_length_records,
    "TFRecordReader": _tf_records,
    "TextLineReader": _text_lines,
}
_LONE_RECORDS: dict[str, Callable[[Tensor], Tensor]] = {
    "IdentityReader": _identity,
    "WholeFileReader": _whole_file,
}
