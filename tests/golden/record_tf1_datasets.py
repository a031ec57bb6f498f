"""Programs with contrib.data: the order of elements, their static shapes and their errors."""

import os
import tempfile

import numpy as np


def plain(value):
    if isinstance(value, dict):
        return sorted([key, plain(part)] for key, part in value.items())
    if hasattr(value, "dense_shape"):
        parts = (value.indices, value.values, value.dense_shape)
        return ["sparse", *[plain(part) for part in parts]]
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    return plain_array(np.asarray(value))


def plain_array(value):
    if value.dtype.kind in "SO":
        return [part.decode() for part in value.ravel().tolist()]
    return np.round(value, 5).tolist() if value.dtype.kind == "f" else value.tolist()


def elements(tf, dataset, most=20):
    """The elements in their order, and how the data set ends."""
    found = []
    iterator = tf.compat.v1.data.make_initializable_iterator(dataset)
    element = iterator.get_next()
    with tf.Session() as session:
        try:
            session.run([tf.tables_initializer(), iterator.initializer])
            for _ in range(most):
                found.append(plain(session.run(element)))
        except tf.errors.OutOfRangeError:
            found.append("end")
        except tf.errors.OpError as error:
            found.append(type(error).__name__)
    return found


def structure(tf, dataset):
    """The dtypes of an element, and its static shapes behind the batch."""
    get = tf.compat.v1.data
    shapes, types = get.get_output_shapes(dataset), get.get_output_types(dataset)
    flat = tf.contrib.framework.nest.flatten(types)

    def lists(shape):
        if isinstance(shape, dict):
            return sorted([key, lists(part)] for key, part in shape.items())
        if isinstance(shape, tuple):
            return [lists(part) for part in shape]
        return None if shape.ndims is None else [shape.ndims, *shape.as_list()[1:]]

    return [lists(shapes), [kind.name for kind in flat]]


def seen(tf, datasets):
    return {
        "elements": repr([[name, elements(tf, made)] for name, made in sorted(datasets.items())]),
        "structure": repr([[name, structure(tf, made)] for name, made in sorted(datasets.items())]),
    }


def errors(calls):
    found = []
    for name, call in sorted(calls.items()):
        try:
            call()
        except Exception as error:
            known = (kind for kind in type(error).__mro__ if "graphkit" not in kind.__module__)
            found.append([name, next(known).__name__])
        else:
            found.append([name, "nothing"])
    return found


def batches(tf):
    data, count = tf.contrib.data, tf.data.Dataset.range(7)
    ragged = tf.data.Dataset.range(1, 6).map(lambda n: tf.fill([n], n))
    pairs = tf.data.Dataset.zip((count, count.map(lambda n: tf.cast(n * n, tf.float32))))
    return seen(
        tf,
        {
            "dropped": count.apply(data.batch_and_drop_remainder(3)),
            "exact": count.take(6).apply(data.batch_and_drop_remainder(3)),
            "few": count.take(2).apply(data.batch_and_drop_remainder(3)),
            "tensor": count.apply(data.batch_and_drop_remainder(tf.constant(2, tf.int64))),
            "pairs": pairs.apply(data.batch_and_drop_remainder(4)),
            "named": pairs.map(lambda a, b: {"a": a, "b": b}).apply(
                data.batch_and_drop_remainder(3)
            ),
            "padded": ragged.apply(data.padded_batch_and_drop_remainder(2, [None])),
            "wide": ragged.apply(data.padded_batch_and_drop_remainder(2, [6])),
            "filled": ragged.apply(
                data.padded_batch_and_drop_remainder(2, [None], tf.constant(-1, tf.int64))
            ),
            "sparse": ragged.apply(data.dense_to_sparse_batch(2, [6])),
            "mapped": count.apply(data.map_and_batch(lambda n: n * 2, 3)),
            "mapped_whole": count.apply(
                data.map_and_batch(lambda n: n * 2, 3, drop_remainder=True)
            ),
            "unbatched": count.batch(3).apply(data.unbatch()),
            "numbered": count.skip(4).apply(data.enumerate_dataset(10)),
        },
    )


def windows(tf):
    data, count = tf.contrib.data, tf.data.Dataset.range(8)
    pairs = tf.data.Dataset.zip((count, count.map(lambda n: n * 10)))
    window = data.sliding_window_batch
    found = seen(
        tf,
        {
            "plain": count.apply(window(3)),
            "shift": count.apply(window(3, window_shift=2)),
            "old_name": count.apply(window(3, stride=2)),
            "positional": count.apply(window(3, 3)),
            "apart": count.apply(window(3, window_stride=2)),
            "all": count.apply(window(2, window_shift=3, window_stride=2)),
            "too_long": count.apply(window(9)),
            "pairs": pairs.apply(window(2, window_shift=4)),
        },
    )
    found["errors"] = errors({"both": lambda: count.apply(window(2, stride=1, window_shift=1))})
    return found


def orders(tf):
    data, count = tf.contrib.data, tf.data.Dataset.range(4)

    def three(n):
        return tf.data.Dataset.from_tensors(n * 10).repeat(3)

    tens = count.map(lambda n: n * 10)
    choice = tf.data.Dataset.range(2).repeat(3)
    return seen(
        tf,
        {
            "interleaved": count.apply(data.parallel_interleave(three, 2)),
            "blocks": count.apply(data.parallel_interleave(three, 2, block_length=2)),
            "one_at_a_time": count.apply(data.sloppy_interleave(three, 1)),
            "chosen": data.choose_from_datasets([count, tens], choice),
            "one_of_one": data.sample_from_datasets([tens]),
            "repeated": count.apply(data.shuffle_and_repeat(1, count=2)),
            "unique": count.concatenate(count).apply(data.unique()),
            "scanned": count.apply(
                data.scan(tf.constant(0, tf.int64), lambda s, n: (s + n, s + n))
            ),
            "counted": data.Counter(start=3, step=4).take(3),
            "down": data.Counter(5, -2).take(3),
        },
    )


def groups(tf):
    data, count = tf.contrib.data, tf.data.Dataset.range(9)
    words = tf.data.Dataset.range(1, 8).map(lambda n: tf.fill([n % 4 + 1], n))

    def length(row):
        return tf.shape(row)[0]

    reducer = data.Reducer(
        lambda key: tf.constant(0, tf.int64), lambda total, n: total + n, lambda total: total
    )
    by_three = data.group_by_window(
        lambda n: n % 2, lambda key, window: window.batch(3), window_size=3
    )
    found = seen(
        tf,
        {
            "windows": count.apply(by_three),
            "reduced": count.apply(data.group_by_reducer(lambda n: n % 3, reducer)),
            "buckets": words.apply(data.bucket_by_sequence_length(length, [3], [2, 2])),
            "padded": words.apply(
                data.bucket_by_sequence_length(
                    length, [3], [2, 2], pad_to_bucket_boundary=False, padded_shapes=[5]
                )
            ),
        },
    )
    total = tf.contrib.data.reduce_dataset(count, reducer)
    mean = tf.contrib.data.reduce_dataset(
        count,
        data.Reducer(
            lambda key: (0.0, 0.0),
            lambda state, n: (state[0] + tf.cast(n, tf.float32), state[1] + 1.0),
            lambda total, number: total / number,
        ),
    )
    with tf.Session() as session:
        found["total"] = int(session.run(total))
        found["mean"] = repr(plain(session.run(mean)))
    return found


def shapes(tf):
    data = tf.contrib.data

    def unknown(shape, value=0.0):
        def make(n):
            row = tf.py_func(lambda n: np.full(shape, value, np.float32), [n], tf.float32)
            return row

        return tf.data.Dataset.range(2).map(make)

    both = tf.data.Dataset.zip((unknown([2, 3]), unknown([4])))
    check = data.assert_element_shape
    found = seen(
        tf,
        {
            "told": unknown([2, 3]).apply(check(tf.TensorShape([2, 3]))),
            "wrong": unknown([2, 3]).apply(check(tf.TensorShape([3, 2]))),
            "both": both.apply(check((tf.TensorShape([2, 3]), tf.TensorShape([4])))),
            "second_wrong": both.apply(check((tf.TensorShape([2, 3]), tf.TensorShape([5])))),
        },
    )
    known = tf.data.Dataset.from_tensors(tf.zeros([2, 3]))
    found["errors"] = errors(
        {
            "known": lambda: known.apply(check(tf.TensorShape([2, 2]))),
            "rank": lambda: known.apply(check(tf.TensorShape([2]))),
            "fits": lambda: known.apply(check(tf.TensorShape([2, 3]))),
        }
    )
    return found


def faults(tf):
    data = tf.contrib.data
    mixed = tf.data.Dataset.from_tensor_slices([1.0, 2.0, 0.0, 4.0])
    checked = mixed.map(lambda x: tf.check_numerics(1.0 / x, "division"))
    ragged = tf.data.Dataset.range(1, 4).map(lambda n: tf.fill([n], n))
    found = seen(
        tf,
        {
            "stops": checked,
            "goes_on": checked.apply(data.ignore_errors()),
            "ragged": ragged.apply(data.batch_and_drop_remainder(2)),
            "too_wide": ragged.apply(data.padded_batch_and_drop_remainder(3, [2])),
            "outside": ragged.apply(data.dense_to_sparse_batch(3, [2])),
        },
    )
    count = tf.data.Dataset.range(3)
    found["errors"] = errors(
        {
            "weights": lambda: data.sample_from_datasets([count, count], [1.0]),
            "types": lambda: data.sample_from_datasets([count, mixed]),
            "choice": lambda: data.choose_from_datasets([count], mixed),
            "boundaries": lambda: count.apply(
                data.bucket_by_sequence_length(lambda n: tf.cast(n, tf.int32), [3], [2])
            ),
            "windows": lambda: count.apply(
                data.group_by_window(
                    lambda n: n, lambda k, w: w, window_size=1, window_size_func=lambda k: 1
                )
            ),
            "reduced": lambda: data.reduce_dataset([1, 2], None),
        }
    )
    return found


def single(tf):
    data = tf.contrib.data
    one = data.get_single_element(tf.data.Dataset.from_tensors((3, [1.0, 2.0])))
    many = data.get_single_element(tf.data.Dataset.range(2))
    none = data.get_single_element(tf.data.Dataset.range(0))
    iterator = tf.compat.v1.data.make_one_shot_iterator(tf.data.Dataset.range(1))
    optional = data.get_next_as_optional(iterator)
    kinds = []
    with tf.Session() as session:
        values = plain(session.run(one))
        for wrong in (many, none):
            try:
                session.run(wrong)
            except tf.errors.OpError as error:
                kinds.append(type(error).__name__)
        given = session.run([optional.has_value(), optional.get_value()])
        left = bool(session.run(optional.has_value()))
    return {
        "values": repr(values),
        "kinds": kinds,
        "given": repr(plain(tuple(given))),
        "left": left,
    }


def written(tf, rows, name):
    path = os.path.join(tempfile.mkdtemp(), name)
    with open(path, "w") as out:
        out.write(rows)
    return path


TABLE = "a,b,word\n1,0.5,one\n2,,two\n,2.5,\n4,3.5,four\n"


def tables(tf):
    data = tf.contrib.data
    path = written(tf, TABLE, "table.csv")
    defaults = [0, -1.0, "none"]
    made = data.make_csv_dataset(
        [path], 2, column_defaults=defaults, num_epochs=1, shuffle=False, label_name="a"
    )
    guessed = data.make_csv_dataset(path, 4, num_epochs=1, shuffle=False)
    chosen = data.make_csv_dataset(
        path,
        3,
        select_columns=["b", "word"],
        column_defaults=defaults[1:],
        num_epochs=1,
        shuffle=False,
    )
    found = seen(
        tf,
        {
            "rows": data.CsvDataset([path], defaults, header=True),
            "columns": data.CsvDataset(path, [0, "none"], header=True, select_cols=[0, 2]),
            "required": data.CsvDataset(path, [tf.int32, tf.float32, tf.string], header=True),
            "made": made,
            "guessed": guessed,
            "chosen": chosen,
        },
    )
    found["errors"] = errors(
        {
            "label": lambda: data.make_csv_dataset(path, 2, label_name="missing"),
            "column": lambda: data.make_csv_dataset(path, 2, select_columns=["missing"]),
            "defaults": lambda: data.make_csv_dataset(path, 2, column_defaults=[0]),
            "same_name": lambda: data.make_csv_dataset(path, 2, column_names=["a", "a", "b"]),
        }
    )
    return found


def examples(tf):
    data = tf.contrib.data
    path = os.path.join(tempfile.mkdtemp(), "records")
    rows = []
    for number in range(5):
        features = tf.train.Features(
            feature={
                "id": tf.train.Feature(int64_list=tf.train.Int64List(value=[number])),
                "row": tf.train.Feature(float_list=tf.train.FloatList(value=[0.5] * number)),
            }
        )
        rows.append(tf.train.Example(features=features).SerializeToString())
    with tf.Session() as session:
        session.run(data.TFRecordWriter(path).write(tf.data.Dataset.from_tensor_slices(rows)))
    spec = {"id": tf.FixedLenFeature([], tf.int64), "row": tf.VarLenFeature(tf.float32)}
    made = data.make_batched_features_dataset(
        path, 2, spec, reader=tf.data.TFRecordDataset, shuffle=False, num_epochs=1
    )
    labelled = data.make_batched_features_dataset(
        path, 3, spec, label_key="id", shuffle=False, num_epochs=1, drop_final_batch=True
    )
    parsed = tf.data.TFRecordDataset(path).batch(5).apply(data.parse_example_dataset(spec))
    found = seen(tf, {"made": made, "labelled": labelled, "parsed": parsed})
    batch = data.read_batch_features(
        path, 2, spec, tf.data.TFRecordDataset, randomize_input=False, num_epochs=1
    )
    ids = []
    with tf.Session() as session:
        try:
            while len(ids) < 9:
                ids.append(session.run(batch["id"]).tolist())
        except tf.errors.OutOfRangeError:
            ids.append("end")
    found["ids"] = repr(ids)
    return found


PROGRAMS = {
    "batches": batches,
    "windows": windows,
    "orders": orders,
    "groups": groups,
    "shapes": shapes,
    "faults": faults,
    "single": single,
    "tables": tables,
    "examples": examples,
}
