"""Graphs of every shape; each gives the tensor to freeze, or several, of the inputs `x`."""

from __future__ import annotations

import numpy as np

from graphkit._tf import tf
from graphkit.graph import layers


def weights(name, *shape, resource=True):
    values = np.random.default_rng([*name.encode()]).normal(size=shape).astype(np.float32)
    return tf.get_variable(name, initializer=values, use_resource=resource)


def rows(width=3):
    return tf.placeholder(tf.float32, [None, width], name="x")


def pictures():
    return tf.placeholder(tf.float32, [None, 6, 6, 2], name="x")


def words():
    return tf.placeholder(tf.string, [None], name="x")


def dense():
    return tf.nn.relu(tf.matmul(rows(), weights("w", 3, 4)) + weights("b", 4, resource=False))


def shared_weights():
    x, w = rows(), weights("w", 3, 3)
    return tf.matmul(tf.tanh(tf.matmul(x, w)), w)


def several_outputs():
    parts = tf.split(tf.tanh(tf.matmul(rows(), weights("w", 3, 4))), 2, axis=1)
    return parts[1], tf.nn.softmax(parts[0]), tf.reduce_sum(parts[0] * parts[1], 1)


def several_devices():
    with tf.device("/cpu:0"):
        hidden = tf.matmul(rows(), weights("w", 3, 4))
    with tf.device("/job:localhost/replica:0/task:0/device:CPU:0"):
        return tf.nn.softmax(hidden)


def waits_for_another_op():
    x = rows()
    with tf.control_dependencies([tf.abs(x), tf.no_op()]):
        return tf.matmul(x, weights("w", 3, 2))


def asserts_and_checks():
    x = rows()
    with tf.control_dependencies([tf.Assert(tf.reduce_all(x < 100), [x])]):
        checked = tf.check_numerics(x, "not finite")
    return tf.verify_tensor_all_finite(tf.matmul(checked, weights("w", 3, 2)), "no")


def default_value():
    scale = tf.placeholder_with_default(2.0, [], name="scale")
    return rows() * scale * weights("w", 3)


def switch_with_a_default():
    training = tf.placeholder_with_default(True, [], name="is_training")
    return layers.dropout(rows() * weights("w", 3), rate=0.5, training=training)


def switch_of_unknown_shape():
    training = tf.placeholder(tf.bool, name="phase_train")
    x, w = rows(), weights("w", 3)
    return tf.cond(training, lambda: tf.nn.dropout(x * w, rate=0.5), lambda: x * w)


def normalized_by_switch():
    training = tf.placeholder(tf.bool, [], name="train_mode")
    return layers.batch_normalization(pictures(), training=training)


def moving_average_of(resource):
    training = tf.placeholder(tf.bool, [], name="is_training")
    x, mean = rows(), weights("mean", 3, resource=resource)

    def trained():
        with tf.control_dependencies([tf.assign(mean, mean * 0.9 + tf.reduce_mean(x, 0) * 0.1)]):
            return tf.reduce_mean(x, 0)

    return x - tf.cond(training, trained, lambda: tf.identity(mean))


def moving_average_of_a_reference():
    return moving_average_of(False)


def moving_average_of_a_resource():
    return moving_average_of(True)


def nested_branches():
    x, w = rows(), weights("w", 3)
    far = tf.reduce_max(x) > 1

    def inner():
        return tf.cond(tf.reduce_min(x) < -1, lambda: x * w, lambda: x - w)

    return tf.cond(far, inner, lambda: x + w)


def case_of_many():
    x, w = rows(), weights("w", 3)
    size = tf.reduce_sum(x)
    return tf.case([(size > 5, lambda: x * w), (size > 0, lambda: x + w)], default=lambda: x)


def switch_case():
    x, w = rows(), weights("w", 3)
    branches = [lambda: x * w, lambda: x + w, lambda: x - w]
    return tf.switch_case(tf.cast(tf.reduce_sum(x) > 0, tf.int32), branches)


def loop_with_weights():
    w = weights("w", 3, 3)
    return tf.while_loop(
        lambda i, _: i < 3, lambda i, v: (i + 1, tf.tanh(tf.matmul(v, w))), (0, rows())
    )[1]


def loop_that_grows():
    x, w = rows(), weights("w", 3)
    shapes = (tf.TensorShape([]), tf.TensorShape([None, 3]))
    return tf.while_loop(
        lambda i, _: i < 2,
        lambda i, v: (i + 1, tf.concat([v, x * w], 0)),
        (0, x),
        shape_invariants=shapes,
    )[1]


def loop_in_a_branch():
    x, w = rows(), weights("w", 3)

    def loop():
        return tf.while_loop(lambda i, _: i < 2, lambda i, v: (i + 1, v * w), (0, x))[1]

    return tf.cond(tf.reduce_sum(x) > 0, loop, lambda: x)


def map_over_rows():
    w = weights("w", 3)
    return tf.map_fn(lambda row: tf.reduce_sum(row * w), rows())


def scan_over_rows():
    w = weights("w", 3)
    return tf.scan(lambda state, row: state * 0.5 + row * w, rows(), initializer=tf.zeros([3]))


def fold_over_rows():
    return tf.foldl(lambda state, row: state + row, rows() * weights("w", 3))


def array_of_tensors():
    x, w = rows(), weights("w", 3)
    array = tf.TensorArray(tf.float32, 3)
    for i in range(3):
        array = array.write(i, x * w * float(i))
    return array.concat()


def recurrent(cell):
    x = tf.placeholder(tf.float32, [None, 4, 3], name="x")
    outputs, _ = layers.dynamic_rnn(cell, x)
    return outputs[:, -1]


def lstm():
    return recurrent(layers.lstm_cell(3))


def gru():
    return recurrent(layers.gru_cell(3))


def two_cells():
    return recurrent(layers.multi_rnn_cell([layers.gru_cell(4), layers.basic_rnn_cell(3)]))


def batch_of_a_queue():
    queue = tf.FIFOQueue(8, [tf.float32, tf.int64], [[3], []])
    batch, _ = queue.dequeue_many(4, name="batch")
    return tf.matmul(batch, weights("w", 3, 2))


def shuffled_batch():
    [row] = tf.train.slice_input_producer([np.ones([8, 3], np.float32)])
    return tf.matmul(tf.train.shuffle_batch([row], 4, 20, 5), weights("w", 3, 2))


def one_shot_iterator():
    dataset = tf.data.Dataset.from_tensor_slices(np.ones([4, 3], np.float32)).batch(2)
    return tf.matmul(tf.data.make_one_shot_iterator(dataset).get_next(), weights("w", 3, 2))


def initializable_iterator():
    data = tf.placeholder(tf.float32, [None, 3])
    iterator = tf.data.make_initializable_iterator(tf.data.Dataset.from_tensors(data))
    return tf.matmul(iterator.get_next(), weights("w", 3, 2))


def embedding():
    ids = tf.placeholder(tf.int32, [None, 4], name="x")
    return tf.nn.embedding_lookup(weights("table", 5, 2), ids)


def embedding_in_parts():
    ids = tf.placeholder(tf.int64, [None], name="x")
    parts = [weights(f"part_{i}", 3, 2, resource=bool(i)) for i in range(2)]
    return tf.nn.embedding_lookup(parts, ids, partition_strategy="mod")


def embedding_of_sparse_ids():
    x = tf.placeholder(tf.int64, [None, 3], name="x")
    ids = tf.SparseTensor(tf.where(x >= 0), tf.reshape(x, [-1]), tf.shape(x, out_type=tf.int64))
    return tf.nn.embedding_lookup_sparse(weights("table", 4, 2), ids, None, combiner="mean")


def table_of_words():
    keys = tf.lookup.KeyValueTensorInitializer(["", "cat"], np.int64([2, 0]))
    ids = tf.lookup.StaticHashTable(keys, 1).lookup(words())
    return tf.gather(weights("vectors", 3, 2), ids)


def table_with_unknown_words():
    keys = tf.lookup.KeyValueTensorInitializer(["cat", "dog"], np.int64([0, 1]))
    ids = tf.lookup.StaticVocabularyTable(keys, 2).lookup(words())
    return tf.gather(weights("vectors", 4, 2), ids)


def table_in_a_branch():
    keys = tf.lookup.KeyValueTensorInitializer(["", "cat"], np.float32([2, 3]))
    table, x = tf.lookup.StaticHashTable(keys, 1.0), words()
    w = weights("w", 1)
    return tf.cond(tf.size(x) > 1, lambda: table.lookup(x) * w, lambda: table.lookup(x) + w)


def hashed_words():
    return tf.gather(weights("vectors", 7, 2), tf.string_to_hash_bucket_fast(words(), 7))


def text():
    return tf.strings.join([words(), tf.strings.as_string(weights("w", 1)[0])], "-")


def sparse_product():
    x = rows()
    indices = tf.where(tf.not_equal(x, 0))
    sparse = tf.SparseTensor(indices, tf.gather_nd(x, indices), tf.shape(x, out_type=tf.int64))
    return tf.sparse.sparse_dense_matmul(sparse, weights("w", 3, 2))


def normalized_and_pooled():
    hidden = layers.conv2d(pictures(), 4, 3, padding="same", activation=tf.nn.relu6)
    hidden = layers.max_pooling2d(layers.batch_normalization(hidden, training=False), 2)
    return layers.dense(layers.flatten(hidden), 3, activation=tf.nn.softmax)


def apart_and_widened():
    kernel = weights("depthwise", 3, 3, 2, 2)
    hidden = tf.nn.depthwise_conv2d(pictures(), kernel, [1, 1, 1, 1], "SAME")
    return tf.nn.conv2d_transpose(
        hidden, weights("k", 3, 3, 2, 4), [tf.shape(hidden)[0], 12, 12, 2], [1, 2, 2, 1]
    )


def boxes_kept():
    boxes = tf.sigmoid(tf.matmul(rows(), weights("w", 3, 4)))
    kept = tf.image.non_max_suppression(boxes, tf.reduce_sum(boxes, 1), 5)
    return tf.gather(boxes, kept)


def resized():
    return tf.image.resize_bilinear(pictures(), [9, 9]) * weights("w", 2)


def sorted_and_counted():
    return tf.nn.top_k(tf.matmul(rows(), weights("w", 3, 5)), 3)[0]


def called_as_a_function():
    w = weights("w", 3, 2)
    return tf.function(lambda x: tf.matmul(x, w), autograph=False)(rows())


def of_half_precision():
    x = tf.placeholder(tf.float16, [None, 3], name="x")
    return x * tf.cast(weights("w", 3), tf.float16)


def spectrum():
    return tf.abs(tf.signal.rfft(rows(8) * weights("w", 8)))


def calls_python():
    return tf.py_func(lambda x: x, [rows()], tf.float32)


def draws_numbers():
    return rows() + tf.random_normal([3])


def table_that_is_learnt():
    table = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1)
    return table.lookup(words())


def accumulates():
    accumulator = tf.ConditionalAccumulator(tf.float32, [3], shared_name="sum")
    return rows() + accumulator.take_grad(1)


def writes_a_variable():
    return rows() + tf.assign_add(weights("steps", 3), [1.0, 1.0, 1.0])
