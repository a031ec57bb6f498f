"""Programs with contrib.nn and contrib.training's parameter servers."""


def flipped_losses(tf):
    logits = tf.constant([[1.0, 2.0, -1.0], [0.0, 0.5, 3.0]])
    labels = tf.constant([[0.2, 0.3, 0.5], [1.0, 0.0, 0.0]])
    nn = tf.contrib.nn
    return {
        "softmax": nn.deprecated_flipped_softmax_cross_entropy_with_logits(logits, labels),
        "columns": nn.deprecated_flipped_softmax_cross_entropy_with_logits(logits, labels, 0),
        "sparse": nn.deprecated_flipped_sparse_softmax_cross_entropy_with_logits(logits, [2, 0]),
        "sigmoid": nn.deprecated_flipped_sigmoid_cross_entropy_with_logits(logits, labels),
        "second": nn.nth_element(logits, 1),
    }


def smooth_relu(tf):
    x = tf.constant([[-3.0, -0.5, 0.0, 0.5, 3.0]])
    alpha = tf.constant([[0.5], [2.0]])
    y = tf.contrib.nn.scaled_softplus(x, alpha)
    clipped = tf.contrib.nn.scaled_softplus(x, 0.5, clip=2.0)
    slopes = tf.gradients(y, [x, alpha])
    return {
        "y": y,
        "clipped": clipped,
        "by_x": slopes[0],
        "by_alpha": slopes[1],
        "clipped_by_x": tf.gradients(clipped, x)[0],
    }


def alpha_dropout(tf):
    x = tf.constant([[1.0, -1.0, 0.5], [2.0, 0.0, 3.0]])
    dropout = tf.contrib.nn.alpha_dropout
    return {
        "half": dropout(x, 0.5, seed=7),
        "rows": dropout(x, tf.constant(0.8), noise_shape=[2, 1], seed=8),
        "same": float(dropout(x, 1.0) is x),
    }


def alpha_dropout_of_all(tf):
    return {"never": tf.contrib.nn.alpha_dropout(tf.zeros([2]), 0.0)}


def variables_of_framework(tf):
    framework = tf.contrib.framework
    local = framework.local_variable([1.0, 2.0], name="here")
    wide = framework.global_variable(3, name="there")
    return {
        "local": local,
        "wide": wide,
        "trainable": [variable.op.name for variable in tf.trainable_variables()],
        "kept": [variable.op.name for variable in tf.local_variables()],
        "again": [variable.op.name for variable in framework.get_variables_by_name("there")],
    }


def places(tf, strategy):
    with tf.device(tf.train.replica_device_setter(ps_tasks=3, ps_strategy=strategy)):
        made = [
            tf.get_variable("v%d" % number, shape, use_resource=False)
            for number, shape in enumerate([[4, 4], [2], [3], [1], [], [5]])
        ]
    return [variable.device for variable in made]


def greedy_places(tf):
    with tf.Graph().as_default():
        training = tf.contrib.training
        found = places(tf, training.GreedyLoadBalancingStrategy(3, training.byte_size_load_fn))
    return {"places": found}


def random_places(tf):
    with tf.Graph().as_default():
        found = places(tf, tf.contrib.training.RandomStrategy(3, seed=1))
    return {"places": found}


def size_of_no_output(tf):
    return {"never": tf.contrib.training.byte_size_load_fn(tf.no_op())}


PROGRAMS = {
    "alpha_dropout": alpha_dropout,
    "alpha_dropout_of_all": alpha_dropout_of_all,
    "flipped_losses": flipped_losses,
    "greedy_places": greedy_places,
    "random_places": random_places,
    "size_of_no_output": size_of_no_output,
    "smooth_relu": smooth_relu,
    "variables_of_framework": variables_of_framework,
}
