"""Programs with contrib.distributions' normal distribution of a diagonal covariance."""

SETTINGS = {
    "both": dict(loc=[1.0, -2.0, 0.5], scale_diag=[1.0, 3.0, 0.25]),
    "mean": dict(loc=[1.0, -2.0]),
    "scale": dict(scale_diag=[1.0, 3.0]),
    "many means": dict(loc=[[1.0, -2.0], [0.0, 4.0], [2.0, 2.0]], scale_diag=[1.0, 3.0]),
    "many scales": dict(loc=[1.0, -2.0], scale_diag=[[1.0, 3.0], [2.0, 0.5]]),
    "factor": dict(loc=[1.0, -2.0], scale_identity_multiplier=3.0),
    "factors": dict(loc=[1.0, -2.0], scale_identity_multiplier=[3.0, 0.5, 1.0]),
    "factor added": dict(scale_diag=[1.0, 3.0], scale_identity_multiplier=0.5),
    "negative": dict(loc=[1.0, -2.0], scale_diag=[-1.0, 3.0]),
    "one": dict(loc=[1.0], scale_diag=[2.0]),
}


def made(tf, **settings):
    return tf.contrib.distributions.MultivariateNormalDiag(**settings)


def moments(settings):
    def program(tf):
        normal = made(tf, **settings)
        return {
            "mean": normal.mean(),
            "mode": normal.mode(),
            "stddev": normal.stddev(),
            "variance": normal.variance(),
            "covariance": normal.covariance(),
            "entropy": normal.entropy(),
            "batch": normal.batch_shape.as_list(),
            "event": normal.event_shape.as_list(),
            "batch_tensor": normal.batch_shape_tensor(),
            "event_tensor": normal.event_shape_tensor(),
            "dtype": normal.dtype.name,
            "name": normal.name,
        }

    return program


def densities(settings):
    def program(tf):
        normal = made(tf, **settings)
        size = normal.event_shape.as_list()[0]
        rows = tf.reshape(tf.range(0.0, 4.0 * size) / 3.0 - 1.0, [4, 1, size])
        log_prob = normal.log_prob(rows)
        return {
            "log_prob": log_prob,
            "prob": normal.prob(rows),
            "slope": tf.gradients(log_prob, rows)[0],
        }

    return program


def means(tf):
    loc = tf.constant([[1.0, 2.0]])
    normal = made(tf, loc=loc, scale_diag=[[1.0, 3.0], [2.0, 0.5]])
    values = [[0.5, 1.0], [2.0, -1.0]]
    return {"loc": normal.loc, "by_loc": tf.gradients(normal.log_prob(values), loc)[0]}


def samples(tf):
    normal = made(tf, loc=[[1.0, 2.0]], scale_diag=[[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
    five, grid = normal.sample(5), normal.sample([2, 3], seed=1)
    return {"five": five, "grid": grid, "none": normal.sample()}


def reparameterized(tf):
    loc, scale = tf.constant([1.0, 2.0]), tf.constant([0.5, 0.25])
    drawn = made(tf, loc=loc, scale_diag=scale).sample(7)
    slopes = tf.gradients(drawn, [loc, scale])
    return {"by_loc": slopes[0], "same": tf.reduce_sum((drawn - loc) / scale, 0) - slopes[1]}


def divergences(tf):
    a = made(tf, loc=[1.0, 2.0], scale_diag=[1.0, 3.0])
    b = made(tf, loc=[[0.0, 0.5], [1.0, 2.0]], scale_diag=[2.0, 1.0])
    kl = tf.distributions.kl_divergence
    return {"a_b": kl(a, b), "b_a": kl(b, a), "a_a": kl(a, a), "method": a.kl_divergence(b)}


def doubles(tf):
    loc = tf.constant([1.0, 2.0], tf.float64)
    normal = made(tf, loc=loc, scale_identity_multiplier=tf.constant(2.0, tf.float64))
    values = tf.constant([[0.0, 0.0]], tf.float64)
    return {"log_prob": normal.log_prob(values), "dtype": normal.dtype.name}


def unknown_batch(tf):
    loc = tf.placeholder_with_default([[1.0, 2.0], [3.0, 4.0]], [None, 2])
    normal = made(tf, loc=loc, scale_diag=[1.0, 2.0])
    return {
        "batch": normal.batch_shape_tensor(),
        "event": normal.event_shape.as_list(),
        "log_prob": normal.log_prob([[0.0, 0.0]]),
        "sample": tf.shape(normal.sample(3)),
    }


def of_no_length(tf):
    try:
        made(tf, scale_identity_multiplier=2.0)
    except ValueError:
        return {"refused": 1}
    return {"refused": 0}


def in_a_scope(tf):
    with tf.name_scope("net"):
        normal = made(tf, loc=[1.0, 2.0])
        again = made(tf, loc=[1.0, 2.0], name="again")
    return {"names": [normal.name, again.name]}


def copied(tf):
    normal = made(tf, loc=[1.0, 2.0], scale_diag=[1.0, 2.0])
    other = normal.copy(loc=[0.0, 0.0])
    return {"loc": other.loc, "stddev": other.stddev()}


PROGRAMS = dict(
    [("moments of " + name, moments(settings)) for name, settings in SETTINGS.items()]
    + [("densities of " + name, densities(settings)) for name, settings in SETTINGS.items()],
    copied=copied,
    divergences=divergences,
    doubles=doubles,
    in_a_scope=in_a_scope,
    means=means,
    of_no_length=of_no_length,
    reparameterized=reparameterized,
    samples=samples,
    unknown_batch=unknown_batch,
)
