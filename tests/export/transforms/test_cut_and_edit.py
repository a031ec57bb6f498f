"""Steps that change what is computed: cut, insert, replace, merge; then as proven as the others."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError, CorruptFileError, UnknownNameError, UnsafeFileError
from graphkit.export import Step, load_graph, transform

ROWS = np.float32([[1, 2], [-3, 4]])


def write(path, build):
    with tf.Graph().as_default() as graph:
        build()
    path.write_bytes(graph.as_graph_def().SerializeToString())
    return path


def network():
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    middle = tf.multiply(x, [2.0, 3.0], name="middle")
    tf.nn.relu(tf.subtract(middle, 1.0, name="less"), name="y")


def head():
    """Uses the first network's names, for other things."""
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    weight = tf.placeholder_with_default(2.0, [], name="weight")
    tf.reduce_sum(x * weight, axis=1, name="y")


def branches(positive):
    def build():
        x = tf.placeholder(tf.float32, [None, 2], name="x")

        @tf.function(input_signature=[tf.TensorSpec([None, 2])])
        def change(value):
            return value * positive

        change._name = "change"
        tf.identity(change(x), name="y")

    return build


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("graphs")
    return {
        "network": write(folder / "network.pb", network),
        "head": write(folder / "head.pb", head),
        "doubles": write(folder / "doubles.pb", branches(2.0)),
        "triples": write(folder / "triples.pb", branches(3.0)),
    }


@pytest.fixture
def run(files, tmp_path):
    """Takes steps, and gives what the file computes from values of its inputs."""

    def result(steps, feeds, source="network", **options):
        report = transform(files[source], tmp_path / "out.pb", steps, **options)
        assert report.max_abs_diff == 0
        with load_graph(tmp_path / "out.pb") as frozen:
            return {name: value.tolist() for name, value in frozen.run(feeds).items()}

    return result


@pytest.mark.parametrize(
    ("step", "feeds", "expected"),
    [
        ("cut:outputs=middle", {"x": ROWS}, {"middle": [[2, 6], [-6, 12]]}),
        ("cut:inputs=middle", {"middle": ROWS}, {"y": [[0, 1], [0, 3]]}),
        (
            "cut:inputs=middle,outputs=less+y",
            {"middle": ROWS},
            {"less": [[0, 1], [-4, 3]], "y": [[0, 1], [0, 3]]},
        ),
    ],
)
def test_a_part_is_what_it_was_in_the_whole(run, step, feeds, expected):
    assert run([step], feeds) == expected


def test_a_cut_after_other_steps_knows_their_names(run):
    steps = ["rename:scope=net", "cut:inputs=net/middle", "rename:old=net,new="]
    assert run(steps, {"middle": ROWS}) == {"y": [[0, 1], [0, 3]]}


def test_values_to_compare_a_part_on_come_from_the_whole(tmp_path):
    def build():
        x = tf.placeholder(tf.float32, [3], name="x")
        tf.reduce_sum(tf.boolean_mask(x, x > 0, name="some"), name="y")

    whole = write(tmp_path / "whole.pb", build)
    report = transform(
        whole, tmp_path / "out.pb", ["cut:inputs=some/GatherV2"], feeds={"x": [1, 2, -1]}
    )
    assert report.batches_checked == 1


@pytest.mark.parametrize(
    ("step", "error", "message"),
    [
        ("cut:inputs=mittel", UnknownNameError, "no tensor or op named 'mittel'"),
        ("cut:inputs=y,outputs=middle", ArgumentError, "tensors the outputs depend on"),
        ("insert:after=x,op=Sofmax", UnknownNameError, "did you mean 'Softmax'"),
        ("insert:after=z,op=Relu", UnknownNameError, "no tensor or op named 'z'"),
        ("insert:after=x,op=Mul", ArgumentError, "what tf.raw_ops.Mul takes: x, y"),
        ("insert:after=x,op=Mul,arguments=[1]", ArgumentError, "no object of JSON"),
        ("insert:after=x,op=Mul,arguments={y:1}", ArgumentError, "arguments must be JSON"),
        ('insert:after=x,op=Cast,arguments={"DstT": "int32"}', ArgumentError, "TensorFlow accepts"),
        ("insert:op=Relu", ArgumentError, "insert must be given after=VALUE"),
        ('insert:after=x,op=WriteFile,arguments={"contents": "a"}', ArgumentError, "WriteFile"),
        ("replace:node=lesss,op=Add", UnknownNameError, "did you mean 'less'"),
        ("replace:node=less", ArgumentError, "op=TYPE or value=JSON, got none of them"),
        ("replace:node=less,op=Add,value=1", ArgumentError, "got both"),
        ('replace:node=less,value="a"', ArgumentError, "an array of float32"),
        ("replace:node=less,value=[[1], [2, 3]]", ArgumentError, "an array of float32"),
        ("merge:file=FILE,connect=z=y", UnknownNameError, "input of the second graph"),
        ("merge:file=FILE,connect=x=z", UnknownNameError, "output of the first graph"),
        ("merge:file=FILE", ArgumentError, "got 1 outputs and 2 inputs"),
    ],
)
def test_edits_that_cannot_be(files, tmp_path, step, error, message):
    with pytest.raises(error) as raised:
        transform(files["network"], tmp_path / "out.pb", [step.replace("FILE", str(files["head"]))])
    assert message in str(raised.value)
    assert not (tmp_path / "out.pb").exists()


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ('insert:after=x,op=Mul,name=scaled,arguments={"y": 2}', [[3, 11], [0, 23]]),
        ("insert:after=less,op=Neg", [[0, 0], [7, 0]]),
        ('replace:node=y,op=LeakyRelu,arguments={"alpha": 0.5}', [[1, 5], [-3.5, 11]]),
        ("replace:node=less,op=AddV2", [[3, 7], [0, 13]]),
        ("replace:node=less/y,value=2", [[0, 4], [0, 10]]),
        ("replace:node=middle,value=[[4, 5]]", [[3, 4]]),
    ],
)
def test_an_edited_network_computes_what_it_says(run, step, expected):
    feeds = {} if "middle" in step else {"x": ROWS}
    assert run([step], feeds) == {"y": expected}


def test_a_node_behind_an_output_becomes_the_output(run):
    steps = ["insert:after=y,op=Neg,name=z", "fold_constants"]
    assert run(steps, {"x": ROWS}) == {"z": [[-1, -5], [0, -11]]}


def test_an_op_that_touches_files_is_not_run(files, tmp_path):
    text = write(tmp_path / "text.pb", lambda: tf.identity(tf.constant("/etc/hostname"), name="y"))
    with pytest.raises(UnsafeFileError, match="is a ReadFile"):
        transform(text, tmp_path / "out.pb", ["insert:after=y,op=ReadFile"])


def test_two_networks_become_one(run, files):
    step = Step("merge", {"file": str(files["head"]), "connect": ("x=y",)})
    found = run([step], {"x": ROWS})
    assert found == {"head/y": [12, 22]}
    assert run([step], {"x": ROWS, "head/weight": 1}) == {"head/y": [6, 11]}


def test_a_merged_network_can_be_changed_on(run, files):
    step = f"merge:file={files['head']},connect=x=y,prefix=second"
    steps = [step, "fold_constants", "rename:old=second/y,new=total", "strip_unused"]
    assert run(steps, {"x": ROWS}) == {"total": [12, 22]}


def test_outputs_that_go_nowhere_stay_outputs(run, files):
    step = f"merge:file={files['head']},connect=x=y"
    found = run([step], {"x": ROWS}, outputs=["middle", "y"])
    assert found == {"middle": [[2, 6], [-6, 12]], "head/y": [12, 22]}


def test_functions_of_one_name_stay_apart(run, files):
    found = run([f"merge:file={files['triples']}"], {"x": ROWS}, source="doubles")
    assert found == {"triples/y": (6 * ROWS).tolist()}


def test_the_same_graph_can_be_put_behind_itself(run, files):
    step = f"merge:file={files['doubles']}"
    found = run([step, step], {"x": ROWS}, source="doubles")
    assert found == {"doubles_1/y": (8 * ROWS).tolist()}


def test_an_output_that_does_not_fit_is_refused(files, tmp_path):
    def counts():
        tf.identity(tf.placeholder(tf.int32, [None], name="n"), name="y")

    whole = write(tmp_path / "whole.pb", counts)
    with pytest.raises((CorruptFileError, ArgumentError), match="int32"):
        transform(files["network"], tmp_path / "out.pb", [f"merge:file={whole}"])
    assert not (tmp_path / "out.pb").exists()
