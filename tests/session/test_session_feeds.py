"""Feeds: what is accepted is what TensorFlow 1.15.5 accepted, and a refusal names what is wrong."""

import json
from pathlib import Path

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError, RunError, UnknownNameError
from graphkit.session import SessionRunner

GOLDEN = json.loads((Path(__file__).parent.parent / "golden" / "session.json").read_text())

# Raised inside TensorFlow with NumPy 1, before TensorFlow refuses the value itself.
ignores_numpy_1 = pytest.mark.filterwarnings("ignore:NumPy will stop allowing:DeprecationWarning")


def outcome(run):
    """In the words of the recorder: the value and dtype, or the standard class of the error."""
    try:
        value = np.asarray(run())
    except (TypeError, ValueError) as error:
        return {"error": "TypeError" if isinstance(error, TypeError) else "ValueError"}
    content = value.astype(str).tolist() if value.dtype.kind in "OSUc" else value.tolist()
    return {"dtype": value.dtype.name, "value": content}


@ignores_numpy_1
@pytest.mark.parametrize("name", GOLDEN["values"])
def test_value_is_taken_or_refused_as_in_tensorflow_1(graph, name):
    case = GOLDEN["values"][name]
    x = tf.placeholder(case["dtype"], case["shape"], name="x")
    y = tf.identity(x)
    fed = case["value"]
    if case["as"] is not None:
        fed = np.array(fed, dtype=case["as"])
    with SessionRunner(graph) as runner:
        if case["as"] == "complex64":
            with pytest.warns(np.exceptions.ComplexWarning, match="discards the imaginary part"):
                got = outcome(lambda: runner.run(y, {x: fed}))
        else:
            got = outcome(lambda: runner.run(y, {"x": fed}))
    np.testing.assert_equal(got, case["outcome"])


@pytest.mark.parametrize("name", GOLDEN["keys"])
def test_key_is_taken_or_refused_as_in_tensorflow_1(graph, name):
    with tf.Graph().as_default():
        stranger = tf.constant(2.0, name="stranger")
    x = tf.placeholder("float32", [], name="x")
    y = tf.identity(x, name="y")
    total = y + 0
    keys = {
        "tensor": x,
        "full name": "x:0",
        "intermediate tensor": y,
        "op": x.op,
        "tensor of another graph": stranger,
        "number": 3,
        "none": None,
        "unknown full name": "z:0",
        "unknown output": "x:7",
    }
    with SessionRunner(graph) as runner:
        assert outcome(lambda: runner.run(total, {keys[name]: 1.0})) == GOLDEN["keys"][name]


@pytest.mark.parametrize("name", GOLDEN["fetches"])
def test_fetch_is_taken_or_refused_as_in_tensorflow_1(graph, name):
    with tf.Graph().as_default():
        stranger = tf.constant(2.0, name="stranger")
    tf.constant(1.0, name="c")
    things = {"none": None, "number": 3, "tensor of another graph": stranger, "empty list": []}
    with SessionRunner(graph) as runner:
        assert outcome(lambda: runner.run(things[name])) == GOLDEN["fetches"][name]


@pytest.fixture
def doubler(graph):
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    n = tf.placeholder(tf.int32, [], name="n")
    tf.multiply(x, 2.0, name="twice")
    tf.identity(n, name="same")
    with SessionRunner(graph) as runner:
        yield runner


@pytest.mark.parametrize(
    ("feed", "message"),
    [
        ({"x": [1, 2]}, r"the feed of 'x:0' must be float32 of shape \[\?, 2\], got shape \[2\]"),
        (
            {"x": [["a", 1]]},
            r"the feed of 'x:0' must be float32 .*, got \[\['a', 1\]\] \(could not",
        ),
        ({"x": [[1, 2], [3]]}, r"the feed of 'x:0' must be float32 .*, got \[\[1, 2\], \[3\]\]"),
    ],
)
def test_refused_value_is_told_with_dtype_and_shape(doubler, feed, message):
    with pytest.raises(ArgumentError, match=message):
        doubler.run("twice", feed)


@ignores_numpy_1
@pytest.mark.parametrize(
    ("value", "message"),
    [
        (2**40, r"the feed of 'n:0' must be int32 of shape \[\], got 1099511627776, which is out"),
        (None, r"the feed of 'n:0' must be int32 of shape \[\], got None \(int\(\) argument"),
    ],
)
def test_value_of_the_wrong_type_is_told(doubler, value, message):
    with pytest.raises(ArgumentTypeError, match=message):
        doubler.run("same", {"n": value})


@pytest.mark.parametrize("dtype", ["float32", "int64"])
@pytest.mark.parametrize("value", [1 + 2j, [1.0, 2j], [[1.0], (2.0, 1j)]])
def test_complex_value_of_a_real_placeholder_is_refused(graph, dtype, value):
    x = tf.placeholder(dtype, name="x")
    message = rf"run: the feed of 'x:0' must be {dtype} of shape \[...\], got .*, which is complex"
    with SessionRunner(graph) as runner, pytest.raises(ArgumentTypeError, match=message):
        runner.run(x, {x: value})


@pytest.mark.parametrize(("dtype", "value"), [("complex64", [1, 2j]), ("bool", [0j, 2j])])
def test_complex_value_is_fed_where_it_has_a_place(graph, dtype, value):
    x = tf.placeholder(dtype, [2])
    with SessionRunner(graph) as runner:
        np.testing.assert_array_equal(runner.run(x, {x: value}), np.array(value, dtype))


def test_tensor_as_a_value_is_explained(doubler):
    tensor = doubler.graph.get_tensor_by_name("twice:0")
    with pytest.raises(ArgumentTypeError, match="got the tensor twice:0"):
        doubler.run("twice", {"x": tensor})


def test_tensor_of_another_graph_is_told_with_its_line(doubler):
    with tf.Graph().as_default():
        stranger = tf.constant(1.0, name="stranger")
    with pytest.raises(
        ArgumentError, match=r"'stranger:0' of another graph, made by stranger .*py:"
    ):
        doubler.run(["twice", stranger], {"x": [[1, 2]]})
    with pytest.raises(
        ArgumentTypeError, match=r"every key of feed must be .* 'stranger:0' of ano"
    ):
        doubler.run("twice", {stranger: 1.0})
    with pytest.raises(ArgumentError, match=r"every fetch must be .*, got the op 'stranger'"):
        doubler.run(stranger.op)


def test_placeholders_without_a_value_are_listed(doubler):
    with pytest.raises(
        RunError, match=r"x: a placeholder .* 'x:0' \(float32, \[\?, 2\]\); fed was n:0"
    ) as e:
        doubler.run("twice", {"n": 1})
    assert isinstance(e.value, tf.errors.InvalidArgumentError)
    with pytest.raises(RunError, match="fed was nothing"):
        doubler.run(["twice", "same"])


def test_placeholder_of_any_shape_is_listed(graph):
    tf.identity(tf.placeholder(tf.string, name="text"), name="out")
    with (
        SessionRunner(graph) as runner,
        pytest.raises(RunError, match=r"'text:0' \(string, \[\.\.\.\]\)"),
    ):
        runner.run("out")


def test_default_of_a_placeholder_needs_no_feed(graph):
    tf.placeholder_with_default(True, [], name="training")
    with SessionRunner(graph) as runner:
        assert runner.run("training")
        assert not runner.run("training", {"training": False})


def test_unknown_name_suggests_or_lists_placeholders(doubler):
    with pytest.raises(UnknownNameError, match="no tensor named 'twiec'; did you mean 'twice'"):
        doubler.run("twice", {"twiec": 1})
    with pytest.raises(UnknownNameError, match="no placeholder named 'image'; there is 'n', 'x'"):
        doubler.run("twice", {"image": 1})


def test_unknown_name_never_suggests_the_saver_first(graph):
    tf.placeholder(tf.float32, name="x")
    tf.get_variable("w", initializer=0.0)
    tf.train.Saver()
    with SessionRunner(graph) as runner:
        with pytest.raises(UnknownNameError, match="no tensor named 'X'; did you mean 'x'"):
            runner.run("w", {"X": 1})
        with pytest.raises(UnknownNameError, match="no placeholder named 'image'; there is 'x', "):
            runner.run("w", {"image": 1})


def test_one_tensor_fed_twice_is_refused(doubler):
    with pytest.raises(
        ArgumentError, match=r"feed must be values for different tensors.*'x:0', 'x'"
    ):
        doubler.run("twice", {"x:0": [[1, 2]], "x": [[3, 4]]})


def test_op_without_output_cannot_be_fed(graph):
    tf.no_op(name="nothing")
    with SessionRunner(graph) as runner:
        with pytest.raises(ArgumentTypeError, match="feed must be keyed by tensors, got 'nothing'"):
            runner.run("nothing", {"nothing": 1})


def test_sparse_tensors_are_fed_and_fetched(graph):
    sparse = tf.sparse_placeholder(tf.float32, [2, 2], name="sparse")
    dense = tf.sparse.to_dense(sparse)
    value = tf.SparseTensorValue([[0, 1]], np.array([5.0], np.float32), [2, 2])
    with SessionRunner(graph) as runner:
        assert runner.run(dense, {sparse: value}).tolist() == [[0, 5], [0, 0]]
        assert runner.run(sparse, {sparse: value}).values.tolist() == [5]
        with pytest.raises(ArgumentError, match="fetches or feed must be what a session can run"):
            runner.run(dense, {sparse: ([[0, 1, 2]], [5.0, 6.0], [[2, 2]])})
        with pytest.raises(RunError, match="sparse/"):
            runner.run(dense)


def test_unfeedable_tensor_is_refused(graph):
    x = tf.constant(1.0, name="x")
    graph.prevent_feeding(x)
    with SessionRunner(graph) as runner, pytest.raises(ArgumentError, match="may not be fed"):
        runner.run(x + 0 if not graph.finalized else "x", {x: 2.0})


def test_variable_is_fed_by_object_and_by_name(graph):
    weight = tf.get_variable("weight", initializer=1.0, use_resource=False)
    twice = weight * 2
    with SessionRunner(graph) as runner:
        assert runner.run(twice, {weight: 5.0}) == 10
        assert runner.run(twice, {"weight": 6.0}) == 12
        assert runner.run(twice) == 2


def test_only_reachable_placeholders_are_listed_once(graph):
    x = tf.placeholder(tf.float32, [], name="x")
    y = tf.placeholder(tf.float32, [], name="y")
    tf.placeholder(tf.float32, [], name="unused")
    middle = tf.add(x * x, x + y, name="middle")
    total = middle * x + x
    with SessionRunner(graph) as runner:
        with pytest.raises(
            RunError, match=r"a feed for 'x:0' [^']*, 'y:0' [^']*; fed was nothing$"
        ):
            runner.run([total, middle])
        with pytest.raises(RunError, match=r"a feed for 'x:0' [^']*; fed was middle:0$"):
            runner.run([total, middle], {middle: 1.0})


@pytest.mark.parametrize("feed", [[("x", 1)], ("x",), "x"])
def test_feed_that_is_no_mapping_is_refused(graph, feed):
    tf.placeholder(tf.float32, [], name="x")
    with SessionRunner(graph) as runner:
        told = f"run: feed must be a dict .*, got {type(feed).__name__}"
        with pytest.raises(ArgumentTypeError, match=told):
            runner.run("x", feed)


@pytest.mark.parametrize("dtype", ["float32", "int64"])
@pytest.mark.parametrize("value", [2j, [1.0, 2j]])
def test_callable_refuses_complex_values_as_run_does(graph, dtype, value):
    x = tf.placeholder(dtype, name="x")
    with SessionRunner(graph) as runner:
        call = runner.make_callable(x, ["x"])
        with pytest.raises(
            ArgumentTypeError, match=rf"feed of 'x:0' must be {dtype} .* is complex"
        ):
            call(value)
        assert call(3) == 3


def test_callable_takes_complex_values_where_they_have_a_place(graph):
    x = tf.placeholder("complex64", [2], name="x")
    with SessionRunner(graph) as runner:
        assert runner.make_callable(x, [x])([1, 2j]).tolist() == [1, 2j]
