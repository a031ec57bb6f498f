"""Writes networks with tables of text files by TensorFlow 1.15.5 for tests/export, as text_tables/.

/path/to/python3.7 tests/golden/record_text_tables.py

words.txt, ages.csv     what fills the tables; the graphs name them as they lie in the folder
network.*               a checkpoint and its `.meta`
saved/                  a SavedModel, with the files among its assets
expected.npz            what was fed, and what 1.15.5 computed
"""

from __future__ import print_function

import os
import shutil

import numpy as np
import tensorflow as tf

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "text_tables")
WORDS = b"the\ncat\nsat on\n\xc3\xa9t\xc3\xa9\ndog"
AGES = b"7,cat,a\n-3,dog,b\r\n12,the,c\n99,left out,d\n"
FED = [[b"cat", b"the"], [b"\xc3\xa9t\xc3\xa9", b"bird"], [b"left out", b"dog"]]


def network():
    """Words to numbers with some for unknown ones, words to ages, numbers back to words."""
    words = tf.placeholder(tf.string, [None, 2], name="words")
    lookup = tf.contrib.lookup
    ids = lookup.index_table_from_file("words.txt", num_oov_buckets=2).lookup(words)
    vectors = tf.get_variable("vectors", initializer=np.arange(14, dtype=np.float32).reshape(7, 2))
    tf.reduce_sum(tf.nn.embedding_lookup(vectors, ids), 1, name="sums")
    source = lookup.TextFileInitializer(
        "ages.csv", tf.string, 1, tf.int64, 0, vocab_size=3, delimiter=","
    )
    tf.identity(lookup.HashTable(source, -9).lookup(words), name="ages")
    back = lookup.index_to_string_table_from_file("words.txt", default_value="?")
    tf.identity(back.lookup(4 - ids), name="mirrored")
    return words, ["sums", "ages", "mirrored"]


def main():
    shutil.rmtree(HERE, ignore_errors=True)
    os.mkdir(HERE)
    os.chdir(HERE)
    for name, content in (("words.txt", WORDS), ("ages.csv", AGES)):
        with open(name, "wb") as file:
            file.write(content)
    words, outputs = network()
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.tables_initializer()])
        tf.train.Saver().save(session, "network", latest_filename="unused")
        os.remove("unused")
        tensors = {name: tf.get_default_graph().get_tensor_by_name(name + ":0") for name in outputs}
        expected = session.run(tensors, {words: FED})
        tf.saved_model.simple_save(
            session, "saved", {"words": words}, tensors, tf.tables_initializer()
        )
    texts = {name: np.char.decode(expected.pop(name).astype("S"), "utf-8") for name in ["mirrored"]}
    fed = np.char.decode(np.array(FED), "utf-8")
    np.savez_compressed("expected.npz", words=fed, **dict(expected, **texts))


if __name__ == "__main__":
    main()
