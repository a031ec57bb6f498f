"""Writes a network with tables as graphs of 2016 have them, by TensorFlow 1.15.5 for tests/export.

/path/to/python3.7 tests/golden/record_first_tables.py

Their handles are references to text, not resources; Python no longer makes them, but the ops are
there. Written to first_tables/:

words.txt       what fills one of the tables; the graph names it as it lies in the folder
network.*       a checkpoint and its `.meta`
expected.npz    what was fed, and what 1.15.5 computed
"""

from __future__ import print_function

import os
import shutil

import numpy as np
import tensorflow as tf

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "first_tables")
FED = [["cat", "the"], ["?", "dog"], ["the", "mat"]]


def looked_up(table, keys, missing, name=None):
    """What a table gives."""
    given = {"table_handle": table, "keys": keys, "default_value": missing, "name": name}
    return tf.raw_ops.LookupTableFind(**given)


def network():
    """Words to places, those of a file to lines, places back to words in a branch and a loop."""
    words = tf.placeholder(tf.string, [None, 2], name="words")
    keys = tf.constant(["the", "cat", "dog"])
    places = tf.constant([0, 1, 2], tf.int64)
    minus_one, unknown = tf.constant(-1, tf.int64), tf.constant("?")

    ops = tf.raw_ops
    text_to_number = {"key_dtype": tf.string, "value_dtype": tf.int64}
    table = ops.HashTable(shared_name="places", name="table", **text_to_number)
    fill = [ops.InitializeTable(table_handle=table, keys=keys, values=places, name="table_init")]
    found = looked_up(table, words, minus_one, name="table_lookup")
    vectors = tf.get_variable("vectors", initializer=np.arange(8, dtype=np.float32).reshape(4, 2))
    tf.reduce_sum(tf.gather(vectors, found + 1), 1, name="sums")

    lines = ops.HashTable(name="lines", **text_to_number)
    read = {"filename": "words.txt", "key_index": -2, "value_index": -1, "name": "lines_init"}
    fill.append(ops.InitializeTableFromTextFile(table_handle=lines, **read))
    tf.identity(looked_up(lines, words, minus_one), name="in_file")

    back = ops.HashTable(key_dtype=tf.int64, value_dtype=tf.string, name="back")
    fill.append(ops.InitializeTable(table_handle=back, keys=places, values=keys, name="back_init"))
    chosen = tf.cond(
        tf.reduce_any(found > 1),
        lambda: looked_up(back, found, unknown),
        lambda: tf.identity(words),
    )
    tf.identity(chosen, name="chosen")
    _, counted = tf.while_loop(
        lambda i, _: i < 2,
        lambda i, total: (i + 1, total + looked_up(table, words, minus_one)),
        [tf.constant(0), tf.zeros_like(found)],
    )
    tf.identity(counted, name="counted")
    return words, fill, ["sums", "in_file", "chosen", "counted"]


def main():
    shutil.rmtree(HERE, ignore_errors=True)
    os.mkdir(HERE)
    os.chdir(HERE)
    with open("words.txt", "wb") as file:
        file.write(b"dog\nmat\nthe\n")
    words, fill, outputs = network()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(fill)
        tf.train.Saver().save(session, "network", latest_filename="unused")
        os.remove("unused")
        graph = tf.get_default_graph()
        fetched = [graph.get_tensor_by_name(name + ":0") for name in outputs]
        values = session.run(fetched, {words: FED})
        found = {name: values[place] for place, name in enumerate(outputs)}
        kinds = {op.type for op in graph.get_operations()}
        assert {"HashTable", "LookupTableFind", "RefSwitch", "RefEnter"} <= kinds
    chosen = found.pop("chosen").astype("U")
    np.savez_compressed("expected.npz", words=np.array(FED), chosen=chosen, **found)


if __name__ == "__main__":
    main()
