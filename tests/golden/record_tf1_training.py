"""Programs with contrib.training's queues, contrib.nn and contrib.mixed_precision."""

import numpy as np


def values(tf, *shape):
    return tf.constant(np.cos(1.3 * np.arange(int(np.prod(shape)))).reshape(shape), tf.float32)


def failing(call):
    def program(tf):
        return {"never": call(tf)}

    return program


def queues(tf, outputs):
    """What a reader of batches made: static shapes, queue ops, runners, summaries."""
    # What a condition puts in may stand in a function of its own; below tf_data is graphkit's own.
    ops = [op for op in tf.get_default_graph().get_operations() if "/tf_data/" not in op.name]
    kinds = [op.type for op in ops if "Queue" in op.type]
    kinds = sorted(kind for kind in kinds if kind != "QueueEnqueueV2")
    keys = tf.GraphKeys
    runners = tf.get_collection(keys.QUEUE_RUNNERS)
    found = {
        "kinds": kinds,
        "queues": sorted(runner.name for runner in runners),
        "threads": sorted(len(runner.enqueue_ops) for runner in runners),
        "summaries": len(tf.get_collection(keys.SUMMARIES)),
    }
    for name, tensor in outputs.items():
        found["shape_" + name] = tensor.get_shape().as_list()
        found["dtype_" + name] = tensor.dtype.name
    return found


def bucketed(**options):
    def program(tf):
        which, batch = tf.contrib.training.bucket(
            {"a": tf.constant(3), "b": tf.ones([2])},
            which_bucket=tf.constant(1),
            num_buckets=3,
            **options,
        )
        return queues(tf, {"which": which, "a": batch["a"], "b": batch["b"]})

    return program


def by_length(boundaries=(2, 5), **options):
    def program(tf):
        lengths, batch = tf.contrib.training.bucket_by_sequence_length(
            tf.constant(4),
            [tf.ones([4]), tf.constant("x")],
            4,
            list(boundaries) if isinstance(boundaries, tuple) else boundaries,
            **options,
        )
        return queues(tf, {"lengths": lengths, "a": batch[0], "b": batch[1]})

    return program


def rejected(**options):
    def program(tf):
        batch, _ = tf.contrib.training.rejection_sample(
            [tf.ones([6, 3]), tf.zeros([6])], lambda parts: parts[0][0], 4, **options
        )
        return queues(tf, {"batch": batch})

    return program


def stratified(**options):
    def program(tf):
        (batch,), labels = tf.contrib.training.stratified_sample(
            [tf.ones([3])], tf.constant(1), [0.5, 0.25, 0.25], 4, **options
        )
        return queues(tf, {"batch": batch, "labels": labels})

    return program


def resampled(tf):
    training = tf.contrib.training
    rates = tf.constant([0.0, 1.0, 2.0, 5.0, 0.5])
    x, y = training.resample_at_rate([tf.range(5), values(tf, 5, 2)], rates, seed=7)
    return {"x": x, "y": y}


def weighted(tf):
    (x,), rates = tf.contrib.training.weighted_resample(
        [tf.range(4)], tf.constant([0.5, 1.0, 1.5, 1.0]), 2.0, mean_decay=0.5, seed=3
    )
    local = [variable.op.name for variable in tf.local_variables()]
    return {"x": x, "rates": rates, "names": local, "train": rates}


def devices(tf):
    training = tf.contrib.training
    size = training.byte_size_load_fn
    made = [tf.placeholder(tf.float32, [3, n], name="v%d" % n) for n in (5, 1, 2, 7)]
    greedy = training.GreedyLoadBalancingStrategy(2, size)
    randomly = training.RandomStrategy(4, 3)
    return {
        "greedy": [int(greedy(part.op)) for part in made],
        "random": [randomly(part.op) for part in made],
        "sizes": [size(part.op) for part in made],
        "unknown_until_asked": size(tf.placeholder(tf.float64, [2, 3]).op),
    }


def activations(tf):
    nn = tf.contrib.nn
    x, alpha = values(tf, 3, 4), tf.constant([0.5, 1.0, 2.0, 1.5])
    soft, cut = nn.scaled_softplus(x, alpha), nn.scaled_softplus(x, alpha, 0.8)
    gradients = tf.gradients(soft, [x, alpha]) + tf.gradients(cut, [x, alpha])
    found = {"soft": soft, "cut": cut, "dropped": nn.alpha_dropout(x, 0.7, seed=4)}
    found["rows"] = nn.alpha_dropout(x, tf.constant(0.4), noise_shape=[3, 1], seed=5)
    found["kept"] = nn.alpha_dropout(x, 1.0)
    found["third"] = nn.nth_element(x, 2)
    kernel = values(tf, 3, 2, 1)
    found["wider"] = nn.conv1d_transpose(values(tf, 2, 4, 1), kernel, [2, 8, 2], 2)
    return dict(found, **{"gradient_%d" % i: part for i, part in enumerate(gradients)})


def flipped(tf):
    nn = tf.contrib.nn
    logits, labels = values(tf, 3, 4), tf.nn.softmax(values(tf, 3, 4) * 2.0)
    softmax = nn.deprecated_flipped_softmax_cross_entropy_with_logits
    sparse = nn.deprecated_flipped_sparse_softmax_cross_entropy_with_logits
    sigmoid = nn.deprecated_flipped_sigmoid_cross_entropy_with_logits
    return {
        "softmax": softmax(logits, labels),
        "sparse": sparse(logits, [0, 3, 1]),
        "sigmoid": sigmoid(logits, labels),
    }


def sampled(tf):
    """Given samples: what is drawn depends on the release."""
    chosen = tf.constant([4, 2, 0, 5], tf.int64)
    given = (chosen, values(tf, 3, 1) + 2.0, values(tf, 4) + 1.5)
    arguments = (values(tf, 6, 4), values(tf, 6), tf.constant([[1], [2], [0]], tf.int64))
    inputs = values(tf, 3, 4) + 0.2
    nn = tf.contrib.nn
    ranked = nn.rank_sampled_softmax_loss(
        *arguments,
        inputs=inputs,
        num_sampled=4,
        num_resampled=2,
        num_classes=6,
        num_true=1,
        sampled_values=given,
        resampling_temperature=2.0,
        remove_accidental_hits=True,
        partition_strategy="div",
    )
    sparse = nn.sampled_sparse_softmax_loss(
        *arguments, inputs=inputs, num_sampled=4, num_classes=6, sampled_values=given
    )
    return {"ranked": ranked, "sparse": sparse}


def ranked_wrongly(sampled, resampled, strategy):
    def call(tf):
        return tf.contrib.nn.rank_sampled_softmax_loss(
            values(tf, 6, 4),
            values(tf, 6),
            tf.constant([[1]], tf.int64),
            values(tf, 1, 4),
            sampled,
            resampled,
            6,
            1,
            None,
            1.0,
            True,
            strategy,
        )

    return failing(call)


def scaled(factor, **options):
    """Three steps; `factor` makes gradients overflow or not."""

    def program(tf):
        mixed = tf.contrib.mixed_precision
        x = tf.get_variable("x", initializer=tf.constant([1.0, 2.0]))
        step = tf.train.get_or_create_global_step()
        manager = mixed.ExponentialUpdateLossScaleManager(64.0, **options)
        inner = tf.train.MomentumOptimizer(0.1, 0.9)
        optimizer = mixed.LossScaleOptimizer(inner, manager)
        loss = tf.reduce_sum(tf.square(x)) * factor
        pairs = optimizer.compute_gradients(loss)
        train = optimizer.apply_gradients(pairs, global_step=step)
        found = {variable.op.name: variable for variable in tf.global_variables()}
        return dict(found, train=train, scale=manager.get_loss_scale())

    return program


def fixed(tf):
    mixed = tf.contrib.mixed_precision
    x = tf.get_variable("x", initializer=tf.constant([1.0, 2.0]))
    manager = mixed.FixedLossScaleManager(8)
    optimizer = mixed.LossScaleOptimizer(tf.train.GradientDescentOptimizer(0.1), manager)
    train = optimizer.minimize(lambda: tf.reduce_sum(tf.square(x)))
    return {"x": x, "train": train, "scale": manager.get_loss_scale()}


HUGE = 3e38
PROGRAMS = {
    "activations": activations,
    "bucket": bucketed(batch_size=4),
    "bucket_allows_less": bucketed(batch_size=4, allow_smaller_final_batch=True),
    "bucket_capacities": bucketed(batch_size=4, bucket_capacities=[5, 6, 7], num_threads=2),
    "bucket_of_sizes": bucketed(batch_size=[2, 3, 4]),
    "bucket_padded": bucketed(batch_size=4, dynamic_pad=True, keep_input=False),
    "bucket_too_few_capacities": bucketed(batch_size=4, bucket_capacities=[5]),
    "bucket_too_few_sizes": bucketed(batch_size=[4]),
    "bucket_without_tensors": failing(lambda tf: tf.contrib.training.bucket([], 0, 2, 2)),
    "by_length": by_length(),
    "by_length_floats": by_length((1.5, 2.5)),
    "by_length_none": by_length(()),
    "by_length_not_a_list": by_length(3),
    "by_length_shapes": by_length(shapes=[[4], []], dynamic_pad=True),
    "by_length_shrinking": by_length((5, 2)),
    "devices": devices,
    "dropout_of_all": failing(lambda tf: tf.contrib.nn.alpha_dropout([1.0], 0.0)),
    "dropout_of_many": failing(lambda tf: tf.contrib.nn.alpha_dropout([1.0], tf.ones([2]))),
    "fixed": fixed,
    "flipped": flipped,
    "ranked_of_too_many": ranked_wrongly(9, 2, "mod"),
    "ranked_too_many": ranked_wrongly(3, 3, "mod"),
    "ranked_otherwise": ranked_wrongly(3, 2, "rows"),
    "rejected": rejected(enqueue_many=True, runtime_checks=True),
    "resampled": resampled,
    "sampled": sampled,
    "scale_too_small": failing(lambda tf: tf.contrib.mixed_precision.FixedLossScaleManager(0.5)),
    "scaled": scaled(1.0, incr_every_n_steps=2),
    "scaled_beyond": scaled(HUGE, incr_every_n_steps=2),
    "scaled_beyond_at_once": scaled(HUGE, incr_every_n_steps=2, decr_every_n_nan_or_inf=1),
    "size_of_many": failing(
        lambda tf: tf.contrib.training.byte_size_load_fn(tf.unstack(tf.ones([2]))[0].op)
    ),
    "size_unknown": failing(
        lambda tf: tf.contrib.training.byte_size_load_fn(tf.placeholder(tf.float32).op)
    ),
    "stratified": stratified(),
    "stratified_given": stratified(init_probs=[0.2, 0.4, 0.4]),
    "stratified_other_length": stratified(init_probs=[0.5, 0.5]),
    "weighted": weighted,
}
