"""Records what LMDBReader of real TensorFlow 1.15.5 reads, and the files it reads: lmdb/.

    /path/to/python3.7 tests/golden/record_lmdb.py

The package lmdb writes the files. `tests/tf1/test_tf1_lmdb.py` runs the same functions with
`graphkit.tf1`.
"""

from __future__ import print_function

import json
import os

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = ["three", "two", "empty"]
RECORDS = {
    "three": [(b"a", b"first"), (b"b", b""), (b"c\x00", b"\xff" * 9)],
    "two": [(b"1", b"one"), (b"2", b"two" * 2000)],
    "empty": [],
}


def run(tf, files, steps):
    """Runs what `steps` makes of a reader and a queue, one after the other, until the end."""
    with tf.Graph().as_default():
        paths = [os.path.join("lmdb", name) for name in files]
        queue = tf.train.string_input_producer(paths, num_epochs=1, shuffle=False)
        reader = tf.LMDBReader()
        counts = [reader.num_records_produced(), reader.num_work_units_completed()]
        made = steps(reader, queue)
        found = []
        with tf.Session() as session:
            session.run(tf.local_variables_initializer())
            coordinator = tf.train.Coordinator()
            threads = tf.train.start_queue_runners(session, coordinator)
            for step in made:
                try:
                    values = session.run(step)
                except tf.errors.OutOfRangeError:
                    found.append("the end")
                    break
                found.append([plain(values), [int(count) for count in session.run(counts)]])
            coordinator.request_stop()
            coordinator.join(threads)
        return found


def plain(values):
    if values is None:
        return None
    flat = [value.tolist() if hasattr(value, "tolist") else value for value in values]
    return [
        [item.decode("latin-1") for item in value]
        if isinstance(value, list)
        else value.decode("latin-1")
        for value in flat
    ]


def one_by_one(reader, queue):
    return [reader.read(queue)] * 9


def two_at_a_time(reader, queue):
    return [reader.read_up_to(queue, 2)] * 9


def many_at_a_time(reader, queue):
    return [reader.read_up_to(queue, 7)] * 9


WAYS = [one_by_one, two_at_a_time, many_at_a_time]


def all_of_it(tf):
    found = {way.__name__: run(tf, ["three", "empty", "two"], way) for way in WAYS}
    found["a file itself"] = run(tf, ["two/data.mdb"], one_by_one)
    return found


def main():
    import lmdb
    import tensorflow as tf

    os.chdir(HERE)
    for name in FILES:
        folder = os.path.join("lmdb", name)
        if not os.path.isdir(folder):
            os.makedirs(folder)
        with lmdb.open(folder, map_size=1 << 16, lock=False) as environment:
            with environment.begin(write=True) as transaction:
                for key, value in RECORDS[name]:
                    transaction.put(key, value)
    with open("lmdb.json", "w") as file:
        json.dump(all_of_it(tf), file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
