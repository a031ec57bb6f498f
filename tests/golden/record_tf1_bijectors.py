"""Programs with contrib.distributions and its bijectors."""

# Name to how it is made, and numbers it takes.
ELEMENTWISE = {
    "affine_scalar": (lambda b: b.AffineScalar(shift=1.0, scale=[-2.0, 0.5]), [0.5, -1.5]),
    "affine_scalar_shift": (lambda b: b.AffineScalar(shift=1.0), [0.5, -1.5]),
    "affine_scalar_nothing": (lambda b: b.AffineScalar(), [0.5, -1.5]),
    "exp": (lambda b: b.Exp(), [0.5, -1.5]),
    "gumbel": (lambda b: b.Gumbel(loc=0.3, scale=2.0), [0.5, -1.5]),
    "identity": (lambda b: b.Identity(), [0.5, -1.5]),
    "kumaraswamy": (lambda b: b.Kumaraswamy(2.0, 3.0), [0.25, 0.75]),
    "power_transform": (lambda b: b.PowerTransform(0.5), [0.5, 1.5]),
    "power_transform_zero": (lambda b: b.PowerTransform(), [0.5, 1.5]),
    "sigmoid": (lambda b: b.Sigmoid(), [0.5, -1.5]),
    "sinh_arcsinh": (lambda b: b.SinhArcsinh(0.3, 1.5), [0.5, -1.5]),
    "sinh_arcsinh_plain": (lambda b: b.SinhArcsinh(), [0.5, -1.5]),
    "softplus": (lambda b: b.Softplus(), [0.5, -1.5]),
    "softplus_hinge": (lambda b: b.Softplus(hinge_softness=2.0), [0.5, -1.5]),
    "softsign": (lambda b: b.Softsign(), [0.5, -1.5]),
    "square": (lambda b: b.Square(validate_args=True), [0.5, 1.5]),
    "square_unchecked": (lambda b: b.Square(), [0.5, 1.5]),
    "invert": (lambda b: b.Invert(b.Exp()), [0.5, 1.5]),
    "chain": (lambda b: b.Chain([b.Exp(), b.AffineScalar(1.0, 2.0)]), [0.5, -1.5]),
    "chain_nothing": (lambda b: b.Chain(), [0.5, -1.5]),
}
VECTORS = {
    "affine": (lambda b: b.Affine(shift=[1.0, 2.0]), [0.5, -1.5]),
    "affine_diag": (lambda b: b.Affine([1.0, 2.0], scale_diag=[2.0, -3.0]), [0.5, -1.5]),
    "affine_factor": (lambda b: b.Affine(scale_identity_multiplier=2.0), [0.5, -1.5]),
    "affine_tril": (
        lambda b: b.Affine(scale_diag=[1.0, 1.0], scale_tril=[[1.0, 0.0], [0.5, 2.0]]),
        [0.5, -1.5],
    ),
    "permute": (lambda b: b.Permute([2, 0, 1]), [0.5, -1.5, 3.0]),
    "softmax_centered": (lambda b: b.SoftmaxCentered(), [0.5, -1.5]),
    "invert_softmax": (lambda b: b.Invert(b.SoftmaxCentered()), [0.2, 0.3, 0.5]),
    "chain_vectors": (lambda b: b.Chain([b.Exp(), b.Affine([1.0, 2.0])]), [0.5, -1.5]),
}
LOWER = [[2.0, 0.0, 0.0], [0.5, 1.5, 0.0], [-0.3, 0.2, 0.7]]
FULL = [[2.0, 0.6, -0.4], [0.5, 1.5, 0.2], [-0.3, 0.2, 0.7]]
SIX = [0.5, -1.5, 2.0, 0.3, -0.2, 1.1]
# Name to how it is made, numbers it takes, and the ranks of events before and after.
SHAPED = {
    "cholesky": (lambda b: b.CholeskyOuterProduct(), LOWER, 2, 2),
    "cholesky_checked": (lambda b: b.CholeskyOuterProduct(validate_args=True), LOWER, 2, 2),
    "cholesky_batch": (lambda b: b.CholeskyOuterProduct(), [LOWER, FULL], 2, 2),
    "fill_triangular": (lambda b: b.FillTriangular(), SIX, 1, 2),
    "fill_triangular_upper": (lambda b: b.FillTriangular(upper=True), [SIX, SIX[::-1]], 1, 2),
    "fill_triangular_checked": (lambda b: b.FillTriangular(validate_args=True), SIX, 1, 2),
    "invert_fill": (lambda b: b.Invert(b.FillTriangular()), FULL, 2, 1),
    "matrix_inverse": (lambda b: b.MatrixInverseTriL(), LOWER, 2, 2),
    "matrix_inverse_checked": (lambda b: b.MatrixInverseTriL(validate_args=True), LOWER, 2, 2),
    "matrix_inverse_batch": (lambda b: b.MatrixInverseTriL(), [LOWER, FULL], 2, 2),
    "ordered": (lambda b: b.Ordered(), [-1.0, 0.5, 2.0], 1, 1),
    "ordered_checked": (lambda b: b.Ordered(validate_args=True), [[-1.0, 0.5, 2.0]], 1, 1),
    "reshape": (lambda b: b.Reshape([3, 2], [6]), SIX, 1, 2),
    "reshape_checked": (lambda b: b.Reshape([3, -1], [6], validate_args=True), SIX, 1, 2),
    "reshape_rest": (lambda b: b.Reshape([-1, 2]), SIX, 1, 2),
    "reshape_flat": (lambda b: b.Reshape([-1], [2, 3]), [[SIX[:3], SIX[3:]]] * 2, 2, 1),
    "scale_tril": (lambda b: b.ScaleTriL(), SIX, 1, 2),
    "scale_tril_exp": (lambda b: b.ScaleTriL(b.Exp(), diag_shift=None), [SIX, SIX], 1, 2),
    "scale_tril_shift": (lambda b: b.ScaleTriL(diag_shift=0.5, name="mine"), SIX, 1, 2),
    "transform_diagonal": (lambda b: b.TransformDiagonal(b.Exp()), FULL, 2, 2),
    "transform_diagonal_vector": (
        lambda b: b.TransformDiagonal(b.Affine([0.5, 1.0, 2.0], scale_diag=[2.0, 3.0, 0.5])),
        [FULL, LOWER],
        2,
        2,
    ),
    "chain_of_ranks": (lambda b: b.Chain([b.CholeskyOuterProduct(), b.ScaleTriL()]), SIX, 1, 2),
    "chain_there_and_back": (
        lambda b: b.Chain([b.Exp(), b.Invert(b.FillTriangular()), b.TransformDiagonal(b.Exp())]),
        FULL,
        2,
        1,
    ),
}


def both_ways(make, numbers, event_ndims, inverse_ndims):
    def program(tf):
        made = make(tf.contrib.distributions.bijectors)
        x = tf.constant(numbers)
        # Behind an identity, so that nothing computed before is used.
        y = tf.identity(made.forward(x))
        return {
            "y": y,
            "x": made.inverse(y),
            "forward": tf.reduce_sum(
                made.forward_log_det_jacobian(x, event_ndims) + 0.0 * tf.reduce_sum(x)
            ),
            "inverse": tf.reduce_sum(
                made.inverse_log_det_jacobian(y, inverse_ndims) + 0.0 * tf.reduce_sum(x)
            ),
            "each": made.inverse_log_det_jacobian(y, inverse_ndims),
            "name": made.name,
            "constant": [made.is_constant_jacobian],
            "event": made.forward_event_shape(x.shape).as_list(),
            "event_back": made.inverse_event_shape(y.shape).as_list(),
            "event_tensor": made.forward_event_shape_tensor(x.shape.as_list()),
            "event_tensor_back": made.inverse_event_shape_tensor(y.shape.as_list()),
            "ranks": [made.forward_min_event_ndims, made.inverse_min_event_ndims],
        }

    return program


def inline(tf):
    made = tf.contrib.distributions.bijectors.Inline(
        forward_fn=lambda x: x * 3.0,
        inverse_fn=lambda y: y / 3.0,
        inverse_log_det_jacobian_fn=lambda y: -tf.log(3.0) * tf.ones_like(y),
        forward_min_event_ndims=0,
        name="thrice",
    )
    x = tf.constant([1.0, 2.0])
    return {
        "y": made.forward(x),
        "x": made.inverse(x),
        "inverse": made.inverse_log_det_jacobian(x, 1),
        "forward": made.forward_log_det_jacobian(tf.identity(x), 1),
        "name": made.name,
    }


def conditional(tf):
    module = tf.contrib.distributions

    class Shift(module.bijectors.ConditionalBijector):
        def __init__(self):
            super(Shift, self).__init__(forward_min_event_ndims=0, name="shift")

        def _forward(self, x, by):
            return x * by

        def _inverse(self, y, by):
            return y / by

        def _forward_log_det_jacobian(self, x, by):
            return tf.log(by) + 0.0 * x

        def _inverse_log_det_jacobian(self, y, by):
            return -tf.log(by) + 0.0 * y

    made = Shift()
    drawn = module.ConditionalTransformedDistribution(tf.distributions.Normal(0.0, 1.0), made)
    x = tf.constant([1.0, 2.0])
    given = {"by": 3.0}
    return {
        "y": made.forward(x, by=3.0),
        "x": made.inverse(x, by=3.0),
        "forward": made.forward_log_det_jacobian(x, 1, by=3.0),
        "inverse": made.inverse_log_det_jacobian(x, 1, by=3.0),
        "log_prob": drawn.log_prob(x, bijector_kwargs=given),
        "prob": drawn.prob(x, bijector_kwargs=given),
        "sample": drawn.sample([3], seed=7, bijector_kwargs=given),
    }


def log_normal(tf):
    module = tf.contrib.distributions
    made = module.TransformedDistribution(
        tf.distributions.Normal([0.5, 1.0], 2.0), module.bijectors.Exp()
    )
    y = tf.constant([0.5, 3.0])
    return {
        "log_prob": made.log_prob(y),
        "prob": made.prob(y),
        "cdf": made.cdf(y),
        "survival": made.survival_function(y),
        "quantile": made.quantile([0.2, 0.7]),
        "sample": made.sample(3, seed=5),
        "batch": made.batch_shape.as_list(),
        "event": made.event_shape.as_list(),
        "shapes": made.batch_shape_tensor(),
        "name": made.name,
    }


def shifted(tf):
    module = tf.contrib.distributions
    shift = module.bijectors.AffineScalar(shift=1.0, scale=2.0)
    made = module.TransformedDistribution(tf.distributions.Normal(0.5, 2.0), shift)
    same = module.TransformedDistribution(
        tf.distributions.Normal(0.5, 2.0), module.bijectors.Identity()
    )
    return {
        "entropy": made.entropy(),
        "same": same.log_prob(0.3),
        "sample": made.sample([2, 2], seed=9),
    }


def without_mean(tf):
    module = tf.contrib.distributions
    made = module.TransformedDistribution(tf.distributions.Normal(0.5, 2.0), module.bijectors.Exp())
    return {"mean": made.mean()}


def without_entropy(tf):
    module = tf.contrib.distributions
    made = module.TransformedDistribution(tf.distributions.Normal(0.5, 2.0), module.bijectors.Exp())
    return {"entropy": made.entropy()}


def simplex(tf):
    module = tf.contrib.distributions
    base = module.MultivariateNormalDiag([0.0, 1.0], [1.0, 2.0])
    made = module.TransformedDistribution(base, module.bijectors.SoftmaxCentered())
    y = tf.constant([[0.2, 0.3, 0.5], [0.1, 0.8, 0.1]])
    return {
        "log_prob": made.log_prob(y),
        "event": made.event_shape.as_list(),
        "event_tensor": made.event_shape_tensor(),
    }


def softened(tf):
    module = tf.contrib.distributions
    made = {
        "normal": module.NormalWithSoftplusScale(0.5, [0.1, -2.0]),
        "laplace": module.LaplaceWithSoftplusScale(loc=0.5, scale=0.1),
        "exponential": module.ExponentialWithSoftplusRate(0.1),
        "beta": module.BetaWithSoftplusConcentration(0.1, 0.9),
        "gamma": module.GammaWithSoftplusConcentrationRate(0.1, rate=0.9),
        "many": module.MultivariateNormalDiagWithSoftplusScale([0.0, 1.0], [0.1, 2.0]),
    }
    points = {"many": [0.3, 0.4]}
    return {name: one.log_prob(points.get(name, 0.3)) for name, one in made.items()}


def folded(tf):
    module = tf.contrib.distributions
    made = module.bijectors.AbsoluteValue()
    checked = module.bijectors.AbsoluteValue(validate_args=True)
    drawn = module.TransformedDistribution(tf.distributions.Normal([0.5, 1.0], 2.0), made)
    x = tf.constant([-1.0, 2.0])
    return {
        "y": made.forward(x),
        "x": tf.stack(made.inverse(tf.abs(x))),
        "x_checked": tf.stack(checked.inverse(tf.abs(x))),
        "inverse": tf.stack(made.inverse_log_det_jacobian(tf.abs(x), 0)),
        "log_prob": drawn.log_prob(tf.constant([[0.5], [3.0]])),
        "prob": drawn.prob(tf.constant([[0.5], [3.0]])),
        "sample": drawn.sample(3, seed=5),
        "name": made.name,
    }


def failing(call):
    def program(tf):
        made = call(tf, tf.contrib.distributions.bijectors)
        return {"made": made if tf.contrib.framework.is_tensor(made) else tf.constant(0)}

    return program


# What is refused while the graph is built, or when it is run because arguments are checked.
FAILING = {
    "float_permutation": lambda tf, b: b.Permute([1.0, 0.0]),
    "absolute_chain": lambda tf, b: b.Chain([b.AbsoluteValue()]),
    "absolute_invert": lambda tf, b: b.Invert(b.AbsoluteValue()),
    "absolute_cdf": lambda tf, b: tf.contrib.distributions.TransformedDistribution(
        tf.distributions.Normal(0.0, 1.0), b.AbsoluteValue()
    ).cdf(1.0),
    "absolute_negative": lambda tf, b: b.AbsoluteValue(validate_args=True).inverse([-1.0])[0],
    "fill_four": lambda tf, b: b.FillTriangular().forward_event_shape(tf.TensorShape([4])),
    "fill_four_numbers": lambda tf, b: b.FillTriangular().forward([1.0, 2.0, 3.0, 4.0]),
    "fill_narrow": lambda tf, b: b.FillTriangular().inverse_event_shape(tf.TensorShape([2, 3])),
    "fill_checked": lambda tf, b: b.FillTriangular(validate_args=True).forward_event_shape_tensor(
        [4]
    ),
    "matrix_full": lambda tf, b: b.MatrixInverseTriL(validate_args=True).forward(FULL),
    "matrix_singular": lambda tf, b: b.MatrixInverseTriL(
        validate_args=True
    ).forward_log_det_jacobian([[0.0]], 2),
    "ordered_falling": lambda tf, b: b.Ordered(validate_args=True).forward([1.0, 0.5]),
    "ordered_one": lambda tf, b: b.Ordered().inverse_event_shape(tf.TensorShape([1])),
    "ordered_one_checked": lambda tf, b: b.Ordered(validate_args=True).inverse_event_shape_tensor(
        [1]
    ),
    "reshape_two_rests": lambda tf, b: b.Reshape([-1, -1]),
    "reshape_two_rests_used": lambda tf, b: b.Reshape([-1, -1]).forward(SIX),
    "reshape_two_rests_checked": lambda tf, b: b.Reshape([-1, -1], validate_args=True),
    "reshape_below": lambda tf, b: b.Reshape([-2]),
    "reshape_below_checked": lambda tf, b: b.Reshape([-2], validate_args=True),
    "reshape_floats": lambda tf, b: b.Reshape([2.0, 3.0]),
    "reshape_matrix": lambda tf, b: b.Reshape([[2, 3]]),
    "reshape_other": lambda tf, b: b.Reshape([2, 3], [6]).forward([1.0, 2.0]),
    "reshape_number": lambda tf, b: b.Reshape(6).forward(SIX),
    "reshape_fed": lambda tf, b: b.Reshape(
        [2, 3], tf.placeholder_with_default([5], [1]), validate_args=True
    ).forward(SIX),
    "reshape_fed_rests": lambda tf, b: b.Reshape(
        tf.placeholder_with_default([-1, -1], [2]), validate_args=True
    ).forward(SIX),
}


PROGRAMS = {
    "inline": inline,
    "conditional": conditional,
    "log_normal": log_normal,
    "shifted": shifted,
    "without_mean": without_mean,
    "without_entropy": without_entropy,
    "simplex": simplex,
    "softened": softened,
    "folded": folded,
}
for _name, _call in FAILING.items():
    PROGRAMS[_name] = failing(_call)
for _table in (ELEMENTWISE, VECTORS):
    for _name, (_make, _numbers) in _table.items():
        PROGRAMS["bijector_" + _name] = both_ways(_make, _numbers, 1, 1)
for _name, (_make, _numbers, _before, _after) in SHAPED.items():
    PROGRAMS["bijector_" + _name] = both_ways(_make, _numbers, _before, _after)
