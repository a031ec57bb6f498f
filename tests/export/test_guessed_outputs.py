"""Which outputs a training graph is frozen for when none are named."""

from __future__ import annotations

import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError
from graphkit.export import freeze_checkpoint, load_graph
from graphkit.export._freezing._guess import guess_outputs
from graphkit.graph import layers


def _weights(name, *shape):
    return tf.get_variable(name, shape, initializer=tf.ones_initializer())


def _classifier(extra=lambda logits, labels: None):
    """A training graph with all that belongs to one: loss, accuracy, summaries, optimizer."""
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    labels = tf.placeholder(tf.int64, [None], name="labels")
    keep_prob = tf.placeholder_with_default(1.0, [], name="keep_prob")
    hidden = tf.nn.dropout(tf.nn.relu(tf.matmul(x, _weights("w1", 4, 5))), keep_prob=keep_prob)
    logits = tf.matmul(hidden, _weights("w2", 5, 3), name="logits")
    extra(logits, labels)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    loss = tf.reduce_mean(losses) + 0.1 * tf.nn.l2_loss(_weights("w1_too", 4))
    right = tf.equal(tf.argmax(logits, 1), labels)
    accuracy = tf.reduce_mean(tf.cast(right, tf.float32))
    tf.summary.scalar("loss", loss)
    tf.summary.scalar("accuracy", accuracy)
    tf.summary.histogram("hidden", hidden)
    tf.train.AdamOptimizer().minimize(loss, tf.train.get_or_create_global_step())


def _probabilities(logits, labels):
    tf.nn.softmax(logits, name="probabilities")


def _before_losses_had_scopes(shape_of=None):
    """What TensorFlow made of a cross entropy until 1.5, in the scope its caller was in."""
    x = tf.placeholder(tf.float32, name="x")
    labels = tf.placeholder(tf.float32, name="labels")
    logits = tf.matmul(x, _weights("w", 4, 3), name="logits")
    with tf.name_scope("optimizer"):
        last = tf.slice(tf.shape(logits), [tf.rank(logits) - 1], [1])
        shape = tf.concat([[-1], last], 0) if shape_of is None else shape_of
        rows = tf.reshape(logits, shape, name="rows")
        losses, _ = tf.raw_ops.SoftmaxCrossEntropyWithLogits(
            features=rows, labels=tf.reshape(labels, tf.concat([[-1], last], 0))
        )
        tf.train.AdamOptimizer().minimize(tf.reduce_mean(losses))


@pytest.mark.parametrize(("shape", "output"), [(None, "logits"), ([-1, 3], "optimizer/rows")])
def test_rows_that_a_loss_makes_for_itself_are_no_output(shape, output):
    with tf.Graph().as_default() as graph:
        _before_losses_had_scopes(shape)
    assert guess_outputs("freeze", graph) == [output]


def _recurrent():
    words = tf.placeholder(tf.int64, [None, 6], name="words")
    labels = tf.placeholder(tf.float32, [None], name="labels")
    states, _ = tf.nn.dynamic_rnn(
        layers.lstm_cell(3),
        tf.nn.embedding_lookup(_weights("table", 9, 2), words),
        dtype=tf.float32,
    )
    score = tf.sigmoid(tf.matmul(states[:, -1], _weights("w", 3, 1))[:, 0], name="score")
    loss = tf.reduce_mean(tf.square(score - labels))
    tf.train.GradientDescentOptimizer(0.1).minimize(loss)


def _loop_of_tensorflow_1():
    tf.disable_control_flow_v2()
    try:
        words = tf.placeholder(tf.float32, [None, 6, 2], name="words")
        states, _ = tf.nn.dynamic_rnn(layers.lstm_cell(3), words, dtype=tf.float32)
        tf.matmul(states[:, -1], _weights("w", 3, 2), name="score")
    finally:
        tf.enable_control_flow_v2()


def _tracked_mean():
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    hidden = tf.matmul(x, _weights("w", 2, 2))
    mean = tf.get_variable("mean", initializer=[0.0, 0.0])
    update = mean.assign_sub(0.1 * (mean - tf.reduce_mean(hidden, 0)))
    with tf.control_dependencies([update]):
        tf.no_op(name="train")
    tf.nn.tanh(hidden, name="y")


@pytest.fixture
def checkpoint(tmp_path):
    def save(build):
        with tf.Graph().as_default(), tf.Session() as session:
            build()
            session.run(tf.global_variables_initializer())
            tf.train.Saver().save(session, str(tmp_path / "model.ckpt"))
        return tmp_path / "model.ckpt"

    return save


@pytest.mark.parametrize(
    ("build", "inputs", "output"),
    [
        (_classifier, ["x"], "logits"),
        (lambda: _classifier(_probabilities), ["x"], "probabilities"),
        (_recurrent, ["words"], "score"),
        (_loop_of_tensorflow_1, ["words"], "score"),
        (_tracked_mean, ["x"], "y"),
    ],
)
def test_the_last_tensor_of_the_network_is_its_output(checkpoint, tmp_path, build, inputs, output):
    report = freeze_checkpoint(checkpoint(build), tmp_path / "m.pb")
    assert sorted(info.name for info in report.inputs) == inputs
    assert [info.name for info in report.outputs] == [output]
    with load_graph(tmp_path / "m.pb") as loaded:
        assert list(loaded.outputs) == [output]


def test_data_from_a_queue_counts_as_input(checkpoint, tmp_path):
    def build():
        queue = tf.FIFOQueue(4, [tf.float32, tf.float32], [[2], []])
        images, labels = queue.dequeue_many(3, name="batch")
        y = tf.matmul(images, _weights("w", 2, 1), name="y")
        tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_mean((y - labels[:, None]) ** 2))

    report = freeze_checkpoint(checkpoint(build), tmp_path / "m.pb")
    assert [info.name for info in report.inputs] == report.cut == ["batch"]
    assert [info.name for info in report.outputs] == ["y"]


def test_what_is_one_for_all_examples_is_no_output(checkpoint, tmp_path):
    def build():
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        hidden = tf.matmul(x, _weights("w", 2, 2))
        tf.reduce_mean(hidden, 0, name="batch_mean")
        tf.nn.softmax(hidden, name="y")

    report = freeze_checkpoint(checkpoint(build), tmp_path / "m.pb")
    assert [info.name for info in report.outputs] == ["y"]


def _two_heads():
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    hidden = tf.matmul(x, _weights("w", 2, 2))
    tf.nn.softmax(hidden, name="class_probability")
    tf.nn.relu(hidden, name="box")
    tf.argmax(hidden, 1, name="winner")


def test_several_heads_are_listed_the_likeliest_first(checkpoint, tmp_path):
    message = (
        r"freeze_checkpoint: outputs must be named \(outputs, --outputs NAME\), got none, and "
        r"several tensors may be meant, the likeliest first: "
        r"'class_probability' \(float32 \[None, 2\] from x:0\), 'box' \(.*"
        r"'winner' \(int64 \[None\] from x:0\)$"
    )
    with pytest.raises(ArgumentError, match=message):
        freeze_checkpoint(checkpoint(_two_heads), tmp_path / "m.pb")


def _autoencoder():
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    code = tf.matmul(x, _weights("encoder", 4, 2), name="code")
    again = tf.matmul(code, _weights("decoder", 2, 4), name="again")
    tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_mean(tf.square(x - again)))


def test_what_becomes_one_number_may_be_a_loss_and_is_not_taken_unasked(checkpoint, tmp_path):
    message = "not certain that this is meant: 'Square' .*; but 'Mean' makes one number of it"
    with pytest.raises(ArgumentError, match=message):
        freeze_checkpoint(checkpoint(_autoencoder), tmp_path / "m.pb")


def _many_heads():
    hidden = tf.matmul(tf.placeholder(tf.float32, [None, 2], name="x"), _weights("w", 2, 2))
    for number in range(11):
        tf.nn.relu(hidden, name=f"head{number}")
    tf.identity(tf.placeholder(tf.float32, name="anything") * _weights("v", 2), name="open")


def test_a_long_list_is_cut(checkpoint, tmp_path):
    with pytest.raises(ArgumentError, match=r"'head0' .* and 4 more$"):
        freeze_checkpoint(checkpoint(_many_heads), tmp_path / "m.pb")


def test_no_candidate_at_all(checkpoint, tmp_path):
    with pytest.raises(ArgumentError, match="got none, and no tensor depends on both an inp"):
        freeze_checkpoint(checkpoint(lambda: _weights("w", 2)), tmp_path / "m.pb")


def _normalised(x, fold):
    """A layer as `tf.contrib.quantize` leaves it, with the normalisation that it folded beside it.

    Args:
        x: What goes in.
        fold: Whether it was folded.
    """
    kernel = _weights("kernel", 1, 1, 3, 2)
    names = ("gamma", "beta", "mean", "var")
    gamma, beta, mean, variance = (tf.identity(_weights(name, 2)) for name in names)
    normed, *_ = tf.nn.fused_batch_norm(
        tf.nn.conv2d(x, kernel, 1, "SAME"), gamma, beta, mean, variance, is_training=False
    )
    if not fold:
        return normed
    scale = gamma * tf.rsqrt(variance + 0.001)
    rounded = tf.quantization.fake_quant_with_min_max_vars(
        kernel * scale, tf.reduce_min(kernel), tf.reduce_max(kernel)
    )
    return tf.nn.conv2d(x, rounded, 1, "SAME") + (beta - mean * scale)


@pytest.mark.parametrize(("fold", "output"), [(True, "y"), (False, "FusedBatchNormV3")])
def test_a_normalisation_that_was_folded_is_no_output(graph, fold, output):
    """One that the network ends with is."""
    found = _normalised(tf.placeholder(tf.float32, [None, 4, 4, 3], name="x"), fold)
    if fold:
        tf.nn.relu(found, name="y")
    assert guess_outputs("freeze", graph)[0].removesuffix(":0") == output


def test_the_range_of_what_is_rounded_is_no_result(graph):
    """Quantised training measures it, which writes variables."""
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    least = tf.assign(tf.Variable(0.0, use_resource=False), tf.reduce_min(x))
    rounded = tf.quantization.fake_quant_with_min_max_vars(x, least, tf.reduce_max(x))
    tf.matmul(rounded, _weights("w", 4, 3), name="y")
    assert guess_outputs("freeze", graph) == ["y"]
