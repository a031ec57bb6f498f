"""Programs that give arguments in the order of 1.15 to what TensorFlow 2 reordered."""

import numpy as np


def grid(*shape):
    return np.cos(np.arange(int(np.prod(shape)))).reshape(shape).astype(np.float32)


def refused(call, *args, **kwargs):
    """The kinds of error that a call raises."""
    try:
        call(*args, **kwargs)
    except (TypeError, ValueError) as error:
        return [kind.__name__ for kind in (TypeError, ValueError) if isinstance(error, kind)]
    return []


def products(tf):
    a, b = tf.constant(grid(2, 3)), tf.constant(grid(3, 2))
    both = tf.matmul(a, a, False, True, False, False, False, False, "both")
    return {
        "plain": tf.matmul(a, b),
        "left": tf.matmul(a, a, True),
        "right": tf.matmul(a, a, False, True),
        "adjoint": tf.matmul(a, a, False, False, True),
        "adjoint_right": tf.matmul(a, a, False, False, False, True),
        "sparse": tf.matmul(a, b, False, False, False, False, True, True),
        "named": both,
        "names": [both.op.name],
        "both_ways": refused(tf.matmul, a, b, True, False, True),
    }


def scattered(tf):
    indices = tf.constant([[1], [3], [1]])
    updates = tf.constant([5.0, 6.0, 7.0])
    base = tf.constant([1.0, 2.0, 3.0, 4.0])
    made = {
        "scatter": tf.scatter_nd(indices, updates, [5], "a"),
        "add": tf.tensor_scatter_add(base, indices, updates, "b"),
        "sub": tf.tensor_scatter_sub(base, indices, updates, "c"),
        "nd_add": tf.tensor_scatter_nd_add(base, indices, updates, "d"),
        "nd_sub": tf.tensor_scatter_nd_sub(base, indices, updates, "e"),
    }
    names = [made[key].op.name for key in sorted(made)]
    return dict(made, names=names)


def largest(tf):
    rows = tf.constant(grid(2, 5))
    values, places = tf.nn.top_k(rows, 3, False, "best")
    default = tf.nn.top_k(rows)
    return {
        "values": tf.reduce_sum(values, 1),
        "places": tf.reduce_sum(places, 1),
        "first": default.values,
        "first_places": default.indices,
        "names": [values.op.name],
    }


def cross_entropies(tf):
    logits = tf.constant(grid(2, 3))
    labels = tf.constant([[0.2, 0.3, 0.5], [1.0, 0.0, 0.0]])
    nn = tf.nn
    columns = nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits, dim=0)
    made = {
        "softmax": nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits, name="s"),
        "columns": columns,
        "sparse": nn.sparse_softmax_cross_entropy_with_logits(labels=[2, 0], logits=logits),
        "sigmoid": nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits),
    }
    by_position = [
        refused(nn.softmax_cross_entropy_with_logits, labels, logits),
        refused(nn.sparse_softmax_cross_entropy_with_logits, [2, 0], logits),
        refused(nn.sigmoid_cross_entropy_with_logits, labels, logits),
        refused(nn.softmax_cross_entropy_with_logits, logits=logits),
    ]
    first = tf.gradients(made["softmax"], [logits, labels])
    return dict(
        made,
        refused=[len(kinds) for kinds in by_position],
        slope=first[0],
        labels_learn=[first[1] is None],
    )


def python_functions(tf):
    negated = tf.numpy_function(lambda x: -x, [tf.constant([3.0])], tf.float32, "negated")
    pair = tf.numpy_function(lambda x: (x, -x), [tf.constant([1.0])], [tf.float32, tf.float32])
    return {"negated": negated, "second": pair[1], "names": [negated.op.name]}


def pictures(tf):
    image = tf.constant((grid(8, 8, 3) + 1) / 2)
    made = tf.image.adjust_jpeg_quality(image, 90, "worse")
    return {"size": tf.shape(made), "type": made.dtype.name}


def transposed(tf):
    nn = tf.nn
    x = tf.placeholder_with_default(grid(2, 3, 3, 1), [None, 3, 3, 1])
    kernel = tf.constant(grid(2, 2, 4, 1))
    size = [2, 6, 6, 4]
    moving = tf.placeholder_with_default(np.array(size, np.int32), [4])
    return {
        "asked": nn.conv2d_transpose(x, kernel, size, [1, 2, 2, 1]),
        "same": nn.conv2d_transpose(x, kernel, size, 2, "SAME", "NHWC", "named"),
        "stacked": nn.conv2d_transpose(x, kernel, tf.stack([tf.shape(x)[0], 6, 6, 4]), 2),
        "moving": nn.conv2d_transpose(x, kernel, moving, 2),
        "valid": nn.conv2d_transpose(x, kernel, [2, 4, 4, 4], 1, "VALID"),
    }


def sums_of_1_15(tf):
    x, y = tf.constant([1.0, 2.0]), tf.constant([[3.0], [4.0]])
    total, spaced = tf.add(x, y), tf.linspace(1.0, 3.0, 5)
    words = tf.add(["a"], ["b"], name="joined")
    return {
        "total": total,
        "spaced": spaced,
        "words": words,
        "types": [total.op.type, spaced.op.type, words.op.type],
        "names": [total.op.name, spaced.op.name, words.op.name, tf.lin_space(0.0, 1.0, 2).op.name],
        "slope": tf.gradients(total, x)[0],
        "other_types": [len(refused(tf.add, x, tf.constant([1, 2])))],
    }


def devices(tf):
    names = tf.config.experimental_list_devices()
    return {
        "cpu": [name for name in names if "device:CPU:0" in name],
        "version": tf.__version__.split("-")[0],
        "keras": tf.keras.__version__,
    }


PROGRAMS = {
    "cross_entropies": cross_entropies,
    "devices": devices,
    "largest": largest,
    "pictures": pictures,
    "products": products,
    "python_functions": python_functions,
    "scattered": scattered,
    "sums_of_1_15": sums_of_1_15,
    "transposed": transposed,
}
