"""contrib.framework's checks and sums, contrib.testing's summaries, the model analyzer."""

from __future__ import annotations

import re

import numpy as np
import pytest

import graphkit.tf1 as tf

framework = tf.contrib.framework
testing = tf.contrib.testing
analyzer = tf.contrib.tfprof.model_analyzer


@pytest.mark.parametrize("dtype", [tf.int8, tf.uint8, tf.int16, tf.int32, tf.int64])
def test_every_kind_of_integer_scalar_is_one(graph, dtype):
    scalar = tf.placeholder(dtype, [])
    assert framework.assert_scalar_int(scalar) is scalar


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (2.5, "Expected integer type for .*float32"),
        (True, "Expected integer type for .*bool"),
        ("a", "Expected integer type for .*string"),
        ([2], r"Expected scalar shape for .*\(1,\)"),
        ([[2, 3]], r"Expected scalar shape for .*\(1, 2\)"),
    ],
)
def test_what_is_no_integer_scalar_is_refused_by_name(graph, value, message):
    with pytest.raises(ValueError, match=message):
        framework.assert_scalar_int(value)


def test_a_scalar_of_unknown_rank_is_refused(graph):
    with pytest.raises(ValueError, match=r"Expected scalar shape for n:0, received <unknown>"):
        framework.assert_scalar_int(tf.placeholder(tf.int32, name="n"))


def test_placeholders_are_found_in_scopes_and_alone(graph):
    with tf.name_scope("a"):
        inner = tf.placeholder(tf.float32)
    outer = tf.placeholder(tf.int32, [2])
    tf.placeholder_with_default(1.0, [])  # an op of another type
    assert framework.get_placeholders(graph) == [inner, outer]
    assert framework.get_placeholders(tf.Graph()) == []


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int32])
def test_sums_keep_the_type_and_take_any_shape(session, dtype):
    parts = [np.arange(6).reshape(2, 3), np.array(4), np.arange(3), np.zeros([0, 2])]
    made = framework.reduce_sum_n([tf.constant(part.astype(dtype)) for part in parts])
    found = session.run(made)
    assert (found, found.dtype, made.shape.as_list()) == (15 + 4 + 3, dtype, [])


def test_gradients_pass_a_sum_and_a_check(session):
    x = tf.constant([[1.0, 2.0]])
    checked = framework.with_shape(tf.constant([1, 2]), x)
    total = framework.reduce_sum_n([checked * 3.0, x])
    np.testing.assert_array_equal(session.run(tf.gradients(total, x)[0]), [[4.0, 4.0]])


SHAPES = [
    ([2, 3], [2, 3], True),
    ([None, 3], [2, 3], True),
    ([None, None], [2, 3], True),
    (None, [2, 3], True),
    (None, [], False),
    ([None, 3], [3, 3], False),
    (None, [3, 2], False),
    (None, [2, 3, 1], False),
]


@pytest.mark.parametrize(("known", "wanted", "right"), SHAPES)
@pytest.mark.parametrize("as_tensor", [True, False])
def test_a_shape_is_checked_when_the_graph_runs(session, known, wanted, right, as_tensor):
    x = tf.placeholder(tf.float32, known)
    shape = tf.placeholder(tf.int32, [len(wanted)]) if as_tensor else wanted
    checked = framework.with_shape(shape, x)
    given = {x: np.ones([2, 3])}
    if as_tensor:
        given[shape] = np.array(wanted, np.int32)
    if right:
        assert session.run(checked, given).shape == (2, 3)
    else:
        # Another rank is the comparison's own error.
        message = "Wrong shape" if len(wanted) == 2 else "Incompatible shapes"
        with pytest.raises(tf.errors.InvalidArgumentError, match=message):
            session.run(checked, given)


@pytest.mark.parametrize("wanted", [[3], [2, 2, 1], [3, 2], []])
def test_a_known_shape_is_checked_at_once(graph, wanted):
    with pytest.raises(ValueError, match=re.escape(f"expected {wanted}, got (2, 2)")):
        framework.with_shape(wanted, tf.zeros([2, 2]))
    with pytest.raises(ValueError, match="Wrong shape for zeros"):
        framework.with_same_shape(tf.zeros(wanted), tf.zeros([2, 2], name="zeros"))


class TestPythonFunctions:
    def test_structures_go_in_and_come_out(self, session):
        def swap(pair, scale=1.0, more=()):
            first, second = pair
            return {"b": second * scale, "a": (first, np.float32(len(more)))}

        made = framework.py_func(
            swap,
            [(tf.constant([1.0]), tf.constant([2.0, 3.0]))],
            {"scale": tf.constant(10.0), "more": [tf.constant(1), tf.constant(2)]},
            {"b": tf.float32, "a": (tf.float32, tf.float32)},
            {"b": [None], "a": ([1], [])},
        )
        found = session.run(made)
        assert found["b"].tolist() == [20, 30]
        assert (found["a"][0].tolist(), found["a"][1]) == ([1], 2)
        assert made["a"][0].shape.as_list() == [1]
        assert made["b"].shape.as_list() == [None]

    def test_errors_keep_their_message(self, session):
        def fail(_):
            raise ValueError("no such thing")

        made = framework.py_func(fail, [tf.constant(1.0)], output_types=tf.float32)
        with pytest.raises(tf.errors.InvalidArgumentError, match="no such thing"):
            session.run(made)

    @pytest.mark.parametrize(("stateful", "kind"), [(True, "PyFunc"), (False, "PyFuncStateless")])
    def test_an_op_says_whether_two_calls_may_differ(self, session, stateful, kind):
        made = framework.py_func(
            np.negative, [tf.constant(2.0)], output_types=tf.float32, stateful=stateful, name="n"
        )
        assert (made.op.type, made.op.name) == (kind, "n")
        assert session.run(made) == -2

    def test_nothing_may_go_in(self, session):
        made = framework.py_func(lambda: np.int64(7), output_types=tf.int64, output_shapes=[])
        assert (session.run(made), made.shape.as_list()) == (7, [])


def write(folder, suffix, *steps):
    """An event file with the numbers of each step; 1.15 wrote them as simple values."""
    with tf.summary.FileWriter(str(folder), filename_suffix=suffix) as writer:
        for step, numbers in steps:
            values = [tf.Summary.Value(tag=t, simple_value=n) for t, n in numbers.items()]
            writer.add_summary(tf.Summary(value=values), step)


def test_the_numbers_a_program_wrote_last_are_found(graph, tmp_path):
    write(tmp_path, ".one", (1, {"loss": 4.0, "rate": 0.5}), (3, {"loss": 1.0}), (2, {"loss": 2.0}))
    events = testing.latest_events(str(tmp_path))
    assert [event.step for event in events if event.HasField("summary")] == [1, 3, 2]
    found = testing.latest_summaries(str(tmp_path))
    assert len(found) == len(events) - 1  # the first event is the file's version
    numbers = testing.simple_values_from_events(found, ["loss", "rate", "none"])
    assert numbers == {"loss": 1.0, "rate": 0.5}
    assert testing.simple_values_from_events(found, []) == {}


def test_a_folder_with_a_name_like_a_pattern_is_looked_into(graph, tmp_path):
    folder = tmp_path / "run[1]*"
    assert testing.latest_event_file(str(folder)) is None
    assert testing.latest_events(str(folder)) == testing.latest_summaries(str(folder)) == []
    write(folder, ".x", (1, {"a": 1.0}))
    assert testing.latest_event_file(str(folder)).endswith(".x")


def test_a_summary_that_is_no_number_is_refused(session):
    made = tf.summary.histogram("weights", [1.0, 2.0])
    summary = testing.to_summary_proto(session.run(made))
    event = tf.Event(step=1, summary=summary)
    with pytest.raises(ValueError, match="weights is not a simple_value"):
        testing.simple_values_from_events([event], ["weights"])
    assert testing.simple_values_from_events([event], ["other"]) == {}


def test_summaries_are_compared_to_two_places(session):
    text = session.run(tf.summary.merge([tf.summary.scalar(t, 0.123) for t in "ab"]))
    summary = testing.to_summary_proto(text)
    testing.assert_summary(["a", "b"], {"a": 0.1249, "unknown": 9.0}, summary)
    with pytest.raises(AssertionError, match="a"):
        testing.assert_summary(["a", "b"], {"a": 0.2}, summary)
    with pytest.raises(ValueError, match=r"Expected tags .*'a'"):
        testing.assert_summary(["a"], {}, summary)


def quiet(options):
    return {**options, "output": "none"}


def test_parameters_are_counted_scope_by_scope(graph):
    with tf.variable_scope("net"):
        tf.get_variable("w", [4, 5])
        tf.get_variable("b", [5])
    tf.get_variable("still", [7], trainable=False)
    options = quiet(analyzer.TRAINABLE_VARS_PARAMS_STAT_OPTIONS)
    found = analyzer.print_model_analysis(graph, tfprof_options=options)
    assert found.total_parameters == 25
    (net,) = found.children
    assert {child.name: child.parameters for child in net.children} == {"net/w": 20, "net/b": 5}


@pytest.mark.parametrize("command", ["scope", "op"])
def test_products_are_counted_in_operations(graph, command):
    tf.matmul(tf.zeros([2, 3]), tf.zeros([3, 4]), name="product")
    options = quiet(analyzer.FLOAT_OPS_OPTIONS)
    found = analyzer.print_model_analysis(graph, tfprof_cmd=command, tfprof_options=options)
    assert found.total_float_ops == 2 * 2 * 3 * 4
