"""Programs that load a matrix of a checkpoint for another vocabulary."""

import os
import tempfile


def checkpoint(tf, **tensors):
    """Writes tensors into a checkpoint of their own graph."""
    folder = tempfile.mkdtemp()
    with tf.Graph().as_default(), tf.Session() as session:
        variables = [tf.Variable(value, name=name) for name, value in sorted(tensors.items())]
        session.run(tf.global_variables_initializer())
        return tf.train.Saver(variables).save(session, os.path.join(folder, "model"))


def vocabulary(words):
    path = os.path.join(tempfile.mkdtemp(), "words")
    with open(path, "w") as out:
        out.write("".join(word + "\n" for word in words))
    return path


MATRIX = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]


def initial(tf, shape, initializer):
    """What a variable starts with, beyond the reach of the recorder's made-up values."""
    return tf.convert_to_tensor(initializer(shape, tf.float32, None))


def rows(tf):
    path = checkpoint(tf, words=MATRIX)
    old, new = vocabulary("abc"), vocabulary("cxab")
    load = tf.contrib.framework.load_and_remap_matrix_initializer
    ones = tf.ones_initializer()
    found = {}
    for buckets in [0, 2]:
        found["buckets %d" % buckets] = initial(
            tf,
            [4 + buckets, 2],
            load(
                path,
                "words",
                4,
                2,
                old_row_vocab_file=old,
                new_row_vocab_file=new,
                num_row_oov_buckets=buckets,
                initializer=ones,
            ),
        )
    return found


def rows_and_columns(tf):
    path = checkpoint(tf, words=MATRIX)
    made = tf.contrib.framework.load_and_remap_matrix_initializer(
        path,
        "words",
        3,
        2,
        old_row_vocab_file=vocabulary("abc"),
        new_row_vocab_file=vocabulary("cba"),
        old_col_vocab_file=vocabulary("xy"),
        new_col_vocab_file=vocabulary("yz"),
        num_col_oov_buckets=1,
        initializer=tf.ones_initializer(),
    )
    return {"made": initial(tf, [3, 3], made)}


def embedding(tf):
    path = checkpoint(tf, words=MATRIX)
    made = tf.contrib.framework.load_embedding_initializer(
        path,
        "words",
        3,
        2,
        vocabulary("abc"),
        vocabulary("bxa"),
        num_oov_buckets=1,
        initializer=tf.zeros_initializer(),
    )
    return {"made": initial(tf, [4, 2], made)}


def biases(tf):
    path = checkpoint(tf, bias=[[1.0], [2.0], [3.0]])
    load = tf.contrib.framework.load_linear_multiclass_bias_initializer
    old, new = vocabulary("abc"), vocabulary("czb")
    ones = tf.ones_initializer()
    return {
        "zeros": initial(tf, [3, 1], load(path, "bias", 3, old, new)),
        "ones": initial(tf, [3, 1], load(path, "bias", 3, old, new, initializer=ones)),
        "more": initial(tf, [5, 1], load(path, "bias", 3, old, new, 2)),
        "few": initial(tf, [3, 1], load(path, "bias", 3, old, new, max_rows_in_memory=1)),
    }


def slots(tf):
    path = checkpoint(tf, words=MATRIX)
    made = tf.contrib.framework.load_variable_slot_initializer(
        ckpt_path=path,
        old_tensor_name="words",
        primary_partition_info=None,
        new_row_vocab_size=3,
        new_col_vocab_size=2,
        old_row_vocab_file=vocabulary("abc"),
        new_row_vocab_file=vocabulary("bcq"),
        initializer=tf.ones_initializer(),
    )
    return {"made": initial(tf, [3, 2], made)}


def another_shape(tf):
    path = checkpoint(tf, words=MATRIX)
    made = tf.contrib.framework.load_and_remap_matrix_initializer(path, "words", 3, 2)
    return {"never": tf.get_variable("v", [4, 2], initializer=made)}


def no_initializer(tf):
    path = checkpoint(tf, words=MATRIX)
    made = tf.contrib.framework.load_and_remap_matrix_initializer(
        path, "words", 3, 2, initializer=3
    )
    return {"never": made}


PROGRAMS = {
    "another_shape": another_shape,
    "biases": biases,
    "embedding": embedding,
    "no_initializer": no_initializer,
    "rows": rows,
    "rows_and_columns": rows_and_columns,
    "slots": slots,
}
