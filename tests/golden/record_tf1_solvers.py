"""Programs with contrib's solvers, sparsemax, resampler, splines, kernels and old optimizers."""

import numpy as np


def values(tf, *shape):
    return tf.constant(np.cos(1.3 * np.arange(int(np.prod(shape)))).reshape(shape), tf.float32)


def rough(tf, *shape):
    """Values whose rows are not sums of each other."""
    size = int(np.prod(shape))
    return tf.constant(np.cos(0.7 * np.arange(size) ** 2).reshape(shape), tf.float32)


def failing(call):
    def program(tf):
        return {"never": call(tf)}

    return program


def positive(tf, size=4):
    x = values(tf, size, size)
    return tf.matmul(x, x, transpose_b=True) + 2.0 * tf.eye(size)


def conjugate(tf):
    solvers = tf.contrib.solvers
    matrix, rhs = positive(tf), values(tf, 4)
    operator = solvers.util.create_operator(matrix)
    plain = solvers.linear_equations.conjugate_gradient(operator, rhs, max_iter=2)
    half = solvers.util.create_operator(tf.diag(1.0 / tf.diag_part(matrix)))
    guided = solvers.linear_equations.conjugate_gradient(
        operator, rhs, preconditioner=half, x=tf.ones([4]), max_iter=3
    )
    same = solvers.util.identity_operator(matrix)
    at_once = solvers.linear_equations.conjugate_gradient(same, rhs)
    found = {"x": plain.x, "r": plain.r, "p": plain.p, "gamma": plain.gamma, "steps": plain.i}
    found.update(guided_x=guided.x, guided_r=guided.r, once_x=at_once.x, once_i=at_once.i)
    return dict(found, fields=list(plain._fields))


def least_squares(tf):
    solvers = tf.contrib.solvers
    operator = solvers.util.create_operator(rough(tf, 6, 3))
    found = solvers.least_squares.cgls(operator, values(tf, 6), max_iter=2)
    return {"x": found.x, "r": found.r, "p": found.p, "gamma": found.gamma, "i": found.i}


def lanczos(orthogonalize):
    def program(tf):
        solvers = tf.contrib.solvers
        operator = solvers.util.create_operator(rough(tf, 5, 4))
        made = solvers.lanczos.lanczos_bidiag(
            operator, 3, orthogonalize=orthogonalize, starting_vector=tf.ones([5, 1])
        )
        right = solvers.lanczos.bidiag_matmul(made.u, made.alpha, made.beta)
        left = solvers.lanczos.bidiag_matmul(made.v, made.alpha, made.beta, adjoint_b=True)
        found = {"u": made.u, "v": made.v, "alpha": made.alpha, "beta": made.beta}
        return dict(found, right=right, left=left, fields=list(made._fields))

    return program


def vectors(tf):
    util = tf.contrib.solvers.util
    x, y = values(tf, 3, 1), values(tf, 3, 1) + 1.0
    unit, norm = util.l2normalize(x)
    return {
        "dot": util.dot(x, y),
        "norm": util.l2norm(x),
        "squared": util.l2norm_squared(x),
        "unit": unit,
        "of": norm,
    }


def sparse(tf):
    sparsemax = tf.contrib.sparsemax
    logits = values(tf, 4, 5) * 2.0
    made = sparsemax.sparsemax(logits)
    labels = tf.one_hot([0, 3, 1, 4], 5) * 0.5 + 0.1
    loss = sparsemax.sparsemax_loss(logits, made, labels)
    gradients = tf.gradients(loss, logits)[0]
    odd = tf.constant([[1.0, -np.inf, 0.5], [np.nan, 0.0, 1.0], [-np.inf] * 3])
    return {"made": made, "loss": loss, "gradient": gradients, "odd": sparsemax.sparsemax(odd)}


def between_pixels(tf):
    data = values(tf, 2, 4, 5, 3)
    warp = tf.constant(np.sin(np.arange(2 * 6 * 2)).reshape(2, 6, 2) * 4 + 1.5, tf.float32)
    made = tf.contrib.resampler.resampler(data, warp)
    by_data, by_warp = tf.gradients(tf.reduce_sum(made * values(tf, 2, 6, 3)), [data, warp])
    grid = tf.contrib.resampler.resampler(data, tf.reshape(warp, [2, 2, 3, 2]))
    return {"made": made, "by_data": by_data, "by_warp": by_warp, "grid": grid}


def joined_maps(tf):
    image = tf.contrib.image
    first = image.angles_to_projective_transforms([0.1, 0.2], 5.0, 4.0)
    second = image.translations_to_projective_transforms([[1.0, 2.0], [0.5, -1.0]])
    third = tf.constant([1.0, 0.1, 0.0, 0.2, 1.0, 0.0, 0.01, 0.02])
    return {
        "joined": image.compose_transforms(first, second),
        "alone": image.compose_transforms(third),
        "matrices": image.flat_transforms_to_matrices(third),
        "flat": image.matrices_to_flat_transforms(values(tf, 2, 3, 3) + 2.0),
    }


def splines(tf):
    points = rough(tf, 1, 7, 2) * 2.0
    found = {}
    for order in (1, 2, 3, 4, 6):
        found["order_%d" % order] = tf.contrib.image.interpolate_spline(
            points, values(tf, 1, 7, 3), values(tf, 1, 4, 2), order
        )
    found["smooth"] = tf.contrib.image.interpolate_spline(
        points, values(tf, 1, 7, 1), values(tf, 1, 4, 2), 2, regularization_weight=0.5
    )
    return found


def bent(tf, **options):
    picture = values(tf, 2, 6, 5, 1)
    source = tf.constant([[[1.0, 1.0], [3.0, 2.0], [4.0, 3.0]]] * 2)
    target = tf.constant([[[1.5, 1.0], [3.0, 2.5], [4.2, 3.1]]] * 2)
    made, flow = tf.contrib.image.sparse_image_warp(picture, source, target, **options)
    return {"made": made, "flow": flow}


def kernels(tf):
    methods = tf.contrib.kernel_methods
    mapper = methods.RandomFourierFeatureMapper(4, 6, stddev=2.0, seed=3, name="m")
    logits = values(tf, 3, 4)
    hinge = methods.sparse_multiclass_hinge_loss
    return {
        "features": mapper.map(values(tf, 3, 4)),
        "sizes": [mapper.input_dim, mapper.output_dim],
        "name": mapper.name,
        "loss": hinge(tf.constant([0, 3, 1]), logits),
        "weighted": hinge(tf.constant([[0], [3], [1]], tf.int64), logits, [[1.0], [0.0], [2.0]]),
        "each": hinge(tf.constant([0, 3, 1]), logits, reduction=tf.losses.Reduction.NONE),
        "collected": [loss.op.name for loss in tf.losses.get_losses()],
    }


def hinge(labels, logits, weights=1.0):
    return failing(
        lambda tf: tf.contrib.kernel_methods.sparse_multiclass_hinge_loss(
            tf.constant(labels), tf.constant(logits), weights
        )
    )


def mapped(*shape):
    return failing(
        lambda tf: tf.contrib.kernel_methods.RandomFourierFeatureMapper(4, 6).map(tf.zeros(shape))
    )


PROGRAMS = {
    "bent": bent,
    "bent_inside": lambda tf: bent(tf, num_boundary_points=2),
    "bent_smoothly": lambda tf: bent(tf, interpolation_order=1, regularization_weight=0.1),
    "between_pixels": between_pixels,
    "conjugate": conjugate,
    "hinge_floats": hinge([0.0], [[1.0, 2.0]]),
    "hinge_of_a_vector": hinge([0], [1.0, 2.0]),
    "hinge_of_cubes": hinge([[[0]]], [[1.0, 2.0]]),
    "hinge_of_heavy_cubes": hinge([0], [[1.0, 2.0]], [[[1.0]]]),
    "joined_maps": joined_maps,
    "kernels": kernels,
    "lanczos": lanczos(True),
    "lanczos_plain": lanczos(False),
    "least_squares": least_squares,
    "map_of_a_vector": mapped(4),
    "maps_of_no_shape": failing(
        lambda tf: tf.contrib.image.flat_transforms_to_matrices(tf.zeros([1, 1, 8]))
    ),
    "matrices_of_no_shape": failing(
        lambda tf: tf.contrib.image.matrices_to_flat_transforms(tf.zeros([9]))
    ),
    "no_maps": failing(lambda tf: tf.contrib.image.compose_transforms()),
    "sparse": sparse,
    "splines": splines,
    "splines_of_unknown_width": failing(
        lambda tf: tf.contrib.image.interpolate_spline(
            tf.placeholder(tf.float32, [1, 3, None]), tf.ones([1, 3, 1]), tf.ones([1, 3, 2]), 2
        )
    ),
    "vectors": vectors,
}
