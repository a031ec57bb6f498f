"""Programs with contrib.legacy_seq2seq."""

import numpy as np


def steps(tf, count, *shape):
    size = int(np.prod(shape))
    numbers = np.cos(1.3 * np.arange(count * size)).reshape((count, *shape))
    return [tf.constant(part, tf.float32) for part in numbers]


def words(tf, count):
    return [tf.constant([n % 4, (n + 2) % 5]) for n in range(count)]


def found(tf, made):
    outputs, state = made
    flat = tf.contrib.framework.nest.flatten(state)
    return {"outputs": tf.stack(outputs), "state": tf.concat(flat, 1)}


def cell(tf):
    return tf.nn.rnn_cell.BasicLSTMCell(3)


def model(name, *arguments, **more):
    def program(tf):
        make = getattr(tf.contrib.legacy_seq2seq, name)
        return found(tf, make(words(tf, 3), words(tf, 2), cell(tf), *arguments, **more))

    return program


def numbers_model(name, **more):
    def program(tf):
        make = getattr(tf.contrib.legacy_seq2seq, name)
        return found(tf, make(steps(tf, 3, 2, 4), steps(tf, 2, 2, 4), cell(tf), **more))

    return program


def decoder(tf):
    made = tf.contrib.legacy_seq2seq.rnn_decoder(
        steps(tf, 3, 2, 3),
        cell(tf).zero_state(2, tf.float32),
        cell(tf),
        loop_function=lambda output, step: output * step,
    )
    return found(tf, made)


def attention(**more):
    def program(tf):
        memory = tf.stack(steps(tf, 4, 2, 5), 1)
        state = cell(tf).zero_state(2, tf.float32)
        make = tf.contrib.legacy_seq2seq.attention_decoder
        return found(tf, make(steps(tf, 3, 2, 4), state, memory, cell(tf), **more))

    return program


def projected(tf):
    weights = tf.get_variable("w", [3, 5])
    biases = tf.get_variable("b", [5])
    make = tf.contrib.legacy_seq2seq.embedding_attention_seq2seq
    made = make(
        words(tf, 3),
        words(tf, 2),
        tf.nn.rnn_cell.GRUCell(3),
        5,
        5,
        4,
        output_projection=(weights, biases),
        feed_previous=True,
    )
    return found(tf, made)


def told_by_tensor(value):
    def program(tf):
        make = tf.contrib.legacy_seq2seq.embedding_rnn_seq2seq
        return found(
            tf,
            make(words(tf, 3), words(tf, 3), cell(tf), 5, 5, 4, feed_previous=tf.constant(value)),
        )

    return program


def losses(tf):
    s = tf.contrib.legacy_seq2seq
    logits, targets = steps(tf, 3, 2, 5), words(tf, 3)
    weights = [tf.constant([1.0, 0.5]), tf.constant([1.0, 0.0]), tf.constant([0.0, 0.0])]
    own = {"softmax_loss_function": lambda labels, logits: logits[:, 0] + tf.to_float(labels)}
    return {
        "each": s.sequence_loss_by_example(logits, targets, weights),
        "sum": s.sequence_loss_by_example(logits, targets, weights, average_across_timesteps=False),
        "batch": s.sequence_loss(logits, targets, weights),
        "total": s.sequence_loss(logits, targets, weights, average_across_batch=False),
        "own": s.sequence_loss(logits, targets, weights, **own),
    }


def buckets(**more):
    def program(tf):
        s = tf.contrib.legacy_seq2seq
        weights = [tf.constant([1.0, 0.5])] * 3
        outputs, made = s.model_with_buckets(
            words(tf, 3),
            words(tf, 3),
            words(tf, 3),
            weights,
            [(1, 2), (3, 3)],
            lambda x, y: s.embedding_rnn_seq2seq(x, y, cell(tf), 5, 5, 4),
            **more,
        )
        return {"first": made[0], "second": made[1], "outputs": tf.stack(outputs[1])}

    return program


def one_to_many(tf):
    outputs, states = tf.contrib.legacy_seq2seq.one2many_rnn_seq2seq(
        words(tf, 3),
        {"a": words(tf, 2), "b": words(tf, 1)},
        cell(tf),
        {"a": cell(tf), "b": cell(tf)},
        5,
        {"a": 5, "b": 6},
        4,
    )
    return {"a": tf.stack(outputs["a"]), "b": tf.stack(outputs["b"]), "c": states["a"].c}


def failing(call):
    def program(tf):
        return {"never": call(tf, tf.contrib.legacy_seq2seq)}

    return program


PROGRAMS = {
    "attention": attention(),
    "attention_from_the_start": attention(initial_state_attention=True),
    "attention_heads": attention(num_heads=2, output_size=6),
    "attention_loop": attention(output_size=4, loop_function=lambda output, step: output * 0.5),
    "attention_without_heads": attention(num_heads=0),
    "attention_without_inputs": failing(
        lambda tf, s: s.attention_decoder([], None, tf.zeros([1, 1, 1]), cell(tf))
    ),
    "basic": numbers_model("basic_rnn_seq2seq"),
    "buckets": buckets(),
    "buckets_each": buckets(per_example_loss=True),
    "buckets_too_few": failing(lambda tf, s: s.model_with_buckets([], [], [], [], [(1, 1)], None)),
    "decoder": decoder,
    "embedding_attention": model("embedding_attention_seq2seq", 5, 5, 4),
    "embedding_rnn": model("embedding_rnn_seq2seq", 5, 5, 4),
    "embedding_rnn_fed": model("embedding_rnn_seq2seq", 5, 5, 4, feed_previous=True),
    "embedding_tied": model("embedding_tied_rnn_seq2seq", 5, 4),
    "embedding_tied_fed": model("embedding_tied_rnn_seq2seq", 5, 4, feed_previous=True),
    "losses": losses,
    "losses_of_other_length": failing(lambda tf, s: s.sequence_loss_by_example([1], [], [])),
    "one_to_many": one_to_many,
    "projected": projected,
    "tied": numbers_model("tied_rnn_seq2seq"),
    "told_no": told_by_tensor(False),
    "told_yes": told_by_tensor(True),
}
