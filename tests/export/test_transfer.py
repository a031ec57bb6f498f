"""A new head on a trained front, and a class added later: what was learnt stays bit-identical."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError, MissingFileError, UnknownNameError
from graphkit.export import add_classes, freeze_session, import_into

ROWS = np.random.default_rng(0).standard_normal((12, 4)).astype(np.float32)


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    """A trained network: `bottleneck` of 5 features, and the head it had."""
    path = tmp_path_factory.mktemp("graphs") / "front.pb"
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(1)
        x = tf.placeholder(tf.float32, [None, 4], name="x")
        hidden = tf.tanh(tf.matmul(x, tf.get_variable("w", [4, 5])), name="bottleneck")
        _, two = tf.split(hidden, [2, 3], axis=1, name="parts")
        tf.nn.softmax(tf.matmul(two, tf.get_variable("old", [3, 7])), name="old_head")
        session.run(tf.global_variables_initializer())
        freeze_session(session, path, outputs=["old_head"])
    return path


def build_head(features, classes):
    kernel = tf.get_variable("head/kernel", [features.shape[-1], classes])
    bias = tf.get_variable("head/bias", [classes], initializer=tf.zeros_initializer())
    return tf.add(tf.matmul(features, kernel), bias, name="logits")


@pytest.fixture(scope="module")
def trained(front, tmp_path_factory):
    """A head of 3 classes trained with Adam on the front, its checkpoint and its logits."""
    prefix = str(tmp_path_factory.mktemp("checkpoints") / "head")
    with tf.Graph().as_default() as graph, tf.Session() as session:
        tf.set_random_seed(2)
        features = import_into(graph, front, outputs="bottleneck")["import/bottleneck"]
        logits = build_head(features, 3)
        labels = np.arange(len(ROWS)) % 3
        loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
        train = tf.train.AdamOptimizer(0.1).minimize(loss)
        session.run(tf.global_variables_initializer())
        feed = {"import/x:0": ROWS}
        front_before, loss_before = session.run([features, loss], feed)
        for _ in range(5):
            session.run(train, feed)
        front_after, loss_after, found = session.run([features, loss, logits], feed)
        assert front_before.tobytes() == front_after.tobytes()
        assert loss_after < loss_before
        tf.train.Saver().save(session, prefix)
        return prefix, found


def test_only_what_the_named_tensor_needs_is_imported(graph, front):
    assert list(import_into(graph, front, outputs=["bottleneck"])) == ["import/bottleneck"]
    names = {op.name for op in graph.get_operations()}
    assert "import/w" in names
    assert not names & {"import/old", "import/parts", "import/old_head"}


def test_only_the_head_can_be_trained(graph, front):
    build_head(import_into(graph, front, outputs=["bottleneck"])["import/bottleneck"], 3)
    assert [v.name for v in tf.trainable_variables()] == ["head/kernel:0", "head/bias:0"]


@pytest.mark.parametrize(
    ("outputs", "expected"),
    [
        ("parts:1", ["import/parts:1"]),
        (["parts"], ["import/parts:0", "import/parts:1"]),
        (["bottleneck:0", "old_head"], ["import/bottleneck", "import/old_head"]),
    ],
)
def test_outputs_are_named_with_their_place_or_without(graph, front, outputs, expected):
    assert list(import_into(graph, front, outputs=outputs)) == expected


@pytest.mark.parametrize(
    ("outputs", "error", "message"),
    [
        ("bottlenek", UnknownNameError, "did you mean 'bottleneck'"),
        ("parts:2", UnknownNameError, "no tensor named 'import/parts:2'"),
        ("parts:x", UnknownNameError, "no tensor or op named 'parts:x'"),
        ([], ArgumentError, "outputs must be at least one tensor name"),
    ],
)
def test_outputs_the_file_does_not_have(graph, front, outputs, error, message):
    with pytest.raises(error) as raised:
        import_into(graph, front, outputs=outputs)
    assert message in str(raised.value)


@pytest.mark.parametrize("count", [1, 3])
def test_the_classes_there_were_keep_their_logits(front, trained, tmp_path, count):
    prefix, logits = trained
    report = add_classes(prefix, tmp_path / "wide", ["head/kernel", "head/bias"], count=count)
    assert report.variables == 8
    with tf.Graph().as_default() as graph, tf.Session() as session:
        features = import_into(graph, front, outputs="bottleneck")["import/bottleneck"]
        wide = build_head(features, 3 + count)
        loss = tf.losses.sparse_softmax_cross_entropy(np.full(len(ROWS), 3), wide)
        train = tf.train.AdamOptimizer(0.1).minimize(loss)
        tf.train.Saver().restore(session, str(tmp_path / "wide"))
        feed = {"import/x:0": ROWS}
        found = session.run(wide, feed)
        np.testing.assert_allclose(found[:, :3], logits, rtol=1e-6)
        assert found[:, 3:].tolist() == [[0.0] * count] * len(ROWS)
        before = session.run(loss, feed)
        session.run(train, feed)
        assert session.run(loss, feed) < before


def test_old_columns_are_bit_identical_and_slots_grow_by_their_mean(trained, tmp_path):
    prefix, _ = trained
    add_classes(prefix, tmp_path / "wide", ["head/kernel", "head/bias"], value=-0.5)
    old, new = (tf.train.load_checkpoint(str(place)) for place in (prefix, tmp_path / "wide"))
    shapes = old.get_variable_to_shape_map()
    for name in shapes:
        before, after = old.get_tensor(name), new.get_tensor(name)
        if not name.startswith("head/"):
            assert before.tobytes() == after.tobytes(), name
            continue
        assert before.tobytes() == np.ascontiguousarray(after[..., :3]).tobytes(), name
        is_slot = "Adam" in name
        expected = before.mean(axis=-1) if is_slot else np.full(before.shape[:-1], -0.5)
        np.testing.assert_allclose(after[..., 3], expected, rtol=1e-5, atol=1e-7)
    assert {"head/kernel/Adam", "head/bias/Adam_1"} <= set(shapes)


@pytest.mark.parametrize(
    ("variables", "options", "error", "message"),
    [
        ("head/kernels", {}, UnknownNameError, "did you mean 'head/kernel'"),
        ([], {}, ArgumentError, "variables must be the names of the head's variables"),
        ("beta1_power", {}, ArgumentError, "got 'beta1_power' of shape [] and dtype float32"),
        ("head/bias", {"count": 0}, ArgumentError, "count must be 1 or more, got 0"),
        ("head/bias", {"count": 1.5}, ArgumentTypeError, "count must be an integer, got float"),
        ("head/bias", {"value": "0"}, ArgumentTypeError, "value must be a number, got str"),
    ],
)
def test_what_cannot_be_widened(trained, tmp_path, variables, options, error, message):
    with pytest.raises(error) as raised:
        add_classes(trained[0], tmp_path / "wide", variables, **options)
    assert message in str(raised.value)
    assert list(tmp_path.iterdir()) == []


def test_variables_of_other_classes_are_refused(tmp_path):
    with tf.Graph().as_default(), tf.Session() as session:
        tf.get_variable("kernel", [4, 3])
        tf.get_variable("bias", [2])
        tf.get_variable("steps", [3], tf.int64, initializer=tf.zeros_initializer())
        session.run(tf.global_variables_initializer())
        prefix = tf.train.Saver().save(session, str(tmp_path / "old"))
    with pytest.raises(ArgumentError, match="as many classes each, got 'kernel' with 3, 'bias'"):
        add_classes(prefix, tmp_path / "wide", ["kernel", "bias"])
    with pytest.raises(ArgumentError, match="variables of floats whose last dimension"):
        add_classes(prefix, tmp_path / "wide", "steps")
    with pytest.raises(ArgumentError, match="a prefix that no checkpoint has yet"):
        add_classes(prefix, tmp_path / "old", "kernel")
    with pytest.raises(MissingFileError, match="no checkpoint"):
        add_classes(tmp_path / "none", tmp_path / "wide", "kernel")
