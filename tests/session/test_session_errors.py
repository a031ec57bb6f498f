"""Run errors: graphkit's and TensorFlow's class at once, with the op, its line and the cause."""

import pickle

import pytest

from graphkit._tf import tf
from graphkit.errors import RunError
from graphkit.session import SessionConfig, SessionRunner
from graphkit.session._origin import op_line, raising_line
from graphkit.session._translate import op_of, root_cause, translated

HERE = __file__.rsplit("/", 1)[-1]

KINDS = [
    kind
    for kind in vars(tf.errors).values()
    if isinstance(kind, type) and issubclass(kind, tf.errors.OpError) and kind != tf.errors.OpError
]


def test_failed_op_is_named_with_its_line_and_cause(graph):
    picked = tf.gather([1, 2], tf.placeholder(tf.int32, [], name="which"), name="picked")
    with SessionRunner(graph) as runner:
        with pytest.raises(RunError) as caught:
            runner.run(picked, {"which": 7})
    assert isinstance(caught.value, tf.errors.InvalidArgumentError)
    text = str(caught.value)
    assert text.startswith("picked (GatherV2, ")
    assert f"{HERE}:" in text
    assert text.endswith("indices = 7 is not in [0, 2)")
    assert caught.value.message == text
    assert caught.value.op is picked.op
    assert caught.value.error_code == tf.errors.INVALID_ARGUMENT
    assert isinstance(caught.value.__cause__, tf.errors.InvalidArgumentError)


def test_op_inside_a_function_has_only_its_cause(graph):
    x = tf.placeholder(tf.float32, [], name="x")
    check = tf.debugging.assert_positive(x, message="x is a length")
    with (
        SessionRunner(graph) as runner,
        pytest.raises(RunError, match=r"assertion failed.*x is a le"),
    ):
        runner.run(check, {"x": -1.0})


def test_uninitialised_variable_says_what_to_do(graph):
    for use_resource in (True, False):
        tf.get_variable(f"v{use_resource}", initializer=1.0, use_resource=use_resource)
    with SessionRunner(graph, initialize=False) as runner:
        for name in ("vTrue", "vFalse"):
            with pytest.raises(
                tf.errors.FailedPreconditionError, match=rf"{name}.*initialize=True"
            ):
                runner.run(name)


def test_impossible_device_is_named_with_those_there(graph):
    with tf.device("/gpu:7"):
        tf.identity(1.0, name="far")
    config = SessionConfig(soft_placement=False, cpu_devices=2)
    with SessionRunner(graph, config=config) as runner:
        with pytest.raises(
            RunError,
            match=r"^far .*asked for /device:GPU:7, .* it has /device:CPU:0, /device:CPU:1\.",
        ):
            runner.run("far")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_class_of_tensorflow_is_kept(kind):
    error = kind(None, None, "why")
    told = translated(error, "in plain words")
    assert isinstance(told, kind)
    assert isinstance(told, RunError)
    assert str(told) == told.message == "in plain words"
    assert type(told).__name__ == kind.__name__
    assert type(translated(error, "again")) is type(told)


def test_translated_error_is_not_translated_again():
    told = translated(RuntimeError("x"), "y")
    assert translated(told, "z") is told


@pytest.mark.parametrize(
    "original", [tf.errors.OutOfRangeError(None, None, "x"), RuntimeError("x")]
)
def test_translated_error_can_be_pickled(original):
    told = pickle.loads(pickle.dumps(translated(original, "the end")))
    assert isinstance(told, type(original))
    assert isinstance(told, RunError)
    assert str(told) == "the end"


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        ("plain", "plain"),
        ("Graph execution error:\n\nbad\n\t [[{{node a}}]]", "bad"),
        (
            "Graph execution error:\n\nDetected at node 'a' defined at (most recent call last):\n"
            "    File \"x.py\", line 1\nNode: 'a'\nbad\nvery\n\t [[{{node a}}]]\n\n"
            "Original stack trace for 'a':\n  File \"x.py\", line 1\n",
            "bad\nvery",
        ),
        (
            "2 root error(s) found.\n  (0) INVALID_ARGUMENT:  bad\n\t [[{{node a}}]]\n"
            "\t [[b/_5]]\n  (1) INVALID_ARGUMENT:  bad\n\t [[{{node a}}]]\n"
            "0 successful operations.",
            "bad",
        ),
        ("2 root error(s) found.\n  (0) Not found: gone\n\t [[node a]]", "gone"),
    ],
)
def test_root_cause_is_freed_of_node_lists(message, cause):
    assert root_cause(message) == cause


def test_two_failing_ops_give_one_cause(graph):
    which = tf.placeholder(tf.int32, [], name="which")
    both = [tf.gather([1, 2], which, name=name) for name in ("a", "b")]
    with SessionRunner(graph) as runner, pytest.raises(RunError) as caught:
        runner.run(both, {which: 5})
    assert str(caught.value).endswith("indices = 5 is not in [0, 2)")


def test_line_is_the_users_own(graph):
    made = tf.reduce_mean([1.0])
    assert op_line(made.op).rsplit(":", 1)[0].endswith(HERE)


@pytest.mark.parametrize("message", ["no op at all", "[[{{node elsewhere}}]]"])
def test_error_without_an_op_of_the_graph_has_only_its_cause(graph, message):
    assert op_of(tf.errors.InternalError(None, None, message), graph) is None


def test_op_from_a_file_has_no_line(graph):
    definition = tf.Graph()
    with definition.as_default():
        tf.constant(1, name="one")
    tf.import_graph_def(definition.as_graph_def(), name="")
    op = graph.get_operation_by_name("one")
    assert op_line(op) is None or HERE in op_line(op)


def test_line_of_an_error_without_user_code_is_unknown():
    assert raising_line(None) is None


def test_session_of_another_graph_is_explained():
    with tf.Graph().as_default():
        stranger = tf.constant(1)
    with (
        SessionRunner(tf.Graph()) as runner,
        pytest.raises(RuntimeError, match="graph of this session is empty"),
    ):
        runner.run(stranger)


def test_session_closed_inside_is_explained(graph):
    tf.constant(1, name="one")
    with SessionRunner(graph) as runner:
        runner.session.close()
        with pytest.raises(RuntimeError, match="the session is closed; run inside"):
            runner.run("one")


def test_error_of_a_python_function_keeps_its_text(graph):
    def fail():
        raise ValueError("not on Sundays")

    tf.py_func(fail, [], tf.int64, name="calls")
    with SessionRunner(graph) as runner, pytest.raises(RunError, match=r"calls.*not on Sundays"):
        runner.run("calls")


def test_other_errors_pass_as_they_are(graph):
    class Stubborn:
        def __array__(self, dtype=None, copy=None):
            raise ZeroDivisionError("no array today")

    x = tf.placeholder(tf.float32, [], name="x")
    with SessionRunner(graph) as runner, pytest.raises(ZeroDivisionError, match="no array today"):
        runner.run(x, {x: Stubborn()})
