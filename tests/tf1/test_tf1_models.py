"""contrib's models and exports beyond the recorded programs."""

from __future__ import annotations

import re

import pytest

import graphkit.tf1 as tf
from graphkit.errors import RefusedNameError

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
gc = tf.contrib.session_bundle.gc
exporter = tf.contrib.session_bundle.exporter


@pytest.fixture
def folders(tmp_path):
    for name in ("00000001", "00000005", "00000020", "notes"):
        (tmp_path / name).mkdir()
    return tmp_path


def numbered(path):
    found = re.search(r"/(\d{8})$", path.path)
    return path._replace(export_version=int(found.group(1))) if found else None


def test_numbered_folders_are_found(folders):
    found = gc.get_paths(str(folders), numbered)
    assert [path.export_version for path in found] == [1, 5, 20]
    assert found[0].path == str(folders / "00000001")


def test_a_bundle_without_a_copy_of_the_graph_can_keep_all_versions(session, folders):
    step = tf.train.get_or_create_global_step()
    session.run(tf.global_variables_initializer())
    made = exporter.Exporter(tf.train.Saver())
    made.init()
    assert made.export(str(folders), step, session) == str(folders / "00000000")
    assert not tf.get_collection(tf.contrib.session_bundle.constants.GRAPH_KEY)
    kept = sorted(path.name for path in folders.iterdir())
    assert kept == ["00000000", "00000001", "00000005", "00000020", "notes"]


def test_a_bundle_can_hold_another_graph(session):
    tf.get_variable("v", [])
    made = exporter.Exporter(tf.train.Saver())
    other = tf.Graph()
    with other.as_default(), tf.device("/cpu:0"):
        tf.constant(1, name="one")
    made.init(graph_def=other.as_graph_def())
    held = tf.get_collection(tf.contrib.session_bundle.constants.GRAPH_KEY)[0]
    graph = tf.GraphDef()
    assert held.Unpack(graph)
    assert [node.device for node in graph.node] == ["/device:CPU:0"]


def test_messages_of_a_bundle_survive_being_written(graph):
    x = tf.placeholder(tf.float32, name="x")
    made = exporter.classification_signature(x, x, x)
    again = type(made).FromString(made.SerializeToString())
    assert again.WhichOneof("type") == "classification_signature"
    assert again.classification_signature.scores.tensor_name == "x:0"
    assert exporter.generic_signature({"a": x}).generic_signature.map["a"].tensor_name == "x:0"


def test_copying_again_replaces_the_file(tmp_path):
    source, folder = tmp_path / "words", tmp_path / "assets"
    for text in ("first", "second"):
        source.write_text(text)
        exporter.gfile_copy_callback({str(source): "copy"}, str(folder))
        assert (folder / "copy").read_text() == text


def test_heads_take_their_arguments_in_the_old_order(graph):
    heads = tf.contrib.estimator
    assert heads.regression_head("weights", 3).logits_dimension == 3
    assert heads.poisson_regression_head(None, 2).logits_dimension == 2
    assert heads.multi_class_head(4).logits_dimension == 4
    head = heads.regression_head()
    summed = heads.regression_head(loss_reduction=tf.losses.Reduction.SUM)
    labels, scores = tf.constant([[1.0], [3.0]]), tf.zeros([2, 1])
    losses = [made.loss(labels, scores, {"x": scores}) for made in (head, summed)]
    with tf.Session() as session:
        assert session.run(losses) == [5, 10]


def test_predictions_that_are_no_dictionary_cannot_carry_features(tmp_path):
    def model_fn(features, labels, mode):
        scores = tf.layers.dense(features["x"], 1)
        step = tf.assign_add(tf.train.get_or_create_global_step(), 1)
        loss = tf.reduce_sum(scores)
        return tf.estimator.EstimatorSpec(mode, scores, loss, train_op=step)

    made = tf.estimator.Estimator(model_fn, str(tmp_path))
    made.train(lambda: ({"x": tf.ones([1, 1])}, None), steps=1)
    forwarding = tf.contrib.estimator.forward_features(made, "x")
    with pytest.raises(ValueError, match="should be a dict to be able to forward"):
        next(forwarding.predict(lambda: {"x": tf.ones([1, 1])}))


def test_a_sparse_feature_needs_a_default(tmp_path):
    def model_fn(features, labels, mode):
        step = tf.assign_add(tf.train.get_or_create_global_step(), 1)
        return tf.estimator.EstimatorSpec(mode, None, tf.constant(0.0), train_op=step)

    def features():
        return {"s": tf.SparseTensor([[0, 0]], ["word"], [2, 1])}

    made = tf.contrib.estimator.forward_features(tf.estimator.Estimator(model_fn, str(tmp_path)))
    with pytest.raises(ValueError, match=r"Feature \(s\) should be a Tensor"):
        made.train(features, steps=1)


@pytest.mark.parametrize(
    ("area", "name"),
    [
        ("factorization", "WALSModel"),
        ("estimator", "boosted_trees_regressor_train_in_memory"),
        ("optimizer_v2", "OptimizerV2"),
    ],
)
def test_models_that_cannot_come_back_say_what_to_use(area, name):
    with pytest.raises(
        RefusedNameError, match=rf"tf\.contrib\.{area}\.{name} \(.*: (use|write|derive|put)"
    ):
        getattr(getattr(tf.contrib, area), name)
