"""Programs with contrib.framework's small helpers, embeddings and tables."""

import numpy as np


def attempt(call, *args, **kwargs):
    """The type of what a call raises, or "fine"."""
    try:
        call(*args, **kwargs)
    except Exception as error:
        return [kind.__name__ for kind in (TypeError, ValueError) if isinstance(error, kind)]
    return "fine"


def scalar_ints(tf):
    check = tf.contrib.framework.assert_scalar_int
    given = [3, 3.0, [3], [[3]], True, "3", np.int64(3), np.uint8(3), np.zeros([0], np.int32)]
    refused = {"%s %s" % (value, type(value).__name__): attempt(check, value) for value in given}
    unknown = tf.placeholder(tf.int32)
    named = check(tf.constant(4, tf.int64), name="four")
    return dict(refused, unknown=attempt(check, unknown), made=named, name=named.op.name)


def placeholders(tf):
    a = tf.placeholder(tf.float32, name="b")
    tf.placeholder_with_default(1, [], name="c")
    with tf.name_scope("s"):
        tf.placeholder(tf.int32, [2], name="a")
    found = tf.contrib.framework.get_placeholders(a.graph)
    return {"names": [tensor.name for tensor in found]}


def sums(tf):
    reduce_sum_n = tf.contrib.framework.reduce_sum_n
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]], name="x")
    y = tf.constant([5.0, 6.0, 7.0], name="y")
    whole = tf.constant([2, 3], tf.int64)
    all_of_them = reduce_sum_n([x, y, x], name="all")
    return {
        "all": all_of_them,
        "alone": reduce_sum_n([y]),
        "whole": reduce_sum_n([whole, whole]),
        "by_x": tf.gradients(all_of_them, x)[0],
        "name": all_of_them.op.name,
        "none": attempt(reduce_sum_n, []),
    }


def shapes_that_are_known(tf):
    with_shape = tf.contrib.framework.with_shape
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]], name="x")
    return {
        "list": with_shape([2, 2], x),
        "tensor": with_shape(tf.constant([2, 2]), x),
        "array": with_shape(np.array([2, 2], np.int32), x),
        "scalar": with_shape([], tf.constant(3)),
        "same": with_shape([2, 2], x) is x and 1,
        "wrong": attempt(with_shape, [2, 3], x),
        "rank": attempt(with_shape, [2], x),
        "of_scalar": attempt(with_shape, [1], tf.constant(3)),
    }


def shapes_that_are_not(tf):
    framework = tf.contrib.framework
    x = tf.placeholder_with_default(np.arange(6, dtype=np.float32).reshape(2, 3), None)
    part = tf.placeholder_with_default(np.zeros([2, 3], np.float32), [None, 3])
    size = tf.placeholder_with_default([2, 3], [2])
    like = tf.placeholder_with_default(np.zeros([2, 3], np.float32), None)
    return {
        "x": framework.with_shape([2, 3], x),
        "part": framework.with_shape([2, 3], part),
        "size": framework.with_shape(size, x),
        "like": framework.with_same_shape(like, x),
        "known": framework.with_same_shape(tf.zeros([2, 3]), x),
        "rank": attempt(framework.with_shape, [2], part),
        "length": attempt(framework.with_shape, [2, 4], part),
    }


def run_time_shape(tf, wanted):
    x = tf.placeholder_with_default(np.zeros([2, 3], np.float32), None)
    return {"x": tf.contrib.framework.with_shape(wanted, x)}


def python_functions(tf):
    py_func = tf.contrib.framework.py_func
    x = tf.constant([1.0, 2.0])

    def nested(pair, scale):
        return {"sum": pair[0] + pair[1], "rest": (pair[0] * scale, np.int64(len(pair)))}

    types = {"sum": tf.float32, "rest": (tf.float32, tf.int64)}
    shapes = {"sum": [2], "rest": ([2], [])}
    deep = py_func(nested, [(x, x + 1)], {"scale": tf.constant(3.0)}, types, shapes)
    bare = py_func(lambda a: a + a, [x], output_types=tf.float32, output_shapes=[2])
    unshaped = py_func(lambda a: a[0], [x], output_types=tf.float32, stateful=False)
    return {
        "sum": deep["sum"],
        "scaled": deep["rest"][0],
        "length": deep["rest"][1],
        "bare": bare,
        "unshaped": unshaped,
        "types": [bare.op.type, unshaped.op.type],
    }


def sequences(tf):
    layers = tf.contrib.layers
    ids = tf.constant([[1, 2], [1, 0], [4, 4]])
    made = layers.embed_sequence(ids, 5, 3, regularizer=layers.l2_regularizer(0.5))
    again = layers.embed_sequence(ids, 5, 3, unique=True, scope="EmbedSequence", reuse=True)
    fixed = layers.embed_sequence(ids, 5, 2, trainable=False, scope="fixed")
    unknown = tf.placeholder_with_default([[1, 2]], [None, None])
    return {
        "made": made,
        "again": again,
        "fixed": fixed,
        "unknown": layers.embed_sequence(unknown, 5, 3, unique=True, scope="u"),
        "gradient": tf.convert_to_tensor(tf.gradients(again, tf.trainable_variables()[:1])[0]),
        "model": len(tf.contrib.framework.get_model_variables()),
        "no_size": attempt(layers.embed_sequence, ids),
        "no_length": attempt(layers.embed_sequence, ids, 5),
        "of_nothing": attempt(layers.embed_sequence, ids, 0, 3),
    }


def bags(tf):
    layers = tf.contrib.layers
    ids = tf.constant([[1, 2, 0], [3, 0, 0], [0, 2, 2]])
    sparse = tf.SparseTensor([[0, 0], [0, 1], [1, 0]], tf.constant([0, 3, 1], tf.int64), [2, 2])
    bag = layers.bow_encoder(ids, 4, 2, regularizer=layers.l2_regularizer(0.1))
    return {
        "bag": bag,
        "dense": layers.bow_encoder(
            ids, 4, 2, sparse_lookup=False, scope="bow_encoder", reuse=True
        ),
        "sparse": layers.bow_encoder(sparse, 4, 2, scope="bow_encoder", reuse=True),
        "fixed": layers.bow_encoder(ids, 4, 2, trainable=False, scope="fixed"),
        "wrong": attempt(layers.bow_encoder, sparse, 4, 2, sparse_lookup=False, scope="w"),
    }


def matrix(tf, rows=6, columns=2):
    return tf.constant(np.arange(rows * columns).reshape(rows, columns) / 4.0, tf.float32)


def unique_ids(tf):
    lookup = tf.contrib.layers.embedding_lookup_unique
    whole = matrix(tf)
    ids = tf.constant([[5, 1], [1, 0]], tf.int64)
    found = lookup(whole, ids)
    return {
        "found": found,
        "flat": lookup(whole, [3, 3, 3]),
        "scalar": lookup(whole, 4),
        "deep": lookup(tf.reshape(whole, [3, 2, 2]), [[2], [0]]),
        "parts": lookup([whole[:3], whole[3:]], ids),
        "divided": lookup([whole[:3], whole[3:]], ids, partition_strategy="div"),
        "slope": tf.convert_to_tensor(tf.gradients(found, whole)[0]),
    }


def safe_lookups(tf):
    lookup = tf.contrib.layers.safe_embedding_lookup_sparse
    whole = matrix(tf)
    places = [[0, 0], [0, 1], [1, 0], [1, 2], [3, 0], [3, 1]]
    ids = tf.SparseTensor(places, tf.constant([1, 5, -1, 2, 3, 0], tf.int64), [5, 3])
    weights = tf.SparseTensor(places, tf.constant([1.0, 3.0, 1.0, 0.5, 0.0, -1.0]), [5, 3])
    deep = tf.SparseTensor(
        [[0, 0, 0], [0, 1, 1], [1, 1, 0]], tf.constant([1, 2, 3], tf.int64), [2, 2, 2]
    )
    found = {
        "mean": lookup([whole], ids),
        "alone": lookup(whole, ids),
        "weighted": lookup([whole], ids, weights),
        "default": lookup([whole], ids, weights, default_id=4),
        "parts": lookup([whole[:3], whole[3:]], ids),
        "by_rest": lookup([whole[:3], whole[3:]], ids, partition_strategy="mod"),
        "short": lookup([whole], ids, max_norm=0.5),
        "deep": lookup([whole], deep, combiner="sum"),
        "none": attempt(lookup, None, ids),
        "nothing": attempt(lookup, [], ids),
    }
    for combiner in ["sum", "mean", "sqrtn"]:
        found[combiner + " weighted"] = lookup([whole], ids, weights, combiner=combiner)
    return found


def word_tables(tf):
    lookup = tf.contrib.lookup
    words = tf.constant([["b", "z"], ["a", "q"]])
    mapping = tf.constant(["a", "b", "c"])
    buckets = lookup.index_table_from_tensor(mapping, num_oov_buckets=3)
    default = lookup.index_table_from_tensor(["a", "b"], default_value=-7)
    strong = lookup.index_table_from_tensor(
        mapping, num_oov_buckets=5, hasher_spec=lookup.StrongHashSpec([3, 4])
    )
    numbers = lookup.index_table_from_tensor([30, 10], dtype=tf.int64, num_oov_buckets=2)
    old = lookup.string_to_index_table_from_tensor(["c", "b"], num_oov_buckets=1)
    return {
        "buckets": buckets.lookup(words),
        "default": default.lookup(words),
        "strong": strong.lookup(words),
        "numbers": numbers.lookup(tf.constant([10, 30, 7, 8], tf.int64)),
        "old": old.lookup(words),
        "sizes": tf.stack([buckets.size(), default.size(), numbers.size()]),
        "none": attempt(lookup.index_table_from_tensor, None),
        "floats": attempt(lookup.index_table_from_tensor, [1.5], dtype=tf.float32),
        "one_word": attempt(lookup.index_table_from_tensor, "a"),
    }


def texts_and_places(tf):
    lookup = tf.contrib.lookup
    ids = tf.constant([[1, 7], [0, -1]], tf.int64)
    return {
        "index": lookup.string_to_index(tf.constant(["b", "?"]), ["a", "b"]),
        "default": lookup.string_to_index(tf.constant(["b", "?"]), ["a", "b"], default_value=9),
        "string": lookup.index_to_string(ids, ["a", "b"]),
        "other": lookup.index_to_string(ids, ["a", "b"], default_value="none"),
        "table": lookup.index_to_string_table_from_tensor(["x", "y"]).lookup(ids),
    }


def pair_tables(tf):
    lookup = tf.contrib.lookup
    pairs = lookup.KeyValueTensorInitializer(["a", "b"], [1.5, 2.5], tf.string, tf.float32)
    table = lookup.HashTable(pairs, -1.0, name="pairs")
    sparse = tf.SparseTensor([[0, 1], [1, 0]], ["b", "q"], [2, 2])
    found = table.lookup(sparse)
    return {
        "dense": table.lookup(tf.constant(["b", "q"])),
        "sparse": found.values,
        "places": found.indices,
        "size": table.size(),
        "types": [table.key_dtype.name, table.value_dtype.name],
        "tables": len(tf.get_collection(tf.GraphKeys.TABLE_INITIALIZERS)),
        "wrong": attempt(table.lookup, tf.constant([1])),
    }


def dense_table(tf):
    table = tf.contrib.lookup.MutableDenseHashTable(
        tf.int64, tf.float32, [-1.0, -2.0], empty_key=0, deleted_key=-9, initial_num_buckets=4
    )
    keys = tf.constant([3, 1, 8], tf.int64)
    with tf.control_dependencies([table.insert(keys, [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])]):
        with tf.control_dependencies([table.insert(keys[:1], [[7.0, 8.0]])]):
            found, size = table.lookup(tf.constant([[8, 3], [2, 1]], tf.int64)), table.size()
    return {"found": found, "size": size, "types": [table.key_dtype.name, table.value_dtype.name]}


PROGRAMS = {
    "bags": bags,
    "dense_table": dense_table,
    "pair_tables": pair_tables,
    "placeholders": placeholders,
    "python_functions": python_functions,
    "run_time_shape_of_another_length": lambda tf: run_time_shape(tf, [2, 4]),
    "run_time_shape_of_another_rank": lambda tf: run_time_shape(tf, [6]),
    "safe_lookups": safe_lookups,
    "scalar_ints": scalar_ints,
    "sequences": sequences,
    "shapes_that_are_known": shapes_that_are_known,
    "shapes_that_are_not": shapes_that_are_not,
    "sums": sums,
    "texts_and_places": texts_and_places,
    "unique_ids": unique_ids,
    "word_tables": word_tables,
}
