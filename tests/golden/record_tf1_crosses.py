"""Programs with contrib.layers' crosses, and with the embeddings that are scattered by them."""

import numpy as np


def inputs(tf):
    return {
        "words": tf.SparseTensor([[0, 0], [0, 1], [2, 0]], ["red", "blue", "grey"], [3, 2]),
        "ids": tf.SparseTensor(
            [[0, 0], [1, 0], [2, 1]], tf.constant([3, 0, 2**62 + 5], tf.int64), [3, 2]
        ),
        "pairs": tf.constant([["a", "b"], ["c", "d"], ["e", ""]]),
        "numbers": tf.constant([[1], [2], [-3]], tf.int32),
    }


def crossed(names, **given):
    def program(tf):
        parts = [inputs(tf)[name] for name in names.split()]
        found = tf.contrib.slim.sparse_feature_cross(parts, **given)
        return {
            "indices": found.indices,
            "values": found.values,
            "shape": found.dense_shape,
            "dtype": found.dtype.name,
        }

    return program


def weights(tf, sizes):
    return [
        tf.constant(np.arange(size) / 8.0 + 10 * part, tf.float32)
        for part, size in enumerate(sizes)
    ]


def scattered(sizes, **given):
    def program(tf):
        parts = weights(tf, sizes)
        values = tf.constant([["red", "blue"], ["grey", "red"]])
        numbers = tf.constant([3, -1, 2**40], tf.int64)
        lookup = tf.contrib.slim.scattered_embedding_lookup
        return {
            "words": lookup(parts if len(parts) > 1 else parts[0], values, 3, **given),
            "numbers": lookup(parts, numbers, 5, **given),
        }

    return program


def scattered_sparse(sizes, **given):
    def program(tf):
        lookup = tf.contrib.slim.scattered_embedding_lookup_sparse
        found = inputs(tf)
        return {
            "words": lookup(weights(tf, sizes), found["words"], 4, **given),
            "numbers": lookup(weights(tf, sizes), found["ids"], 2, **given),
        }

    return program


def divided(tf):
    """The weights as one divided variable."""
    parts = tf.get_variable("w", [7], partitioner=tf.fixed_size_partitioner(3))
    values = tf.constant(["x", "y"])
    return {"found": tf.contrib.slim.scattered_embedding_lookup(parts, values, 2, hash_key=7)}


def distributed(parts, **given):
    """Embeddings combined in the parts first, with weights and without."""

    def program(tf):
        rows = np.arange(12.0).reshape(6, 2) - 3
        tables = [tf.constant(part, tf.float32) for part in parts(rows)]
        places = tf.constant([[0, 0], [0, 1], [1, 0], [2, 0], [2, 3]], tf.int64)
        ids = tf.SparseTensor(
            # Places that only the run tells, as records would.
            tf.placeholder_with_default(places, [None, 2]),
            tf.constant([1, 3, 0, 5, 5], tf.int64),
            [3, 4],
        )
        factors = tf.SparseTensor(ids.indices, [1.0, 2.0, 0.5, 3.0, 1.0], [3, 4])
        lookup = tf.contrib.slim.embedding_lookup_sparse_with_distributed_aggregation
        return {
            "plain": lookup(tables, ids, None, **given),
            "weighted": lookup(tables, ids, factors, **given),
        }

    return program


def whole(rows):
    return [rows]


def every_second(rows):
    return [rows[0::2], rows[1::2]]


def halves(rows):
    return [rows[:3], rows[3:]]


def not_a_list(tf):
    tf.contrib.slim.sparse_feature_cross(tf.constant([["a"]]))


def not_tensors(tf):
    tf.contrib.slim.sparse_feature_cross([[["a"]], [["b"]]])


def uneven(tf):
    tf.contrib.slim.scattered_embedding_lookup(weights(tf, [2, 4]), tf.constant(["a"]), 2)


def no_dimension(tf):
    tf.contrib.slim.scattered_embedding_lookup(weights(tf, [2]), tf.constant(["a"]), None)


def dimension_zero(tf):
    tf.contrib.slim.scattered_embedding_lookup(weights(tf, [2]), tf.constant(["a"]), 0)


def dense_values(tf):
    tf.contrib.slim.scattered_embedding_lookup_sparse(weights(tf, [2]), tf.constant([["a"]]), 2)


def other_combiner(tf):
    tf.contrib.slim.scattered_embedding_lookup_sparse(
        weights(tf, [2]), inputs(tf)["words"], 2, combiner="max"
    )


def other_aggregation(tf):
    tf.contrib.slim.embedding_lookup_sparse_with_distributed_aggregation(
        tf.ones([2, 2]), inputs(tf)["ids"], None, combiner="max"
    )


def dense_aggregation(tf):
    tf.contrib.slim.embedding_lookup_sparse_with_distributed_aggregation(
        tf.ones([2, 2]), tf.constant([[1]]), None, combiner="sum"
    )


PROGRAMS = {
    "not_a_list": not_a_list,
    "not_tensors": not_tensors,
    "uneven": uneven,
    "no_dimension": no_dimension,
    "dimension_zero": dimension_zero,
    "dense_values": dense_values,
    "other_combiner": other_combiner,
    "other_aggregation": other_aggregation,
    "dense_aggregation": dense_aggregation,
    "divided": divided,
    "scattered": scattered([11]),
    "scattered_key": scattered([11], hash_key=99),
    "scattered_parts": scattered([4, 4, 3], hash_key=99),
    "sparse_mean": scattered_sparse([9]),
    "sparse_sum": scattered_sparse([9], combiner="sum", hash_key=5),
    "sparse_sqrtn": scattered_sparse([5, 4], combiner="sqrtn", hash_key=5),
    "distributed_whole": distributed(whole),
    "distributed_sum": distributed(every_second, combiner="sum"),
    "distributed_sqrtn": distributed(halves, combiner="sqrtn", partition_strategy="div"),
    "distributed_norm": distributed(every_second, combiner="mean", max_norm=2.0),
}
WAYS = {
    "joined": {},
    "joined_key": {"hash_key": 99},
    "hashed": {"hashed_output": True},
    "hashed_key": {"hashed_output": True, "hash_key": 99},
    "buckets": {"hashed_output": True, "num_buckets": 100},
    "most_buckets": {"hashed_output": True, "num_buckets": 2**62 + 1},
    "buckets_key": {"hashed_output": True, "num_buckets": 7, "hash_key": 2**50},
}
for names in ("words", "words pairs", "pairs ids words", "numbers ids", "pairs numbers"):
    for way, given in WAYS.items():
        PROGRAMS["_".join([way, *names.split()])] = crossed(names, **given)
