"""Programs with the distributions of contrib.distributions: everything each can tell."""

import numpy as np

# Name to class, its arguments and places where densities are asked for.
NUMBERS = {
    "binomial": ("Binomial", dict(total_count=5.0, probs=[0.2, 0.7]), [0.0, 3.0, 5.0]),
    "binomial_logits": ("Binomial", dict(total_count=6.0, logits=[0.3, -1.0]), [1.0, 4.0]),
    "binomial_checked": (
        "Binomial",
        dict(total_count=5.0, probs=[0.2, 0.7], validate_args=True),
        [0.0, 3.0, 5.0],
    ),
    "cauchy": ("Cauchy", dict(loc=[0.5, -1.0], scale=2.0), [-3.0, 0.5, 4.0]),
    "chi2": ("Chi2", dict(df=[3.0, 7.0]), [0.5, 2.0, 9.0]),
    "chi2_abs": ("Chi2WithAbsDf", dict(df=[-3.7, 7.2]), [0.5, 2.0]),
    "deterministic": ("Deterministic", dict(loc=[1.0, 3.0]), [0.0, 1.0, 3.0]),
    "deterministic_near": ("Deterministic", dict(loc=[1.0, 3.0], atol=0.1, rtol=0.2), [1.25, 3.5]),
    "geometric": ("Geometric", dict(probs=[0.2, 0.7]), [0.0, 1.5, 4.0, -1.0]),
    "geometric_logits": ("Geometric", dict(logits=[0.3, -1.0]), [0.0, 2.0]),
    "geometric_sure": ("Geometric", dict(probs=[1.0]), [0.0]),
    "half_normal": ("HalfNormal", dict(scale=[1.0, 2.5]), [-1.0, 0.0, 0.7, 3.0]),
    "inverse_gamma": ("InverseGamma", dict(concentration=[3.0, 1.5], rate=2.0), [0.3, 1.0, 4.0]),
    "inverse_gamma_wide": ("InverseGamma", dict(concentration=0.5, rate=[2.0, 1.0]), [0.3, 1.0]),
    "inverse_gamma_soft": (
        "InverseGammaWithSoftplusConcentrationRate",
        dict(concentration=[3.0, 0.5], rate=-1.0),
        [0.3, 1.0],
    ),
    "logistic": ("Logistic", dict(loc=[0.5, -1.0], scale=[[2.0], [0.5]]), [-3.0, 0.5]),
    "negative_binomial": (
        "NegativeBinomial",
        dict(total_count=3.5, probs=0.4),
        [0.0, 2.0, 7.0],
    ),
    "negative_binomial_logits": ("NegativeBinomial", dict(total_count=3.0, logits=0.5), [0.0, 2.0]),
    "poisson": ("Poisson", dict(rate=[0.5, 4.5]), [0.0, 2.0, 7.0]),
    "poisson_log": ("Poisson", dict(log_rate=[0.5, -1.0], validate_args=True), [0.0, 2.0]),
    "relaxed_bernoulli": ("RelaxedBernoulli", dict(temperature=0.7, probs=[0.2, 0.6]), [0.1, 0.9]),
    "relaxed_bernoulli_logits": (
        "RelaxedBernoulli",
        dict(temperature=[0.7, 2.0], logits=0.4),
        [0.1, 0.9],
    ),
    "student_abs": (
        "StudentTWithAbsDfSoftplusScale",
        dict(df=[-5.5, 3.2], loc=1.0, scale=-0.5),
        [0.5, 2.0],
    ),
}
ROWS = [[0.5, -0.2], [1.5, 2.0], [3.0, 0.1]]
SIMPLEX = [[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]]
VECTORS = {
    "exp_relaxed": (
        "ExpRelaxedOneHotCategorical",
        dict(temperature=0.7, probs=[0.2, 0.3, 0.5]),
        np.log(SIMPLEX).tolist(),
    ),
    "exp_relaxed_logits": (
        "ExpRelaxedOneHotCategorical",
        dict(temperature=2.0, logits=[[0.2, 0.3, 0.5], [1.0, -1.0, 0.0]]),
        np.log(SIMPLEX).tolist(),
    ),
    "relaxed_one_hot": (
        "RelaxedOneHotCategorical",
        dict(temperature=0.7, probs=[0.2, 0.3, 0.5]),
        SIMPLEX,
    ),
    "one_hot": ("OneHotCategorical", dict(probs=[0.2, 0.3, 0.5]), [[1, 0, 0], [0, 0, 1]]),
    "one_hot_batch": (
        "OneHotCategorical",
        dict(logits=[[[0.2, 0.3, 0.5], [1.0, -1.0, 0.0]]], dtype="float32"),
        [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]],
    ),
    "vector_deterministic": ("VectorDeterministic", dict(loc=[0.5, -0.2]), ROWS),
    "vector_deterministic_near": (
        "VectorDeterministic",
        dict(loc=[[0.5, -0.2], [1.0, 2.0]], rtol=0.5),
        [ROWS[0], ROWS[1]],
    ),
    "tril": (
        "MultivariateNormalTriL",
        dict(loc=[0.5, 1.0], scale_tril=[[2.0, 0.0], [0.5, -1.5]]),
        ROWS,
    ),
    "tril_batch": (
        "MultivariateNormalTriL",
        dict(loc=[0.5, 1.0], scale_tril=[[[2.0, 0.0], [0.5, 1.5]], [[1.0, 7.0], [0.0, 1.0]]]),
        [ROWS[0]],
    ),
    "tril_scale_only": (
        "MultivariateNormalTriL",
        dict(scale_tril=[[2.0, 0.0], [0.5, 1.5]]),
        ROWS,
    ),
    "tril_loc_only": ("MultivariateNormalTriL", dict(loc=[0.5, 1.0]), ROWS),
    "full": (
        "MultivariateNormalFullCovariance",
        dict(loc=[0.5, 1.0], covariance_matrix=[[2.0, 0.3], [0.3, 1.0]], validate_args=True),
        ROWS,
    ),
    "low_rank": (
        "MultivariateNormalDiagPlusLowRank",
        dict(loc=[0.5, 1.0], scale_diag=[1.0, 2.0], scale_perturb_factor=[[0.5], [-0.4]]),
        ROWS,
    ),
    "low_rank_middle": (
        "MultivariateNormalDiagPlusLowRank",
        dict(
            loc=[0.5, 1.0],
            scale_identity_multiplier=1.5,
            scale_perturb_factor=[[0.5, 0.1], [-0.4, 0.3]],
            scale_perturb_diag=[0.5, 2.0],
        ),
        ROWS,
    ),
    "low_rank_without": (
        "MultivariateNormalDiagPlusLowRank",
        dict(loc=[0.5, 1.0], scale_diag=[1.0, 2.0]),
        ROWS,
    ),
    "exponential_diag": (
        "VectorExponentialDiag",
        dict(loc=[[-0.5, -1.0], [-1.0, -2.0]], scale_diag=[1.0, 2.0]),
        [[0.5, 0.2]],
    ),
    "exponential_factor": (
        "VectorExponentialDiag",
        dict(loc=[-0.5, -1.0], scale_identity_multiplier=2.0),
        [[0.5, 0.2]],
    ),
    "laplace_diag": (
        "VectorLaplaceDiag",
        dict(loc=[0.5, 1.0], scale_diag=[1.0, 2.0], scale_identity_multiplier=0.5),
        ROWS,
    ),
    "laplace_scale_only": ("VectorLaplaceDiag", dict(scale_diag=[1.0, -2.0]), ROWS),
}
STATISTICS = ("mean", "mode", "stddev", "variance", "covariance", "entropy")
DENSITIES = ("log_prob", "prob", "cdf", "log_cdf", "survival_function", "log_survival_function")


def told(found, key, call):
    """Adds what a call gives, or that it gives nothing."""
    try:
        found[key] = call()
    except Exception as error:
        found[key] = type(error).__name__


def named(name, settings):
    """What makes a distribution of a class and its arguments."""

    def make(tf):
        given = dict(settings)
        if "dtype" in given:
            given["dtype"] = getattr(tf, given["dtype"])
        return getattr(tf.contrib.distributions, name)(**given)

    return make


def everything(make, places, event_ndims, seeded=True):
    def program(tf):
        made = make(tf)
        whole = np.ndim(places) > made.batch_shape.ndims + event_ndims
        spread = [] if whole else [1] * made.batch_shape.ndims
        shape = [len(places), *spread, *np.shape(places)[1:]]
        x = tf.constant(np.reshape(places, shape), tf.as_dtype(made.dtype))
        found = {
            "batch": made.batch_shape.as_list(),
            "event": made.event_shape.as_list(),
            "batch_tensor": made.batch_shape_tensor(),
            "event_tensor": tf.reshape(made.event_shape_tensor(), [-1]),
            "dtype": tf.as_dtype(made.dtype).name,
            "name": made.name.split("/")[-2],
            "class": type(made).__name__,
            "reparameterized": str("FULLY" in repr(made.reparameterization_type)),
        }
        for key in STATISTICS:
            told(found, key, getattr(made, key))
        for key in DENSITIES:
            told(found, key, lambda key=key: getattr(made, key)(x))
        if seeded:
            told(found, "sample", lambda: made.sample([2, 2], seed=7))
        if not event_ndims:
            told(found, "quantile", lambda: made.quantile(tf.constant(0.3, x.dtype)))
        return found

    return program


def of_many(call):
    """What makes a distribution of others."""
    return lambda tf: call(tf.contrib.distributions)


SQUARES = [[[2.0, 0.3], [0.3, 1.0]], [[1.0, -0.2], [-0.2, 0.5]]]
TRIANGLES = [[[2.0, 0.0], [0.3, 1.0]], [[1.0, 0.0], [-0.2, 0.5]]]
MADE = {
    "autoregressive": (
        lambda d: d.Autoregressive(lambda x=0.0: d.Normal(x, 1.0), num_steps=2),
        [0.5, 1.5],
        0,
    ),
    "batch_reshape": (
        lambda d: d.BatchReshape(d.Normal([0.0, 1.0, 2.0, 3.0], 1.5), [2, 2]),
        [[[0.0, 1.0], [2.0, 3.0]]],
        0,
    ),
    "batch_reshape_rest": (
        lambda d: d.BatchReshape(d.Poisson([[0.5], [1.0], [2.0]]), [-1], validate_args=True),
        [[2.0, 3.0, 0.0], [1.0, 1.0, 1.0]],
        0,
    ),
    "batch_reshape_vectors": (
        lambda d: d.BatchReshape(d.MultivariateNormalDiag(TRIANGLES, [1.0, 2.0]), [1, 4]),
        [np.reshape(TRIANGLES, [1, 4, 2])],
        1,
    ),
    "independent": (
        lambda d: d.Independent(d.Normal([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]], 1.5)),
        ROWS[:1],
        1,
    ),
    "independent_all": (
        lambda d: d.Independent(d.Bernoulli(logits=[[0.5, -0.5]]), reinterpreted_batch_ndims=2),
        [[[1, 0]]],
        2,
    ),
    "independent_none": (lambda d: d.Independent(d.Normal([0.0, 1.0], 1.5), 0), [0.5], 0),
    "kumaraswamy": (lambda d: d.Kumaraswamy([2.0, 0.5], 3.0), [0.2, 0.7], 0),
    "mixture": (
        lambda d: d.Mixture(
            d.Categorical(probs=[0.3, 0.7]), [d.Normal(-1.0, 0.5), d.Normal(1.0, 2.0)]
        ),
        [-1.0, 0.5],
        0,
    ),
    "mixture_batch": (
        lambda d: d.Mixture(
            d.Categorical(logits=[[0.3, 0.7, 0.0], [1.0, -1.0, 0.5]]),
            [d.Normal([-1.0, 1.0], 0.5), d.Laplace([1.0, 0.0], 2.0), d.Normal([0.0, 2.0], 1.0)],
        ),
        [-1.0, 0.5],
        0,
    ),
    "mixture_static": (
        lambda d: d.Mixture(
            d.Categorical(probs=[[0.3, 0.7], [0.5, 0.5]]),
            [d.Normal([-1.0, 1.0], 0.5), d.Normal([1.0, 0.0], 2.0)],
            use_static_graph=True,
        ),
        [-1.0, 0.5],
        0,
    ),
    "mixture_vectors": (
        lambda d: d.Mixture(
            d.Categorical(probs=[0.3, 0.7]),
            [
                d.MultivariateNormalDiag([0.0, 1.0], [1.0, 2.0]),
                d.MultivariateNormalDiag([2.0, 0.0], [0.5, 0.5]),
            ],
        ),
        ROWS,
        1,
    ),
    "poisson_log_normal": (
        lambda d: d.PoissonLogNormalQuadratureCompound([0.5, -0.5], [0.3, 1.0]),
        [0.0, 2.0, 7.0],
        0,
    ),
    "poisson_log_normal_hermite": (
        lambda d: d.PoissonLogNormalQuadratureCompound(
            0.5, 0.3, 5, d.quadrature_scheme_lognormal_gauss_hermite
        ),
        [0.0, 2.0, 7.0],
        0,
    ),
    "quantized": (lambda d: d.QuantizedDistribution(d.Normal(1.0, 2.0)), [-2.0, 0.0, 3.0], 0),
    "quantized_cut": (
        lambda d: d.QuantizedDistribution(d.Uniform(0.0, [4.0, 9.0]), low=1.0, high=3.0),
        [-2.0, 1.0, 2.0, 3.0, 5.0],
        0,
    ),
    "sinh_arcsinh": (lambda d: d.SinhArcsinh([0.5, 1.0], 2.0, 0.3, [[1.5], [0.7]]), [0.2, 3.0], 0),
    "sinh_arcsinh_plain": (lambda d: d.SinhArcsinh(0.5, 2.0), [0.2, 3.0], 0),
    "sinh_arcsinh_vector": (
        lambda d: d.VectorSinhArcsinhDiag([0.5, 1.0], [2.0, 1.0], skewness=0.3, tailweight=1.2),
        ROWS,
        1,
    ),
    "transformed_turned": (
        lambda d: d.TransformedDistribution(
            d.Normal([0.5, 1.0], 1.0), d.bijectors.Affine([1.0, 2.0]), event_shape=[2]
        ),
        [[0.5, 1.0]],
        1,
    ),
    "wishart": (lambda d: d.WishartFull(3.5, SQUARES[0]), SQUARES, 2),
    "wishart_cholesky": (lambda d: d.WishartCholesky(3.5, TRIANGLES[0]), SQUARES, 2),
    "wishart_triangles": (
        lambda d: d.WishartCholesky(3.5, TRIANGLES[0], cholesky_input_output_matrices=True),
        TRIANGLES,
        2,
    ),
    "wishart_few": (lambda d: d.WishartFull(1.5, SQUARES[0]), SQUARES, 2),
}
# 1.15 draws the members of one family without the seed.
UNSEEDED = {
    "mixture_same_family": (
        lambda d: d.MixtureSameFamily(
            d.Categorical(probs=[0.3, 0.7]), d.Normal([[-1.0, 1.0], [0.0, 2.0]], [0.5, 2.0])
        ),
        [-1.0, 0.5],
        0,
    ),
    "mixture_same_family_vectors": (
        lambda d: d.MixtureSameFamily(
            d.Categorical(probs=[0.3, 0.7]),
            d.MultivariateNormalDiag([[0.0, 1.0], [2.0, 0.0]], [1.0, 2.0]),
        ),
        ROWS,
        1,
    ),
}


def arguments(tf):
    """What each distribution says it was made with."""
    tables = list(NUMBERS.items()) + list(VECTORS.items())
    made = {name: named(kind, settings)(tf) for name, (kind, settings, _) in tables}
    return {name: sorted(set(one.parameters) - {"is_vector"}) for name, one in made.items()}


def moving(tf):
    """Variables that follow values, after three of them."""
    module = tf.contrib.distributions
    step = tf.assign_add(tf.get_variable("step", initializer=0.0), 1.0)
    value = tf.stack([step, step * step])
    mean, variance = module.moving_mean_variance(value, 0.9)
    log_mean = tf.get_variable("log_mean", initializer=0.5)
    with tf.control_dependencies([mean, variance]):
        logged = module.assign_log_moving_mean_exp(log_mean, tf.log(step), 0.8)
    return {
        "train": tf.group(mean, variance, logged),
        "mean": tf.global_variables("moving_mean_variance/moving_mean")[0].read_value(),
        "variance": tf.global_variables("moving_mean_variance/moving_variance")[0].read_value(),
        "log_mean": log_mean.read_value(),
    }


def conjugates(tf):
    module = tf.contrib.distributions
    prior = tf.distributions.Normal([0.5, 1.0], 2.0)
    given = (prior, 1.5, tf.constant([4.0, -1.0]), 3)
    posterior = module.normal_conjugates_known_scale_posterior(*given)
    predictive = module.normal_conjugates_known_scale_predictive(*given)
    return {
        "loc": posterior.loc,
        "scale": posterior.scale,
        "next_loc": predictive.loc,
        "next_scale": predictive.scale,
    }


def seeds(tf):
    stream = tf.contrib.distributions.SeedStream(42, salt="mine")
    other = tf.contrib.distributions.SeedStream(stream, salt="other")
    return {
        "numbers": [str(stream()), str(stream()), str(other())],
        "salt": stream.salt,
        "original": other.original_seed,
        "none": str(tf.contrib.distributions.SeedStream(None, "x")()),
    }


PROGRAMS = {
    "arguments": arguments,
    "conjugates": conjugates,
    "moving": moving,
    "seeds": seeds,
}
for _table, _rank in ((NUMBERS, 0), (VECTORS, 1)):
    for _name, (_class, _settings, _places) in _table.items():
        PROGRAMS[_name] = everything(named(_class, _settings), _places, _rank)
for _table, _seeded in ((MADE, True), (UNSEEDED, False)):
    for _name, (_call, _places, _rank) in _table.items():
        PROGRAMS[_name] = everything(of_many(_call), _places, _rank, _seeded)
