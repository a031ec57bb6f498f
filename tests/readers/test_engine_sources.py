"""Every kind of source, alone: both engines deliver what is worked out by hand."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
from engine_pipelines import ENGINES, batches, lines, numbers

from graphkit import readers
from graphkit._tf import tf
from graphkit.errors import ArgumentError


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"head\nsecond\r\n\nlast without an end")
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "fixed.bin").write_bytes(b"HHabcdefghiFFF")
    with tf.io.TFRecordWriter(
        str(tmp_path / "zipped.tfrecord"), tf.io.TFRecordOptions(compression_type="GZIP")
    ) as writer:
        for record in [b"one", b"", b"three"]:
            writer.write(record)
    return tmp_path


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, [b"head", b"second", b"", b"last without an end"]),
        (1, [b"second", b"", b"last without an end"]),
        (3, [b"last without an end"]),
        (9, []),
    ],
)
def test_lines_behind_a_header(engine, folder, header, expected):
    found = batches(engine, lambda: readers.batch([lines(folder / "a.txt", header)[1]], 1))
    assert found == [[line] for line in expected]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_line_is_called_by_its_number_in_the_file(engine, folder):
    found = batches(engine, lambda: readers.batch([*lines(folder / "a.txt", 2)], 2))
    keys = [f"{folder / 'a.txt'}:{number}".encode() for number in (3, 4)]
    assert found == [[keys, [b"", b"last without an end"]]]


@pytest.mark.parametrize("engine", ENGINES)
def test_an_empty_file_has_no_lines(engine, folder):
    def build():
        names = [str(folder / name) for name in ("empty.txt", "a.txt", "empty.txt")]
        queue = readers.string_input_producer(names, num_epochs=2, shuffle=False)
        return readers.batch([readers.TextLineReader(1).read(queue)[1]], 2)

    rows = [b"second", b"", b"last without an end"] * 2
    assert batches(engine, build) == [rows[start : start + 2] for start in (0, 2, 4)]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("header", "footer", "length", "expected"),
    [
        (2, 3, 3, [b"abc", b"def", b"ghi"]),
        (0, 0, 7, [b"HHabcde", b"fghiFFF"]),
        (5, 3, 2, [b"de", b"fg", b"hi"]),
        (14, 0, 1, []),
    ],
)
def test_records_of_one_length(engine, folder, header, footer, length, expected):
    def build():
        queue = readers.string_input_producer([str(folder / "fixed.bin")], num_epochs=1)
        reader = readers.FixedLengthRecordReader(length, header, footer)
        return readers.batch([*reader.read(queue)], 1)

    keys = [f"{folder / 'fixed.bin'}:{place}".encode() for place in range(len(expected))]
    assert batches(engine, build) == [
        [[key], [record]] for key, record in zip(keys, expected, strict=True)
    ]


@pytest.mark.parametrize("rest", [b"", b"gh"])
def test_zipped_records_of_one_length_stay_in_queues_which_pass_over_a_rest(rest, tmp_path):
    (tmp_path / "z").write_bytes(gzip.compress(b"-abcdef" + rest))

    def build():
        queue = readers.string_input_producer([str(tmp_path / "z")], num_epochs=1)
        reader = readers.FixedLengthRecordReader(3, header_bytes=1, encoding="GZIP")
        record = tf.decode_raw(reader.read(queue)[1], tf.uint8)
        return readers.batch([tf.reshape(record, [3])], 2)

    assert batches("queues", build) == [[[97, 98, 99], [100, 101, 102]]]
    with (
        tf.Graph().as_default(),
        readers.engine("tf.data"),
        pytest.raises(ArgumentError, match="its files are compressed, which may hide a rest"),
    ):
        build()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("encoding", ["NONE", "gzip"])
def test_a_compression_that_is_none_is_no_compression(engine, encoding, tmp_path):
    (tmp_path / "plain").write_bytes(b"abcdef")

    def build():
        queue = readers.string_input_producer([str(tmp_path / "plain")], num_epochs=1)
        reader = readers.FixedLengthRecordReader(3, encoding=encoding)
        return readers.batch([reader.read(queue)[1]], 2)

    assert batches(engine, build) == [[b"abc", b"def"]]


@pytest.mark.parametrize("hop", [1, 5])
def test_records_that_overlap_or_leave_gaps_stay_in_queues(hop, folder):
    with (
        tf.Graph().as_default(),
        readers.engine("tf.data"),
        pytest.raises(ArgumentError, match="records that overlap or leave gaps"),
    ):
        queue = readers.string_input_producer([str(folder / "fixed.bin")])
        readers.batch([readers.FixedLengthRecordReader(3, hop_bytes=hop).read(queue)[1]], 1)


@pytest.mark.parametrize("engine", ENGINES)
def test_zipped_records(engine, folder):
    def build():
        queue = readers.string_input_producer([str(folder / "zipped.tfrecord")], num_epochs=2)
        options = tf.io.TFRecordOptions(compression_type="GZIP")
        return readers.batch(
            [readers.TFRecordReader(options=options).read(queue)[1]],
            4,
            allow_smaller_final_batch=True,
        )

    assert batches(engine, build) == [[b"one", b"", b"three", b"one"], [b"", b"three"]]


@pytest.mark.parametrize("engine", ENGINES)
def test_whole_files_and_their_names(engine, folder):
    def build():
        names = [str(folder / name) for name in ("fixed.bin", "empty.txt")]
        queue = readers.string_input_producer(names, num_epochs=1, shuffle=False)
        return readers.batch([*readers.WholeFileReader().read(queue)], 2)

    keys = [str(folder / name).encode() for name in ("fixed.bin", "empty.txt")]
    assert batches(engine, build) == [[keys, [b"HHabcdefghiFFF", b""]]]


@pytest.mark.parametrize("engine", ENGINES)
def test_work_that_is_the_record_itself(engine):
    def build():
        queue = readers.string_input_producer(["x", "y"], num_epochs=1, shuffle=False)
        return readers.batch([*readers.IdentityReader().read(queue)], 2)

    assert batches(engine, build) == [[[b"x", b"y"], [b"x", b"y"]]]


@pytest.mark.parametrize("engine", ENGINES)
def test_slices_of_rows_of_several_dtypes(engine):
    columns = {
        "f": np.array([[0.5, 1.5], [2.5, 3.5], [4.5, 5.5]], np.float32),
        "i": np.array([7, 8, 9], np.int64),
        "s": np.array([b"a", b"", b"c"]),
        "u": np.arange(6, dtype=np.uint8).reshape(3, 1, 2),
        "b": np.array([True, False, True]),
    }

    def build():
        parts = readers.slice_input_producer(list(columns.values()), num_epochs=2, shuffle=False)
        made = readers.batch(dict(zip(columns, parts, strict=True)), 2)
        assert {key: made[key].dtype for key in "fisub"} == {
            "f": tf.float32,
            "i": tf.int64,
            "s": tf.string,
            "u": tf.uint8,
            "b": tf.bool,
        }
        assert made["u"].shape.as_list() == [2, 1, 2]
        return made

    rows = [0, 1, 2, 0, 1, 2]
    assert batches(engine, build) == [
        {key: column[rows[start : start + 2]].tolist() for key, column in columns.items()}
        for start in (0, 2, 4)
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_two_sources_in_one_chain_end_with_the_shorter(engine, folder):
    def build():
        number, line = numbers(10), lines(folder / "a.txt")[1]
        return readers.batch([number * 10, tf.string_join([line, tf.as_string(number)])], 3)

    assert batches(engine, build) == [[[0, 10, 20], [b"head0", b"second1", b"2"]]]


@pytest.mark.parametrize("engine", ENGINES)
def test_one_element_used_twice_is_taken_once(engine):
    def build():
        number = numbers(6)
        return readers.batch([number, number * number], 3)

    assert batches(engine, build) == [[[0, 1, 2], [0, 1, 4]], [[3, 4, 5], [9, 16, 25]]]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_stream_without_an_end_goes_on(engine):
    found = batches(engine, lambda: readers.batch([numbers(3, epochs=None)], 4), most=5)
    assert found == [[0, 1, 2, 0], [1, 2, 0, 1], [2, 0, 1, 2], [0, 1, 2, 0], [1, 2, 0, 1]]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_constant_has_no_end_either(engine):
    found = batches(engine, lambda: readers.batch([tf.constant([1, 2])], 2), most=3)
    assert found == [[[1, 2], [1, 2]]] * 3


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("keep", "expected"),
    [
        (lambda n: n > 3, [4, 5, 6, 7]),
        (lambda n: tf.equal(n % 2, 1), [1, 3, 5, 7]),
        (lambda n: True, list(range(8))),
    ],
)
def test_only_examples_that_are_kept_come(engine, keep, expected):
    def build():
        number = numbers(8)
        return readers.maybe_batch([number], keep(number), 4)

    assert np.concatenate(batches(engine, build)).tolist() == expected


@pytest.mark.parametrize("engine", ENGINES)
def test_a_vector_keeps_single_rows_of_many(engine):
    def build():
        number = numbers(4)
        rows = tf.stack([number, number + 10, number + 20])
        keep = tf.stack([True, number > 1, tf.equal(number, 0)])
        return readers.maybe_batch(
            [rows, -rows], keep, 3, enqueue_many=True, allow_smaller_final_batch=True
        )

    kept = [0, 20, 1, 2, 12, 3, 13]
    assert batches(engine, build) == [
        [kept[start : start + 3], [-row for row in kept[start : start + 3]]] for start in (0, 3, 6)
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_rows_of_many_examples_are_taken_apart(engine):
    def build():
        number = numbers(3)
        return readers.batch(
            {"n": tf.fill([3], number), "place": tf.range(3)}, 4, enqueue_many=True
        )

    assert batches(engine, build) == [
        {"n": [0, 0, 0, 1], "place": [0, 1, 2, 0]},
        {"n": [1, 1, 2, 2], "place": [1, 2, 0, 1]},
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_sparse_examples_beside_dense_ones(engine):
    def build():
        number = tf.cast(numbers(4), tf.int64)
        places = tf.reshape(tf.range(number), [-1, 1])
        sparse = tf.SparseTensor(places, tf.fill([number], number), [4])
        return readers.batch({"dense": number, "sparse": sparse}, 2)

    assert batches(engine, build) == [
        {"dense": [0, 1], "sparse": [[[1, 0]], [1], [2, 4]]},
        {
            "dense": [2, 3],
            "sparse": [[[0, 0], [0, 1], *([1, n] for n in range(3))], [2, 2, 3, 3, 3], [2, 4]],
        },
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_examples_of_different_lengths_are_padded(engine):
    def build():
        number = numbers(5)
        words = tf.fill([number, 2], "w")
        return readers.batch([tf.range(number), words], 2, dynamic_pad=True)

    word, filled = [b"w", b"w"], [b"", b""]
    assert batches(engine, build) == [
        [[[0], [0]], [[filled], [word]]],
        [[[0, 1, 0], [0, 1, 2]], [[word, word, filled], [word, word, word]]],
    ]
