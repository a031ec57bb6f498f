"""`python -m benchmarks.architectures` and `.engines` on the smallest of their networks."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import architectures, engines
from benchmarks._architectures import ARCHITECTURES, _set_statistics
from benchmarks._ways import WAYS, runner
from graphkit._tf import tf
from graphkit.export import open_model

# tf_slim's layers and cells of old say themselves that they are old.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")

BY_NAME = {architecture.name: architecture for architecture in ARCHITECTURES}


@pytest.fixture(scope="module")
def computed():
    """Variables and outputs of the networks that are small enough, by name."""
    found = {}
    for name in ("detection", "char-RNN"):
        with tf.Graph().as_default() as graph, tf.Session(graph=graph) as session:
            tf.set_random_seed(1)
            outputs = [f"{output}:0" for output in BY_NAME[name].build(32)]
            session.run(tf.global_variables_initializer())
            _set_statistics(session, graph)
            feeds = {f"{key}:0": value for key, value in BY_NAME[name].batch(1, 32).items()}
            variables = {v.op.name: session.run(v) for v in tf.global_variables()}
            found[name] = variables, session.run(outputs, feeds)
    return found


@pytest.mark.parametrize(
    ("kind", "fresh"), [("moving_mean", 0), ("moving_variance", 1), ("gamma", 1), ("beta", 0)]
)
def test_statistics_are_not_those_of_a_fresh_network(computed, kind, fresh):
    value = computed["detection"][0][f"conv16/BatchNorm/{kind}"]
    assert value.shape == (16,)
    assert (np.abs(value - fresh) > 1e-4).all()


def test_detection_gives_boxes_and_their_scores(computed):
    boxes, scores = computed["detection"][1]
    assert boxes.shape == (len(scores), 4)
    assert 1 < len(scores) <= 10
    assert (np.diff(scores) <= 0).all()


def test_the_character_network_gives_probabilities(computed):
    (found,) = computed["char-RNN"][1]
    assert found.shape == (1, 12, 60)
    np.testing.assert_allclose(found.sum(-1), np.ones((1, 12)), rtol=1e-5)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ([1.0, 2.0], [1.0, 2.0], 0),
        ([0.5, 0.25], [0.5, 0.5], 0.5),
        ([100.0, 1.0], [110.0, 1.0], 0.1),
        ([0.0], [2.0], 2),
        ([1.0], [1.0, 2.0], np.inf),
    ],
)
def test_differences_are_in_proportion(one, other, apart):
    assert architectures._largest({"y": np.array(one)}, {"y": np.array(other)}) == apart


def test_engines_take_turns(monkeypatch):
    monkeypatch.setattr(engines, "_SECONDS", 0)
    monkeypatch.setattr(engines, "_ROUNDS", 2)
    called = []
    runs = {name: (lambda feeds, name=name: called.append((name, *feeds))) for name in ("a", "b")}
    figures = engines.measure(runs, {"x": 1}, 8)
    assert called == [("a", "x"), ("b", "x")] * 3
    assert set(figures) == {"a", "b"} and min(figures.values()) > 0


@pytest.mark.parametrize(
    ("figures", "line"),
    [
        (
            {"unfrozen": 10.0, "frozen": 12.34, "optimised": 15, "OpenCV": 7, "TFLite": 123.4},
            "| net | 8 | 10 | 12.3 | 15 | 7 | - | **123** |",
        ),
        ({"unfrozen": 0.5, "frozen": 0.25}, "| net | 8 | **0.5** | 0.25 | - | - | - | - |"),
        (
            {"frozen": 2, "unfrozen": 1, "ONNX Runtime": 2.001},
            "| net | 8 | 1 | 2 | - | - | **2** | - |",
        ),
    ],
)
def test_the_fastest_of_a_line_is_bold(figures, line):
    assert engines.row("net", 8, figures) == line


@pytest.fixture(scope="module")
def dense(tmp_path_factory):
    """A file of one product and a softmax, a batch for it, and what it gives, by hand."""
    path = tmp_path_factory.mktemp("a net") / "net.pb"
    weights = np.float32([[1, 0], [0, 2], [1, 1]])
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        tf.nn.softmax(tf.matmul(x, weights), name="y")
    path.write_bytes(graph.as_graph_def().SerializeToString())
    batch = {"x": np.float32([[1, 2, 3], [-1, 0, 1]])}
    grown = np.exp(batch["x"] @ weights)
    return path, batch, grown / grown.sum(1, keepdims=True)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.engine)
def test_every_way_writes_what_its_engine_runs(dense, way):
    if way.engine == "onnxruntime":
        pytest.importorskip("tf2onnx")
        pytest.importorskip("onnxruntime")
    path, batch, expected = dense
    with open_model(way.written(path, batch), engine=way.engine) as model:
        (found,) = runner(model)(batch).values()
    np.testing.assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize("architecture", ARCHITECTURES, ids=lambda one: one.name)
def test_small_pictures_are_no_larger_than_the_natural_ones(architecture):
    assert architecture.small <= architecture.side
    assert bool(architecture.small) == bool(architecture.side)
    (batch,) = architecture.batch(2, architecture.small).values()
    assert batch.shape == ((2, *[architecture.small] * 2, 3) if architecture.side else (2, 12))


@pytest.mark.parametrize("module", [architectures, engines])
def test_an_unknown_network_is_refused(module, capsys):
    with pytest.raises(SystemExit, match="2"):
        module.main(["MobileNet"])
    assert "no architecture named 'MobileNet'; did you mean 'MobileNet v" in capsys.readouterr().err
