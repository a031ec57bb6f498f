"""Programs with contrib.crf."""

import numpy as np


def scores(tf, *shape):
    size = int(np.prod(shape))
    return tf.constant(2 * np.cos(1.3 * np.arange(size)).reshape(shape), tf.float32)


def parts(steps, lengths):
    def program(tf):
        crf = tf.contrib.crf
        inputs = scores(tf, 3, steps, 4)
        tags = tf.constant((np.arange(3 * steps) * 3 % 4).reshape(3, steps), tf.int32)
        length = tf.constant(lengths)
        likelihood, transitions = crf.crf_log_likelihood(inputs, tags, length)
        decoded, best = crf.crf_decode(inputs, transitions, length)
        bitmap = tf.greater(scores(tf, 3, steps, 4), -1.0)
        return {
            "likelihood": likelihood,
            "gradient": tf.gradients(tf.reduce_sum(likelihood) + inputs[0, 0, 0], inputs)[0],
            "norm": crf.crf_log_norm(inputs, length, transitions),
            "score": crf.crf_sequence_score(inputs, tags, length, transitions),
            "unary": crf.crf_unary_score(tags, length, inputs),
            "binary": crf.crf_binary_score(tags, length, transitions),
            "multitag": crf.crf_multitag_sequence_score(inputs, bitmap, length, transitions),
            "decoded": decoded,
            "best": best,
        }

    return program


def given_transitions(tf):
    likelihood, same = tf.contrib.crf.crf_log_likelihood(
        scores(tf, 1, 3, 2), tf.constant([[0, 1, 1]]), tf.constant([3]), scores(tf, 2, 2)
    )
    return {"likelihood": likelihood, "same": same}


def viterbi(tf):
    score = np.cos(1.3 * np.arange(20)).reshape(5, 4)
    tags, best = tf.contrib.crf.viterbi_decode(score, np.sin(np.arange(16)).reshape(4, 4))
    return {"tags": [int(tag) for tag in tags], "best": float(best), "some": tf.constant(0)}


PROGRAMS = {
    "given_transitions": given_transitions,
    "parts": parts(5, [5, 2, 3]),
    "parts_of_one_step": parts(1, [1, 1, 1]),
    "parts_with_empty": parts(4, [4, 1, 0]),
    "viterbi": viterbi,
}
