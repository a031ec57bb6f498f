"""contrib.legacy_seq2seq.model_with_buckets: one model for several lengths."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

legacy = tf.contrib.legacy_seq2seq
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

WORDS, BUCKETS = 5, [(1, 2), (2, 3), (4, 4)]
LONGEST = 4


def placeholders(name, dtype=tf.int32):
    return [tf.placeholder(dtype, [None], f"{name}{step}") for step in range(LONGEST)]


def words_to_words(encoder, decoder):
    cell = tf.nn.rnn_cell.GRUCell(3)
    return legacy.embedding_rnn_seq2seq(encoder, decoder, cell, WORDS, WORDS, 4)


class Model:
    """All buckets of one model, with the placeholders that feed them."""

    def __init__(self, buckets=tuple(BUCKETS), **options):
        self.encoder, self.decoder = placeholders("encoder"), placeholders("decoder")
        self.targets, self.weights = placeholders("target"), placeholders("weight", tf.float32)
        self.asked = []
        self.outputs, self.losses = legacy.model_with_buckets(
            self.encoder,
            self.decoder,
            self.targets,
            self.weights,
            buckets,
            self.seq2seq,
            **options,
        )

    def seq2seq(self, encoder, decoder):
        self.asked.append((len(encoder), len(decoder)))
        return words_to_words(encoder, decoder)

    def feeds(self, batch=2):
        """Words and weights of every step; the last example's last steps do not count."""
        found = {}
        for step in range(LONGEST):
            found[self.encoder[step]] = [(step + n) % WORDS for n in range(batch)]
            found[self.decoder[step]] = [(2 * step + n) % WORDS for n in range(batch)]
            found[self.targets[step]] = [(3 * step + n) % WORDS for n in range(batch)]
            found[self.weights[step]] = [1.0] * (batch - 1) + [float(step < 2)]
        return found


def surprises(logits, targets):
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    chances = powers / powers.sum(-1, keepdims=True)
    return -np.log(chances[np.arange(len(targets)), targets])


def test_each_bucket_asks_for_a_model_of_its_lengths(graph):
    model = Model()
    assert model.asked == BUCKETS
    assert [len(outputs) for outputs in model.outputs] == [2, 3, 4]
    assert len(model.losses) == len(BUCKETS)


def test_all_buckets_have_the_same_weights(graph):
    Model()
    made = {v.op.name for v in tf.global_variables()}
    with tf.Graph().as_default():
        words_to_words(placeholders("encoder"), placeholders("decoder"))
        assert {v.op.name for v in tf.global_variables()} == made


@pytest.mark.parametrize("per_example", [False, True])
def test_losses_count_the_steps_of_their_bucket(graph, per_example):
    model = Model(per_example_loss=per_example)
    feeds = model.feeds()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        outputs, losses = session.run([model.outputs, model.losses], feeds)
    for (_, steps), logits, loss in zip(BUCKETS, outputs, losses, strict=True):
        weights = np.array([feeds[model.weights[step]] for step in range(steps)])
        each = [surprises(logits[step], feeds[model.targets[step]]) for step in range(steps)]
        by_example = (np.array(each) * weights).sum(0) / weights.sum(0)
        wanted = by_example if per_example else by_example.mean()
        np.testing.assert_allclose(loss, wanted, rtol=1e-4)


def test_a_short_bucket_does_not_need_what_a_long_one_is_fed(graph):
    model = Model()
    wanted = {*model.encoder[:1], *model.decoder[:2], *model.targets[:2], *model.weights[:2]}
    feeds = {key: value for key, value in model.feeds().items() if key in wanted}
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert np.isfinite(session.run(model.losses[0], feeds))


def test_outputs_of_a_prefix_are_those_of_a_shorter_decoder(graph):
    """Nothing of a later step reaches an earlier one: two buckets of one encoder agree."""
    model = Model([(2, 2), (2, 4)])
    feeds = {ids: [1, 3] for ids in (*model.encoder, *model.decoder)}
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        short, long = session.run(model.outputs, feeds)
    np.testing.assert_allclose(short, long[:2], rtol=1e-5, atol=1e-6)


def test_another_loss_gets_labels_and_logits(graph):
    seen = []

    def loss(labels, logits):
        seen.append((labels.shape.as_list(), logits.shape.as_list()))
        return tf.cast(labels, tf.float32) * 0.0 + 2.0

    model = Model(softmax_loss_function=loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(model.losses, model.feeds()) == pytest.approx([2.0] * 3)
    assert seen == [([None], [None, WORDS])] * sum(steps for _, steps in BUCKETS)


def test_each_bucket_is_trained_through_the_shared_weights(graph):
    model = Model()
    optimizer = tf.train.GradientDescentOptimizer(0.5)
    steps = [optimizer.minimize(loss) for loss in model.losses]
    feeds = model.feeds()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        before = session.run(model.losses, feeds)
        for _ in range(10):
            session.run(steps, feeds)
        after = session.run(model.losses, feeds)
    assert all(end < start for start, end in zip(before, after, strict=True))


@pytest.mark.parametrize(
    ("short", "message"),
    [
        (0, r"Length of encoder_inputs \(3\) must be at least that of last bucket \(4\)"),
        (2, r"Length of targets \(3\) must be at least that of last bucket \(4\)"),
        (3, r"Length of weights \(3\) must be at least that of last bucket \(4\)"),
    ],
)
def test_too_few_steps_for_the_last_bucket_are_refused(graph, short, message):
    given = [placeholders(name) for name in ("encoder", "decoder", "target", "weight")]
    given[short] = given[short][:-1]
    with pytest.raises(ValueError, match=message):
        legacy.model_with_buckets(*given, BUCKETS, None)


def test_the_name_is_a_name_scope(graph):
    model = Model(name="mine")
    assert all(loss.op.name.startswith("mine/") for loss in model.losses)
    assert not any(v.op.name.startswith("mine/") for v in tf.global_variables())
