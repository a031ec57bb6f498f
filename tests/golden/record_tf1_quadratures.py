"""Programs with contrib.distributions' quadratures, statistics of samples and head."""

import numpy as np

SCHEMES = {
    "lognormal_hermite": ("lognormal_gauss_hermite", [0.5, -0.5], [0.3, 1.0], 4),
    "lognormal_quantiles": ("lognormal_quantiles", [[0.5], [-0.5]], [0.3, 1.0], 3),
    "softmaxnormal_quantiles": ("softmaxnormal_quantiles", [0.5], [0.3], 3),
    "softmaxnormal_batch": ("softmaxnormal_quantiles", [[0.5], [-0.5]], [0.3], 3),
    "softmaxnormal_scalar": ("softmaxnormal_quantiles", [0.5], 0.3, 3),
    "softmaxnormal_wide": ("softmaxnormal_gauss_hermite", [0.5, 1.0], [0.3, 1.0], 3),
}


def scheme(name, loc, scale, size):
    def program(tf):
        make = getattr(tf.contrib.distributions, "quadrature_scheme_" + name)
        grid, probs = make(tf.constant(loc), tf.constant(scale), size)
        return {"grid": grid, "probs": probs}

    return program


LINE = [1.0, 2.0]
TRIL = [[1.0, 0.0], [0.5, 2.0]]
# Name to the arguments, made with the module of linear operators.
MIXTURES = {
    "identities": lambda op, d: dict(
        mix_loc=[[0.3], [-1.0]],
        loc=[None, [0.5, -0.5]],
        scale=[
            op.LinearOperatorIdentity(2),
            op.LinearOperatorScaledIdentity(2, [2.0, 1.5], is_positive_definite=True),
        ],
    ),
    "diagonals": lambda op, d: dict(
        mix_loc=[0.3],
        loc=[[0.0, 1.0], [0.5, -0.5]],
        scale=[op.LinearOperatorDiag(LINE), op.LinearOperatorDiag([0.5, 0.7])],
    ),
    "triangles": lambda op, d: dict(
        mix_loc=[[0.0], [1.0]],
        scale=[
            op.LinearOperatorLowerTriangular(TRIL),
            op.LinearOperatorDiag(LINE, is_positive_definite=True),
        ],
        quadrature_size=5,
    ),
    "checked": lambda op, d: dict(
        mix_loc=[0.3],
        loc=[LINE, None],
        scale=[op.LinearOperatorDiag(side, is_positive_definite=True) for side in (LINE, [3.0, 1])],
        validate_args=True,
    ),
}


def mixture(call):
    def program(tf):
        module = tf.contrib.distributions
        made = module.VectorDiffeomixture(
            temperature=[0.8], distribution=module.Normal(0.2, 1.5), **call(tf.linalg, module)
        )
        x = tf.constant([[[0.5, -1.0]], [[2.0, 0.3]]])
        return {
            "log_prob": made.log_prob(x if made.batch_shape.ndims else x[:, 0]),
            "sample": made.sample(3, seed=7),
            "mean": made.mean(),
            "variance": made.variance(),
            "covariance": made.covariance(),
            "stddev": made.stddev(),
            "grid": made.grid,
            "batch": made.batch_shape.as_list(),
            "event": made.event_shape.as_list(),
            "batch_tensor": made.batch_shape_tensor(),
            "event_tensor": made.event_shape_tensor(),
            "scales": tf.stack([part.scale.to_dense() for part in made.interpolated_affine]),
            "kinds": [type(part.scale).__name__ for part in made.interpolated_affine[:1]],
            "names": [part.name for part in made.endpoint_affine],
            "parameters": sorted(made.parameters),
        }

    return program


def quantity(x, q, **options):
    return lambda tf: {"found": tf.contrib.distributions.percentile(tf.constant(x), q, **options)}


X = np.sin(1.7 * np.arange(24.0)).reshape(2, 3, 4).astype(np.float32).tolist()
PERCENTILES = {
    "all": quantity(X, 30.0),
    "all_kept": quantity(X, 30, keep_dims=True),
    "lower": quantity(X, 30.0, axis=1, interpolation="lower"),
    "higher": quantity(X, 30.0, axis=[1], interpolation="higher"),
    "two_axes": quantity(X, 77.0, axis=[0, -1], keep_dims=True),
    "least": quantity(X, 0.0, axis=-1),
    "greatest": quantity(X, 100.0, axis=0, validate_args=True),
    "halfway": quantity([1, 2, 3, 4], 50.0),
    "whole_numbers": quantity([[4, 1, 3], [9, 7, 8]], 50, axis=1),
    "above": quantity([1.0, 2.0], 101.0, validate_args=True),
    "unchecked": quantity([1.0, 2.0], 101.0),
    "no_interpolation": quantity(X, 30.0, interpolation="linear"),
    "no_scalar": quantity(X, [30.0, 50.0]),
    "no_axis": quantity(X, 30.0, axis=3),
    "no_axis_below": quantity(X, 30.0, axis=[-4]),
    "float_axis": quantity(X, 30.0, axis=1.0),
}


def correlation(x, **options):
    def program(tf):
        given = tf.constant(x)
        return {"found": tf.contrib.distributions.auto_correlation(given, **options)}

    return program


CORRELATIONS = {
    "plain": correlation(X),
    "axis": correlation(X, axis=1),
    "first": correlation(X, axis=-3, max_lags=1),
    "few": correlation(X, max_lags=2),
    "many": correlation(X, max_lags=20),
    "raw": correlation(X, center=False, normalize=False),
    "double": correlation(np.array([1.0, 2.0, 4.0, 7.0, 5.0])),
    "complex": correlation(np.array([1.0 + 1j, 2.0, 4.0 - 2j, 7.0]).astype(np.complex64)),
    "integers": correlation([1, 2, 3]),
}


def real_parts(program):
    """Complex numbers as two."""

    def both(tf):
        found = program(tf)["found"]
        return {"real": tf.real(found), "imag": tf.imag(found)}

    return both


def head(tf):
    """A model of a mean and a deviation for each example."""
    module = tf.contrib.distributions

    def made_of(logits):
        return module.Normal(logits[..., 0], tf.nn.softplus(logits[..., 1]))

    made = module.estimator_head_distribution_regression(
        made_of, logits_dimension=2, enable_centered_bias=True, head_name="mine"
    )
    logits = tf.constant([[0.5, 1.0], [-1.0, 0.3], [2.0, -1.0]])
    labels = tf.constant([[1.0], [0.0], [3.0]])
    ops = made.create_model_fn_ops({}, "eval", labels, logits=logits)
    return {
        "loss": ops.loss,
        "scores": ops.predictions["scores"],
        "dimension": made.logits_dimension,
        "known": [type(one).__name__ for one in made.distributions.values()],
        "metrics": sorted(str(key) for key in ops.eval_metric_ops),
    }


def wide_head(tf):
    """Vectors, whose distribution takes all logits."""
    module = tf.contrib.distributions
    made = module.estimator_head_distribution_regression(
        lambda logits: module.MultivariateNormalDiag(logits, [1.0, 2.0]), label_dimension=2
    )
    logits = tf.constant([[0.5, 1.0], [-1.0, 0.3]])
    ops = made.create_model_fn_ops({}, "eval", tf.constant([[1.0, 0.0], [2.0, 3.0]]), logits=logits)
    return {"loss": ops.loss, "scores": ops.predictions["scores"]}


def failing(call):
    def program(tf):
        call(tf, tf.contrib.distributions)
        return {"done": tf.constant(0)}

    return program


def diffeomixture(d, scale, **more):
    given = dict(mix_loc=[0.3], temperature=[1.0], distribution=d.Normal(0.0, 1.0), scale=scale)
    return d.VectorDiffeomixture(**dict(given, **more))


def diagonals(tf, count=2, dtype=np.float32):
    return [tf.linalg.LinearOperatorDiag(np.ones(2, dtype)) for _ in range(count)]


FAILING = {
    "mixture_of_none": lambda tf, d: diffeomixture(d, None),
    "mixture_of_one": lambda tf, d: diffeomixture(d, diagonals(tf, 1)),
    "mixture_of_three": lambda tf, d: diffeomixture(d, diagonals(tf, 3)),
    "mixture_places": lambda tf, d: diffeomixture(d, diagonals(tf), loc=[[0.0, 1.0]]),
    "mixture_dtypes": lambda tf, d: diffeomixture(
        d, diagonals(tf, 1) + diagonals(tf, 1, np.float64)
    ),
    "mixture_noise": lambda tf, d: diffeomixture(
        d, diagonals(tf, 2, np.float64), distribution=d.Normal(0.0, 1.0)
    ),
    "mixture_batch": lambda tf, d: diffeomixture(
        d, diagonals(tf), distribution=d.Normal([0.0, 1.0], 1.0)
    ),
    "mixture_indefinite": lambda tf, d: diffeomixture(d, diagonals(tf), validate_args=True),
    "mixture_full": lambda tf, d: diffeomixture(d, [tf.linalg.LinearOperatorFullMatrix(TRIL)] * 2),
    "poisson_dtypes": lambda tf, d: d.PoissonLogNormalQuadratureCompound(
        0.5, 1.0, 2, lambda *given: (tf.constant([1.0, 2.0]), tf.constant([0.5, 0.5], tf.float64))
    ),
    "head_of_nothing": lambda tf, d: d.estimator_head_distribution_regression(None),
    "batch_of_other_size": lambda tf, d: d.BatchReshape(d.Normal([0.0, 1.0], 1.0), [3]),
    "batch_scalar": lambda tf, d: d.BatchReshape(d.Normal([0.0, 1.0], 1.0), 2),
    "batch_zero": lambda tf, d: d.BatchReshape(
        d.Normal(tf.placeholder(tf.float32, [None]), 1.0), [0]
    ),
    "batch_broadcast": lambda tf, d: d.BatchReshape(d.Normal([0.0, 1.0], 1.0), [2, 1]).prob(1.0),
    "batch_other_values": lambda tf, d: d.BatchReshape(d.Normal([0.0, 1.0], 1.0), [2, 1]).prob(
        [[1.0, 2.0]]
    ),
}
PROGRAMS = {"head": head, "wide_head": wide_head}
for _name, _given in SCHEMES.items():
    PROGRAMS[_name] = scheme(*_given)
for _name, _call in MIXTURES.items():
    PROGRAMS["mixture_" + _name] = mixture(_call)
for _name, _call in PERCENTILES.items():
    PROGRAMS["percentile_" + _name] = _call
for _name, _call in CORRELATIONS.items():
    PROGRAMS["correlation_" + _name] = real_parts(_call) if _name == "complex" else _call
for _name, _call in FAILING.items():
    PROGRAMS[_name] = failing(_call)
