"""The queue pipelines recorded by `record_readers.py`, and the calls that fail as graphs are built.

A case takes the module that offers the functions (`api`) as an argument beside TensorFlow, so that
`tests/readers` builds the same pipelines with graphkit.
"""

import os


def write_files(tf, folder):
    """Writes the files all cases read."""
    for name, count in (("a", 5), ("b", 4), ("c", 0)):
        with open(os.path.join(folder, name + ".txt"), "w") as text:
            text.writelines("%s line %d\n" % (name, i) for i in range(count))
        with open(os.path.join(folder, name + ".bin"), "wb") as binary:
            binary.write(b"HH" + bytes(bytearray(range(3 * count))) + b"F")
        with tf.python_io.TFRecordWriter(os.path.join(folder, name + ".tfrecord")) as writer:
            for i in range(count):
                writer.write(b"%s%d" % (name.encode(), i))
    options = tf.python_io.TFRecordOptions(tf.python_io.TFRecordCompressionType.GZIP)
    with tf.python_io.TFRecordWriter(os.path.join(folder, "a.gz"), options) as writer:
        for i in range(3):
            writer.write(b"z%d" % i)


class Case:
    """One pipeline.

    `order` is "exact"; "any" where threads or chance decide it; "some" where they also decide what
    is left over and dropped. `filled` lets the queues fill before the first batch is taken.
    """

    def __init__(self, build, order="exact", filled=False):
        self.build = build
        self.order = order
        self.filled = filled


def paths(folder, *names):
    return [os.path.join(folder, name) for name in names]


def _strings(**kwargs):
    return lambda api, tf, d: api.string_input_producer(["x", "y", "z"], **kwargs).dequeue()


def _read(reader, names, fetch="both", **producer):
    """A case that reads files, one record per step."""

    def build(api, tf, folder):
        producer.setdefault("num_epochs", 1)
        producer.setdefault("shuffle", False)
        queue = api.string_input_producer(paths(folder, *names), **producer)
        key, value = reader(api, tf).read(queue)
        return [key, value]

    return build


def _lines(api, folder, epochs=1, names=("a.txt", "b.txt")):
    queue = api.string_input_producer(paths(folder, *names), num_epochs=epochs, shuffle=False)
    return api.TextLineReader().read(queue)[1]


def numbers(api, limit=10, epochs=1):
    return api.range_input_producer(limit, num_epochs=epochs, shuffle=False).dequeue()


def _ragged(api, tf):
    number = numbers(api, 5)
    return number, tf.fill([number + 1], number)


def _sparse(api, tf):
    number = numbers(api, 5)
    row = tf.cast(tf.reshape(number, [1, 1]), tf.int64)
    return tf.SparseTensor(row, tf.reshape(number, [1]), [5])


def producer_cases():
    """The producers alone."""
    rows = [[1, 2], [3, 4], [5, 6]]
    return {
        "strings in order": Case(_strings(num_epochs=2, shuffle=False)),
        "strings shuffled": Case(_strings(num_epochs=2, shuffle=True, seed=7)),
        "strings for ever": Case(_strings(shuffle=False)),
        "strings named": Case(_strings(num_epochs=1, shuffle=False, capacity=5, name="names")),
        "range in order": Case(lambda api, tf, d: numbers(api, 4, 2)),
        "range shuffled": Case(
            lambda api, tf, d: api.range_input_producer(6, num_epochs=2, seed=3).dequeue()
        ),
        "slices in order": Case(
            lambda api, tf, d: api.slice_input_producer(
                [rows, ["p", "q", "r"]], num_epochs=2, shuffle=False
            )
        ),
        "slices shuffled": Case(
            lambda api, tf, d: api.slice_input_producer([rows], num_epochs=2, seed=11)
        ),
        "slices named": Case(
            lambda api, tf, d: api.slice_input_producer(
                [rows], num_epochs=1, shuffle=False, capacity=2, name="slices"
            )
        ),
        "rows": Case(
            lambda api, tf, d: api.input_producer(
                tf.constant(rows), num_epochs=1, shuffle=False, summary_name="full"
            ).dequeue()
        ),
        "rows of a placeholder": Case(
            lambda api, tf, d: api.input_producer(
                tf.placeholder_with_default(rows, [None, None]),
                element_shape=[2],
                num_epochs=1,
                shuffle=False,
            ).dequeue()
        ),
        "limited epochs": Case(lambda api, tf, d: api.limit_epochs(tf.constant(5), 3)),
        "unlimited epochs": Case(lambda api, tf, d: api.limit_epochs(tf.constant(5))),
        "matched names": Case(
            lambda api, tf, d: api.string_input_producer(
                api.match_filenames_once(os.path.join(d, "*.txt")), num_epochs=1, shuffle=False
            ).dequeue()
        ),
    }


def reader_cases():
    """The readers, keys and values."""
    return {
        "whole files": Case(_read(lambda api, tf: api.WholeFileReader(), ["a.txt", "c.txt"])),
        "lines": Case(_read(lambda api, tf: api.TextLineReader(), ["a.txt", "c.txt", "b.txt"])),
        "lines without header": Case(
            _read(lambda api, tf: api.TextLineReader(skip_header_lines=2), ["a.txt", "b.txt"])
        ),
        "records": Case(
            _read(lambda api, tf: api.TFRecordReader(), ["a.tfrecord", "c.tfrecord", "b.tfrecord"])
        ),
        "records of two epochs": Case(
            _read(lambda api, tf: api.TFRecordReader(), ["b.tfrecord"], num_epochs=2)
        ),
        "compressed records": Case(
            _read(
                lambda api, tf: api.TFRecordReader(
                    options=tf.python_io.TFRecordOptions(tf.python_io.TFRecordCompressionType.GZIP)
                ),
                ["a.gz"],
            )
        ),
        "fixed length": Case(
            _read(
                lambda api, tf: api.FixedLengthRecordReader(3, header_bytes=2, footer_bytes=1),
                ["a.bin", "b.bin"],
            )
        ),
        "fixed length, hopping": Case(
            _read(
                lambda api, tf: api.FixedLengthRecordReader(
                    4, header_bytes=2, footer_bytes=1, hop_bytes=2, name="hops"
                ),
                ["a.bin", "b.bin"],
            )
        ),
        "identity": Case(_read(lambda api, tf: api.IdentityReader(), ["no such file", "b"])),
        "several records per step": Case(
            lambda api, tf, d: api.TFRecordReader(name="many").read_up_to(
                api.string_input_producer(
                    paths(d, "a.tfrecord", "b.tfrecord"), num_epochs=1, shuffle=False
                ),
                3,
            )
        ),
        "records produced": Case(_count_records),
    }


def _count_records(api, tf, folder):
    queue = api.string_input_producer(paths(folder, "a.txt"), num_epochs=1, shuffle=False)
    reader = api.TextLineReader()
    with tf.control_dependencies([reader.read(queue)[1]]):
        return [reader.num_records_produced(), reader.num_work_units_completed()]


def batcher_cases():
    """The batchers."""
    matrix = [[1, 2], [3, 4], [5, 6]]
    return {
        "batch": Case(lambda api, tf, d: api.batch([_lines(api, d)], 2)),
        "batch with the rest": Case(
            lambda api, tf, d: api.batch([_lines(api, d)], 2, allow_smaller_final_batch=True)
        ),
        "batch for ever": Case(lambda api, tf, d: api.batch([_lines(api, d, None)], 4)),
        "batch larger than the queue": Case(
            lambda api, tf, d: api.batch([_lines(api, d)], 4, capacity=2, name="small")
        ),
        "batch of a dict": Case(
            lambda api, tf, d: api.batch({"n": numbers(api), "one": tf.constant(1.5)}, 3)
        ),
        "batch of a dict of one": Case(lambda api, tf, d: api.batch({"n": numbers(api)}, 3)),
        "batch by a tensor": Case(
            lambda api, tf, d: api.batch([numbers(api)], tf.placeholder_with_default(4, []))
        ),
        "batch of many": Case(
            lambda api, tf, d: api.batch(
                [api.limit_epochs(tf.constant(matrix), 3)], 4, enqueue_many=True
            )
        ),
        "batch of given shapes": Case(
            lambda api, tf, d: api.batch(
                [tf.placeholder_with_default([1.0, 2.0], None), numbers(api)],
                5,
                shapes=[[2], []],
            )
        ),
        "batch padded": Case(
            lambda api, tf, d: api.batch(
                list(_ragged(api, tf)), 2, dynamic_pad=True, allow_smaller_final_batch=True
            )
        ),
        "batch of sparse": Case(lambda api, tf, d: api.batch([_sparse(api, tf)], 2)),
        "batch by threads": Case(
            lambda api, tf, d: api.batch([numbers(api, 12)], 3, num_threads=3), order="any"
        ),
        "batch joined": Case(
            lambda api, tf, d: api.batch_join(
                [[_lines(api, d)], [_lines(api, d, names=["b.txt"])]],
                3,
                allow_smaller_final_batch=True,
            ),
            order="any",
        ),
        "batch joined, dicts": Case(
            lambda api, tf, d: api.batch_join([{"n": numbers(api)}, {"n": numbers(api)}], 5),
            order="any",
        ),
        "batch joined, padded": Case(
            lambda api, tf, d: api.batch_join([list(_ragged(api, tf))], 5, dynamic_pad=True)
        ),
        "shuffled": Case(
            lambda api, tf, d: api.shuffle_batch([_lines(api, d)], 2, 20, 5), order="some"
        ),
        "shuffled with the rest": Case(
            lambda api, tf, d: api.shuffle_batch(
                [_lines(api, d)], 2, 20, 5, allow_smaller_final_batch=True
            ),
            order="any",
        ),
        "shuffled by seed": Case(
            lambda api, tf, d: api.shuffle_batch([numbers(api, 12)], 4, 20, 5, seed=5),
            filled=True,
        ),
        "shuffled of many": Case(
            lambda api, tf, d: api.shuffle_batch(
                [api.limit_epochs(tf.constant(matrix), 2)], 2, 30, 3, enqueue_many=True, name="s"
            ),
            order="any",
        ),
        "shuffled by threads": Case(
            lambda api, tf, d: api.shuffle_batch({"n": numbers(api, 9)}, 3, 20, 5, num_threads=2),
            order="any",
        ),
        "shuffled and joined": Case(
            lambda api, tf, d: api.shuffle_batch_join(
                [[numbers(api)], [numbers(api)]], 4, 30, 10, seed=2
            ),
            order="any",
        ),
    }


def maybe_cases():
    """The batchers that leave examples out."""

    def some(api, tf, build):
        number = numbers(api)
        return build(number, number % 3 < 2)

    def many(api, tf, build):
        numbers = api.limit_epochs(tf.range(6), 2)
        return build(numbers, numbers % 2 > 0)

    return {
        "some batched": Case(
            lambda api, tf, d: some(
                api, tf, lambda n, keep: api.maybe_batch([n], keep, 2, name="some")
            )
        ),
        "all batched": Case(
            lambda api, tf, d: some(api, tf, lambda n, _: api.maybe_batch([n], True, 5))
        ),
        "some of many batched": Case(
            lambda api, tf, d: many(
                api, tf, lambda n, keep: api.maybe_batch([n], keep, 2, enqueue_many=True)
            )
        ),
        "some batched and joined": Case(
            lambda api, tf, d: some(
                api,
                tf,
                lambda n, keep: api.maybe_batch_join(
                    [[n]], keep, 4, allow_smaller_final_batch=True
                ),
            )
        ),
        "some shuffled": Case(
            lambda api, tf, d: some(
                api, tf, lambda n, keep: api.maybe_shuffle_batch([n], 2, 20, 4, keep)
            ),
            order="some",
        ),
        "some shuffled and joined": Case(
            lambda api, tf, d: some(
                api, tf, lambda n, keep: api.maybe_shuffle_batch_join([[n]], 3, 20, 4, keep)
            ),
            order="some",
        ),
    }


def cases():
    """Every pipeline by name."""
    found = {}
    for group in (producer_cases, reader_cases, batcher_cases, maybe_cases):
        found.update(group())
    return found


def refusals():
    """Calls that fail as the graph is built."""

    def one(tf):
        return [tf.constant([1, 2, 3])]

    return {
        "no strings": lambda api, tf: api.string_input_producer([]),
        "strings None": lambda api, tf: api.string_input_producer(None),
        "a lone string": lambda api, tf: api.string_input_producer("abc"),
        "numbers as strings": lambda api, tf: api.string_input_producer([1, 2]),
        "a matrix of strings": lambda api, tf: api.string_input_producer([["a", "b"]]),
        "no epoch": lambda api, tf: api.string_input_producer(["a"], num_epochs=0),
        "epochs as text": lambda api, tf: api.string_input_producer(["a"], num_epochs="x"),
        "limit of no epoch": lambda api, tf: api.limit_epochs(tf.constant(1), num_epochs=-1),
        "capacity as text": lambda api, tf: api.string_input_producer(["a"], capacity="x"),
        "a negative range": lambda api, tf: api.range_input_producer(-1),
        "no slices": lambda api, tf: api.slice_input_producer([]),
        "slices of scalars": lambda api, tf: api.slice_input_producer([1, 2]),
        "rows of unknown shape": lambda api, tf: api.input_producer(tf.placeholder(tf.int32)),
        "a number as pattern": lambda api, tf: api.match_filenames_once(3),
        "no tensors": lambda api, tf: api.batch([], 2),
        "tensors None": lambda api, tf: api.batch(None, 2),
        "unknown rank": lambda api, tf: api.batch([tf.placeholder(tf.int32)], 2),
        "unknown shape": lambda api, tf: api.batch([tf.placeholder(tf.int32, [None])], 2),
        "a negative batch": lambda api, tf: api.batch(one(tf), -1),
        "half a batch": lambda api, tf: api.batch(one(tf), 1.5),
        "a batch of text": lambda api, tf: api.batch(one(tf), "x"),
        "a batch of None": lambda api, tf: api.batch(one(tf), None),
        "no threads": lambda api, tf: api.batch(one(tf), 2, num_threads=0),
        "half a thread": lambda api, tf: api.batch(one(tf), 2, num_threads=1.5),
        "stock as large as the queue": lambda api, tf: api.shuffle_batch(one(tf), 2, 10, 10),
        "half a stock": lambda api, tf: api.shuffle_batch(one(tf), 2, 10, 1.5),
        "nothing to join": lambda api, tf: api.batch_join([], 2),
        "joined dtypes differ": lambda api, tf: api.batch_join(
            [one(tf), [tf.constant(["a", "b", "c"])]], 2
        ),
        "joined keys differ": lambda api, tf: api.batch_join(
            [{"a": tf.constant(1)}, {"b": tf.constant(1)}], 2
        ),
        "condition of unknown rank": lambda api, tf: api.maybe_batch(
            one(tf), tf.placeholder(tf.bool), 2
        ),
        "a vector of conditions": lambda api, tf: api.maybe_batch(
            one(tf), tf.constant([True, False, True]), 2
        ),
        "record length as text": lambda api, tf: api.FixedLengthRecordReader("x"),
    }
