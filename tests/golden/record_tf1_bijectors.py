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


def both_ways(make, numbers, event_ndims):
    def program(tf):
        made = make(tf.contrib.distributions.bijectors)
        x = tf.constant(numbers)
        # Behind an identity, so that nothing computed before is used.
        y = tf.identity(made.forward(x))
        return {
            "y": y,
            "x": made.inverse(y),
            "forward": tf.reduce_sum(made.forward_log_det_jacobian(x, event_ndims) + 0.0 * x[0]),
            "inverse": tf.reduce_sum(made.inverse_log_det_jacobian(y, event_ndims) + 0.0 * x[0]),
            "each": made.inverse_log_det_jacobian(y, event_ndims),
            "name": made.name,
            "constant": [made.is_constant_jacobian],
            "event": made.forward_event_shape(x.shape).as_list(),
            "event_back": made.inverse_event_shape(y.shape).as_list(),
            "event_tensor": made.forward_event_shape_tensor([len(numbers)]),
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


def failing(call):
    def program(tf):
        call(tf, tf.contrib.distributions.bijectors)
        return {"done": tf.constant(0)}

    return program


PROGRAMS = {
    "inline": inline,
    "conditional": conditional,
    "log_normal": log_normal,
    "shifted": shifted,
    "without_mean": without_mean,
    "without_entropy": without_entropy,
    "simplex": simplex,
    "softened": softened,
    "float_permutation": failing(lambda tf, b: b.Permute([1.0, 0.0])),
}
for _table, _rank in ((ELEMENTWISE, 1), (VECTORS, 1)):
    for _name, (_make, _numbers) in _table.items():
        PROGRAMS["bijector_" + _name] = both_ways(_make, _numbers, _rank)
