"""What inspect_file tells of graphs that 1.15.5 wrote: loops, training, devices, memory, scopes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError, CorruptFileError
from graphkit.export import TensorInfo, inspect_file
from graphkit.export._graphs._op_kinds import is_training
from graphkit.export._inspection._tree import parameter_tree
from graphkit.records import RecordWriter

GOLDEN = Path(__file__).parents[1] / "golden"
STORED = GOLDEN / "stored"
META = GOLDEN / "export" / "convnet" / "model.ckpt-6.meta"


@pytest.fixture(scope="module")
def trained():
    return inspect_file(META).details


def _written(path, graph_def):
    path.write_bytes(graph_def.SerializeToString())
    return path


def test_the_numbers_are_those_of_the_graph(trained):
    meta = tf.MetaGraphDef.FromString(META.read_bytes())
    assert trained.nodes == len(meta.graph_def.node)
    assert trained.producer == meta.graph_def.versions.producer
    assert trained.tensorflow == meta.meta_info_def.tensorflow_version == "1.15.5"
    for op, count in trained.ops.items():
        assert count == sum(node.op == op for node in meta.graph_def.node)


def test_weights_and_their_memory(trained):
    shapes = {"conv/kernel": (3, 3, 2, 3), "logits/bias": (3,), "global_step": ()}
    found = {info.name: info for info in trained.weights}
    assert {name: found[name].shape for name in shapes} == shapes
    assert found["global_step"].dtype == "int64"
    elements = sum(int(np.prod(info.shape)) for info in trained.weights)
    assert (trained.parameters, trained.parameter_bytes) == (elements, 4 * elements + 4)


def test_what_serves_training_alone_is_counted(trained):
    assert trained.training_ops["ApplyMomentum"] == 5
    assert trained.training_ops["Conv2DBackpropFilter"] == 1
    assert trained.training_ops["SaveV2"] == 1
    assert {"Conv2D", "Relu", "Const", "VariableV2"}.isdisjoint(trained.training_ops)


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        ("AssignVariableOp", True),
        ("ResourceApplyAdam", True),
        ("MergeSummary", True),
        ("ScalarSummary", True),
        ("RestoreV2", True),
        ("FusedBatchNormGradV3", True),
        ("MaxPoolGrad", True),
        ("Conv2DBackpropInput", True),
        ("FusedBatchNormV3", False),
        ("MaxPool", False),
        ("StopGradient", False),
        ("Placeholder", False),
    ],
)
def test_ops_of_training(op, expected):
    assert is_training(op) is expected


def test_control_flow_and_devices(trained):
    assert trained.control_flow == {"Switch": 11, "Merge": 4, "RefSwitch": 2}
    assert trained.devices == {"/device:CPU:0": 3}
    loop = inspect_file(STORED / "loop.pb").details
    assert {"Enter", "Exit", "LoopCond", "Merge", "NextIteration", "Switch"} == set(
        loop.control_flow
    )
    assert loop.outputs == ["chosen/Merge"]  # without the counter, which depends on no input


def test_functions_are_looked_into(tmp_path):
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [], name="x")
        branches = [lambda: tf.io.read_file("f"), lambda: tf.constant("none")]
        tf.compat.v2.cond(x > 0, *branches, name="chosen")
    details = inspect_file(_written(tmp_path / "m", graph.as_graph_def())).details
    assert set(details.control_flow) & {"If", "StatelessIf"}
    (unsafe,) = details.unsafe_ops
    assert unsafe.endswith("ReadFile (ReadFile)")
    assert "/" in unsafe


@pytest.mark.parametrize("file", ["old.pb", "old.pbtxt"])
def test_text_and_bytes_tell_the_same(file):
    details = inspect_file(STORED / file).details
    assert details == inspect_file(STORED / "old.pb").details
    assert details.parameters == 2 * (12 + 3 + 9 + 3 + 6)


def test_a_saved_model_of_tensorflow_1():
    report = inspect_file(GOLDEN / "old_graphs" / "saved_model")
    assert report.kind == "SavedModel"
    assert report.details.signatures == []
    assert report.details.tensorflow == "1.15.5"


def test_a_saved_model_of_several_meta_graphs_tells_the_signatures_of_all(tmp_path):
    saved = tf.MetaGraphDef()
    saved.graph_def.node.add(name="x", op="Placeholder")
    saved.meta_info_def.tags.append("gpu")
    signature = saved.signature_def["b"]
    signature.inputs["one"].name = "x:0"
    signature.inputs["one"].dtype = 9
    signature.inputs["one"].tensor_shape.unknown_rank = True
    one = saved.SerializeToString()
    other = saved.SerializeToString().replace(b"gpu", b"tpu")
    parts = b"".join(b"\x12" + bytes([len(part)]) + part for part in (one, other))
    (tmp_path / "saved_model.pb").write_bytes(b"\x08\x01" + parts)
    found = inspect_file(tmp_path).details.signatures
    assert [(s.name, s.tags) for s in found] == [("b", ["gpu"]), ("b", ["tpu"])]
    assert found[0].inputs == {"one": TensorInfo("x:0", "int64", None)}


def test_scopes_are_drawn_as_a_tree():
    variables = [
        TensorInfo("net/a/w", "float32", (2, 3)),
        TensorInfo("net/a/w/Adam", "float32", (2, 3)),
        TensorInfo("net/b", "int64", (None, 1000)),
        TensorInfo("step", "int64", ()),
        TensorInfo("open", "float32", None),
    ]
    assert parameter_tree(variables) == [
        "net/  12",
        "  a/  12",
        "    w  12  float32 [2, 3]",
        "      Adam  6  float32 [2, 3]",
        "  b  0  int64 [None, 1000]",
        "step  1  int64 []",
        "open  1  float32",
    ]


@pytest.mark.parametrize(
    ("file", "line"),
    [
        (META, "  kernel  108  float32 [3, 3, 2, 3]"),
        (GOLDEN / "export" / "version_1.ckpt", "  kernel  108  float32 [3, 3, 2, 3]"),
        (GOLDEN / "export" / "recurrent.pb", "    kernel  84  float32 [7, 12]"),
    ],
)
def test_graphs_and_checkpoints_have_a_tree(file, line):
    assert line in inspect_file(file).to_tree().splitlines()


def test_records_have_none(tmp_path):
    with RecordWriter(tmp_path / "r") as writer:
        writer.write(b"record")
    with pytest.raises(ArgumentError, match="a graph or a checkpoint, which have variables"):
        inspect_file(tmp_path / "r").to_tree()


@pytest.mark.parametrize(
    "attr",
    [b"\x32", b"\x3a\x05\x12", b"\x42\x04\x12\x02\x12\x09", b"\x42\x05\x08\x01\x22\x01x"],
)
def test_damaged_attributes_are_refused(tmp_path, attr):
    entry = b"\x0a\x05dtype\x12\x02\x30\x01"
    value = b"\x0a\x05value\x12" + bytes([len(attr)]) + attr
    entries = b"".join(b"\x2a" + bytes([len(one)]) + one for one in (entry, value))
    node = b"\x0a\x01c\x12\x05Const" + entries
    (tmp_path / "m").write_bytes(b"\x0a" + bytes([len(node)]) + node)
    with pytest.raises(CorruptFileError, match="m: is damaged, or not "):
        inspect_file(tmp_path / "m")


def test_a_large_constant_is_not_read(tmp_path):
    graph_def = tf.GraphDef()
    graph_def.node.add(name="x", op="Placeholder")
    weight = graph_def.node.add(name="w", op="Const")
    weight.attr["dtype"].type = 1
    weight.attr["value"].tensor.dtype = 1
    weight.attr["value"].tensor.float_val.append(0.5)
    for size in (2**20, 2**20, 2**20):
        weight.attr["value"].tensor.tensor_shape.dim.add(size=size)
    details = inspect_file(_written(tmp_path / "m", graph_def)).details
    assert (details.parameters, details.parameter_bytes) == (2**60, 2**62)


def test_tensorflow_is_not_needed():
    files = [META, STORED / "old.pb", STORED / "old", GOLDEN / "old_graphs" / "saved_model"]
    code = (
        "import sys; from graphkit.export import inspect_file; "
        f"[inspect_file(path).to_text() for path in {[str(file) for file in files]!r}]; "
        "sys.exit('tensorflow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=120).returncode == 0
