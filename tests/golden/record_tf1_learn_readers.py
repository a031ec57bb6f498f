"""Programs with contrib.learn's readers of files of Examples, and with contrib.input_pipeline."""

import functools
import os
import tempfile

import numpy as np


def error_of(call):
    try:
        call()
    except Exception as error:
        known = (kind for kind in type(error).__mro__ if "graphkit" not in kind.__module__)
        return [next(known).__name__, str(error).split("\n")[0]]
    return ["nothing", ""]


def example(tf, number):
    feature = tf.train.Feature
    made = {
        "number": feature(int64_list=tf.train.Int64List(value=[number])),
        "words": feature(bytes_list=tf.train.BytesList(value=[b"w%d" % number] * (number % 3))),
    }
    return tf.train.Example(features=tf.train.Features(feature=made)).SerializeToString()


def record_files(tf, sizes=(3, 2)):
    """TFRecord files with the Examples 0, 1, 2 …, and the glob that finds them."""
    folder = tempfile.mkdtemp()
    numbers = iter(range(sum(sizes)))
    for place, size in enumerate(sizes):
        with tf.python_io.TFRecordWriter(os.path.join(folder, "%d.tfrecord" % place)) as out:
            for _ in range(size):
                out.write(example(tf, next(numbers)))
    return os.path.join(folder, "*.tfrecord")


def spec(tf):
    return {"words": tf.VarLenFeature(tf.string), "number": tf.FixedLenFeature([], tf.int64)}


def plain(value):
    if hasattr(value, "dense_shape"):
        return [plain(part) for part in (value.indices, value.values, value.dense_shape)]
    if isinstance(value, dict):
        return [[key, plain(value[key])] for key in sorted(value)]
    if isinstance(value, (tuple, list)):
        return [plain(part) for part in value]
    if isinstance(value, (np.ndarray, np.generic)):
        return plain(value.tolist())
    if isinstance(value, bytes):
        return os.path.basename(value.decode("latin-1"))
    return value


def all_runs(tf, fetches):
    """What every run gives until the data ends, None for what is not fetched."""
    found = []
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        try:
            while len(found) < 20:
                found.append(plain(session.run(fetches)))
        except tf.errors.OutOfRangeError:
            pass
        finally:
            coordinator.request_stop()
            coordinator.join(threads, stop_grace_period_secs=10)
    return found


def pipeline(tf):
    """What a reader adds to a graph: queues, what fills them, variables, summaries."""
    graph = tf.get_default_graph()
    keys = tf.GraphKeys
    queues = [op.name for op in graph.get_operations() if op.type.endswith("QueueV2")]
    return {
        "queues": [name for name in queues if "/tf_data/" not in name],
        "runners": [
            [runner.name, [op.name for op in runner.enqueue_ops]]
            for runner in tf.get_collection(keys.QUEUE_RUNNERS)
        ],
        "locals": [variable.op.name for variable in tf.local_variables()],
        "globals": [variable.op.name for variable in tf.global_variables()],
        "trainable": len(tf.trainable_variables()),
        "summaries": [summary.op.name for summary in tf.get_collection(keys.SUMMARIES)],
    }


def named(outputs):
    if isinstance(outputs, dict):
        return [[key, named(outputs[key])] for key in sorted(outputs)]
    if isinstance(outputs, tuple):
        return [named(part) for part in outputs]
    if hasattr(outputs, "dense_shape"):
        return [named(part) for part in (outputs.indices, outputs.values, outputs.dense_shape)]
    if outputs is None:
        return None
    shape = outputs.get_shape()
    return [outputs.name, outputs.dtype.name, None if shape.ndims is None else shape.as_list()]


def told(tf, outputs, fetches=None):
    found = dict(pipeline(tf), outputs=named(outputs))
    found["runs"] = all_runs(tf, outputs if fetches is None else fetches)
    return found


def examples_in_order(tf):
    io, reader = tf.contrib.learn.io, tf.TFRecordReader
    read = io.read_batch_examples(record_files(tf), 2, reader, False, 1, queue_capacity=10)
    number = tf.parse_example(read, spec(tf))["number"]
    return told(tf, read, number)


def examples_with_keys(tf):
    io, reader = tf.contrib.learn.io, tf.TFRecordReader
    keys, read = io.read_keyed_batch_examples(
        record_files(tf), 2, reader, False, num_epochs=2, read_batch_size=2, name="mine"
    )
    return told(tf, (keys, read), [keys, tf.parse_example(read, spec(tf))["number"]])


def examples_parsed_one_by_one(tf):
    def parse(serialized):
        return {"n": tf.parse_single_example(serialized, spec(tf))["number"]}

    keys, read = tf.contrib.learn.read_keyed_batch_examples(
        record_files(tf), 3, tf.TFRecordReader, False, 1, num_threads=1, parse_fn=parse
    )
    return told(tf, (keys, read))


def examples_changed_one_by_one(tf):
    keys, read = tf.contrib.learn.read_keyed_batch_examples(
        record_files(tf), 2, tf.TFRecordReader, False, 1, parse_fn=lambda text: text + text
    )
    return told(tf, (keys, read), keys)


def examples_shuffled(tf):
    read = tf.contrib.learn.io.graph_io.read_batch_examples(
        record_files(tf), 2, tf.TFRecordReader, True, 1, 100, num_threads=2, seed=3
    )
    number = tf.parse_example(read, spec(tf))["number"]
    found = told(tf, read, number)
    found["runs"] = sorted(number for run in found["runs"] for number in run)
    return found


def examples_of_a_batch_that_is_a_tensor(tf):
    size = tf.placeholder_with_default(2, [])
    reader = tf.TFRecordReader
    read = tf.contrib.learn.read_batch_examples(record_files(tf), size, reader, True, 1, 10)
    found = told(tf, read, tf.shape(read))
    found["runs"] = sum(size for (size,) in found["runs"])
    return found


def examples_of_shared_files(tf):
    keys, read = tf.contrib.learn.read_keyed_batch_examples_shared_queue(
        record_files(tf), 2, tf.TFRecordReader, False, 2
    )
    number = tf.parse_example(read, spec(tf))["number"]
    return told(tf, (keys, read), [keys, number])


def features_in_order(tf):
    keys, read = tf.contrib.learn.read_keyed_batch_features(
        record_files(tf), 2, spec(tf), tf.TFRecordReader, False, 1, num_enqueue_threads=1
    )
    return told(tf, (keys, read))


def features_without_keys(tf):
    read = tf.contrib.learn.io.graph_io.read_batch_features(
        record_files(tf),
        2,
        spec(tf),
        tf.TFRecordReader,
        randomize_input=False,
        num_epochs=1,
        feature_queue_capacity=5,
        num_enqueue_threads=1,
        read_batch_size=1,
        name="mine",
    )
    return told(tf, read)


def features_of_records(tf):
    read = tf.contrib.learn.io.read_batch_record_features(
        record_files(tf), 5, spec(tf), num_epochs=1, queue_capacity=50
    )
    found = told(tf, read, read["number"])
    found["runs"] = sorted(number for run in found["runs"] for number in run)
    return found


def features_of_shared_files(tf):
    keys, read = tf.contrib.learn.io.read_keyed_batch_features_shared_queue(
        record_files(tf), 2, spec(tf), tf.TFRecordReader, False, 1, num_queue_runners=1
    )
    return told(tf, (keys, read), [keys, read["number"]])


def parsed_features(tf):
    (n,) = tf.train.slice_input_producer([np.arange(4)], num_epochs=1, shuffle=False)
    features = {"b": n * 2, "a": tf.SparseTensor([[0]], [n], [3])}
    return told(tf, tf.contrib.learn.io.queue_parsed_features(features, n, 7, 1))


def parsed_features_alone(tf):
    (n,) = tf.train.slice_input_producer([np.arange(3)], num_epochs=1, shuffle=False)
    keys, found = tf.contrib.learn.io.graph_io.queue_parsed_features({"n": n}, None, 3, 1, "mine")
    return told(tf, (keys, found), found)


def refused_settings(tf):
    found = []
    files = record_files(tf)
    read = tf.contrib.learn.io.graph_io.read_keyed_batch_examples
    for settings in (
        {"file_pattern": []},
        {"queue_capacity": 0},
        {"queue_capacity": -1},
        {"batch_size": None},
        {"batch_size": 0},
        {"batch_size": 10, "queue_capacity": 10},
        {"read_batch_size": 0},
        {"read_batch_size": None},
        {"num_threads": 0},
        {"num_threads": None},
        {"num_epochs": 0},
        {"num_epochs": -2},
    ):
        given = dict({"file_pattern": files, "batch_size": 2, "reader": tf.TFRecordReader})
        given.update(settings)
        found.append(error_of(functools.partial(read, **given)))
    found.append(error_of(lambda: read("no-such-file", 2, tf.TFRecordReader)))
    found.append(error_of(lambda: read(["no", "such"], 2, tf.TFRecordReader)))
    return {"found": found, "key": tf.contrib.learn.io.graph_io.KEY_FEATURE_NAME}


def next_of_a_list(tf):
    counter = tf.get_variable("c", [], tf.int64, tf.constant_initializer(-1), trainable=False)
    following = tf.contrib.input_pipeline.obtain_next(tf.constant(["a", "b", "c"]), counter)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        around = [plain(session.run(following)) for _ in range(5)]
        counter.load(1, session)
        later = [plain(session.run(following)) for _ in range(3)]
    return {"around": around, "later": later, "shape": named(following)[1:]}


PROGRAMS = {
    program.__name__: program
    for program in (
        examples_in_order,
        examples_with_keys,
        examples_parsed_one_by_one,
        examples_changed_one_by_one,
        examples_shuffled,
        examples_of_a_batch_that_is_a_tensor,
        examples_of_shared_files,
        features_in_order,
        features_without_keys,
        features_of_records,
        features_of_shared_files,
        parsed_features,
        parsed_features_alone,
        refused_settings,
        next_of_a_list,
    )
}
