"""Reading data into a graph: TensorFlow 1's whole queue API, and one call for the common case.

The producers, readers and batchers have TensorFlow 1's names, signatures and results; files are
checked before anything starts. `record_batch` puts them together: record files in, typed batch
out.

    import graphkit as gk
    from graphkit import tf

    with gk.GraphBuilder() as g:
        batch = gk.readers.record_batch(
            "digits-*.tfrecord", {"label": tf.FixedLenFeature([], tf.int64)}, batch_size=32
        )
"""

from __future__ import annotations

from graphkit.readers._added_runners import add_queue_runner
from graphkit.readers._batchers import batch, batch_join, shuffle_batch, shuffle_batch_join
from graphkit.readers._buckets import bucket, bucket_by_sequence_length
from graphkit.readers._damage import DamagedRecord, find_damaged_record
from graphkit.readers._decode import DecodeImage, DecodeRaw
from graphkit.readers._engine import (
    PipelineReport,
    engine,
    explain,
    graphs_with_batchers,
    set_default_engine,
)
from graphkit.readers._file_names import match_filenames_once, string_input_producer
from graphkit.readers._file_readers import (
    FixedLengthRecordReader,
    IdentityReader,
    TextLineReader,
    TFRecordReader,
    WholeFileReader,
)
from graphkit.readers._maybe_batchers import (
    maybe_batch,
    maybe_batch_join,
    maybe_shuffle_batch,
    maybe_shuffle_batch_join,
)
from graphkit.readers._producers import (
    input_producer,
    limit_epochs,
    range_input_producer,
    slice_input_producer,
)
from graphkit.readers._record_batch import record_batch
from graphkit.readers._reset import reset
from graphkit.readers._speed import PipelineSpeed, StageSpeed, file_pipeline, measure_speed
from graphkit.readers._starts import at_first_start

__all__ = [
    "DamagedRecord",
    "DecodeImage",
    "DecodeRaw",
    "FixedLengthRecordReader",
    "IdentityReader",
    "PipelineReport",
    "PipelineSpeed",
    "StageSpeed",
    "TFRecordReader",
    "TextLineReader",
    "WholeFileReader",
    "add_queue_runner",
    "at_first_start",
    "batch",
    "batch_join",
    "bucket",
    "bucket_by_sequence_length",
    "engine",
    "explain",
    "file_pipeline",
    "find_damaged_record",
    "graphs_with_batchers",
    "input_producer",
    "limit_epochs",
    "match_filenames_once",
    "maybe_batch",
    "maybe_batch_join",
    "maybe_shuffle_batch",
    "maybe_shuffle_batch_join",
    "measure_speed",
    "range_input_producer",
    "record_batch",
    "reset",
    "set_default_engine",
    "shuffle_batch",
    "shuffle_batch_join",
    "slice_input_producer",
    "string_input_producer",
]
