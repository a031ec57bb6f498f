"""What people run into, provoked in TensorFlow itself, and how each failure is told."""

from __future__ import annotations

import subprocess
import sys
import threading

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.port._explanations import explain
from graphkit.port._failure import describe_failure

FLOAT = tf.AttrValue(type=tf.float32.as_datatype_enum)


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def explained(source, **names):
    """Runs source as the user's program; returns what its failure is explained with."""
    space = {"tf": tf, "np": np, **names}
    with pytest.raises(Exception) as caught:
        exec(compile(source, "/home/me/train.py", "exec"), space)
    known = explain(caught.value)
    assert known is not None, caught.value
    text = describe_failure(caught.value, caught.value.__traceback__)
    assert f"graphkit: {known.cause}\n          what helps: {known.remedy}\n" in text
    return f"{known.cause}: {known.remedy}"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("tf.Session().run(tf.get_variable('w', [1]))", "before it has a value"),
        ("tf.Session().run(tf.get_variable('w', [1], use_resource=False))", "before it has a val"),
        ("tf.get_default_graph().finalize()\ntf.constant(1)", "build that op once"),
        ("tf.Session().run('x')", "another graph, or ran eagerly"),
        ("tf.get_variable('w', [1])\ntf.get_variable('w', [1])", "reuse=tf.AUTO_REUSE"),
        (
            "with tf.variable_scope('a', reuse=True): tf.get_variable('w', [1])",
            "call minimize() outside of the scope",
        ),
        ("x = tf.constant(1)\ns = tf.Session()\ns.close()\ns.run(x)", "with tf.Session()"),
        (
            "x = tf.constant(1)\n"
            "with tf.Graph().as_default():\n    tf.constant(2)\n    tf.Session().run(x)",
            "tensors of two graphs",
        ),
        (
            "x = tf.constant(1)\nwith tf.Graph().as_default(): tf.placeholder(tf.int32) + x",
            "tensors of two graphs",
        ),
        ("x = tf.placeholder(tf.float32)\ntf.Session().run(x)", "add it to feed_dict"),
        (
            "x = tf.placeholder(tf.float32)\ntf.Session().run(x, {x: tf.constant(1.0)})",
            "feed sess.run(tensor)",
        ),
        (
            "x = tf.placeholder(tf.float32, [2])\ntf.Session().run(x, {x: np.zeros(3)})",
            "reshape the array",
        ),
        ("tf.constant(np.broadcast_to(np.float32(0), [2**29]))", "as constants"),
        # What filling such a tensor ends with, after TensorFlow has tried for 20 seconds.
        (
            "raise tf.errors.ResourceExhaustedError(None, None, "
            "'OOM when allocating tensor with shape[1048576,1048576,8] and type float')",
            "memory ran out",
        ),
        ("tf.Session().run(tf.read_file('gone.png'))", "a file the program reads is not there"),
        ("open('gone.csv')", "a file the program reads is not there"),
        ("tf.Session().run(tf.image.decode_jpeg(b'<html>'))", "the page of a failed download"),
        (
            "tf.Session().run(tf.nn.embedding_lookup(tf.zeros([3, 2]), [5]))",
            "the size of the vocabulary",
        ),
        (
            "f = tf.nn.sparse_softmax_cross_entropy_with_logits\n"
            "tf.Session().run(f(labels=[7], logits=[[1.0, 2.0]]))",
            "the number of classes",
        ),
        ("tf.Session().run(tf.check_numerics(tf.log(-1.0), 'loss'))", "clip gradients"),
    ],
)
def test_failures_of_graphs_and_sessions(graph, source, words):
    assert words in explained(source)


@pytest.mark.parametrize(
    "source",
    [
        "print(tf.constant(1).numpy())",
        "for x in tf.constant([1, 2]): print(x)",
        "if tf.placeholder(tf.float32) > 1: print('larger')",
        "float(tf.placeholder(tf.float32))",
        "[row for row in tf.data.Dataset.range(3)]",
    ],
)
def test_eager_work_in_a_graph_is_told_of_the_other_mode(graph, source):
    assert explained(source).endswith("use --mode v2")


@pytest.mark.parametrize(
    "source", ["tf.placeholder(tf.float32)", "tf.train.string_input_producer(['a'])"]
)
def test_graph_work_while_eager_is_told_of_the_other_mode(source):
    assert explained(source).endswith("use --mode v1")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("tf.get_default_graph().get_tensor_by_name('x:0')", "graphkit inspect FILE"),
        ("tf.get_default_graph().get_operation_by_name('x')", "graphkit inspect FILE"),
        ("tf.constant(1, name='x').graph.get_tensor_by_name('x')", "write :0 behind the name"),
        (
            "with tf.Session() as s:\n"
            "    tf.graph_util.convert_variables_to_constants(s, s.graph_def, ['logits'])",
            "no op of that name",
        ),
        ("tf.GraphDef().ParseFromString(b'version https://git-lfs.github.com')", "Git LFS"),
        ("tf.saved_model.loader.load(tf.Session(), ['serve'], 'gone')", "saved_model.pb in it"),
    ],
)
def test_failures_of_saved_graphs(graph, source, words):
    assert words in explained(source)


def test_a_saved_model_without_the_tags(graph):
    tf.get_variable("w", [1])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        builder = tf.saved_model.builder.SavedModelBuilder("out")
        builder.add_meta_graph_and_variables(session, ["train"])
        builder.save()
    words = explained("tf.saved_model.loader.load(tf.Session(), ['serve'], 'out')")
    assert "the tags it was written with" in words


def graph_def(*nodes):
    """Makes a graph of nodes as (op, name, inputs, attributes)."""
    made = tf.GraphDef()
    for op, name, inputs, attributes in nodes:
        node = made.node.add(op=op, name=name)
        node.input.extend(inputs)
        for key, value in attributes.items():
            node.attr[key].CopyFrom(value)
    return made


@pytest.mark.parametrize(
    "reader",
    [
        ("Assign", "assign", ["c", "c"], {"T": FLOAT}),
        ("ReadVariableOp", "read", ["c"], {"dtype": FLOAT}),
    ],
)
def test_a_frozen_graph_with_training_ops(graph, reader):
    value = tf.AttrValue(tensor=tf.make_tensor_proto(1.0))
    frozen = graph_def(("Const", "c", [], {"dtype": FLOAT, "value": value}), reader)
    assert "graphkit freeze" in explained("tf.import_graph_def(frozen)", frozen=frozen)


def test_a_graph_with_an_op_of_contrib(graph):
    frozen = graph_def(("Resampler2000", "r", [], {}))
    words = explained("tf.import_graph_def(frozen)", frozen=frozen)
    assert "build the graph by the code it came from" in words


@pytest.fixture
def checkpoint(graph):
    """A checkpoint of one variable `w` of two numbers."""
    with tf.Graph().as_default(), tf.Session() as session:
        session.run(tf.get_variable("w", [2], use_resource=False).initializer)
        return tf.train.Saver().save(session, "./model")


@pytest.mark.parametrize(
    ("name", "size", "path", "words"),
    [
        ("w", 2, "./model.meta", "the part before .index"),
        ("w", 2, "./model.data-00000-of-00001", "the part before .index"),
        ("w", 2, "./gone", "no checkpoint at that path"),
        ("w", 2, None, "the file named checkpoint is missing"),
        ("other", 2, "./model", "graphkit inspect CHECKPOINT"),
        ("w", 3, "./model", "restore the other variables only"),
    ],
)
def test_failures_of_checkpoints(checkpoint, name, size, path, words):
    source = (
        "tf.get_variable(name, [size], use_resource=False)\n"
        "with tf.Session() as session: tf.train.Saver().restore(session, path)"
    )
    assert words in explained(source, name=name, size=size, path=path)


def test_a_damaged_record(tmp_path):
    (tmp_path / "bad.tfrecord").write_bytes(b"no record at all")
    words = explained("list(tf.python_io.tf_record_iterator('bad.tfrecord'))")
    assert "graphkit records show FILE" in words
    done = subprocess.run(
        [sys.executable, "-m", "graphkit", "records", "show", "bad.tfrecord"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "bad.tfrecord" in done.stderr  # the command that helps exists, and helps


@pytest.mark.parametrize("held", ["another", "label"])
def test_records_with_other_features(graph, held):
    example = tf.train.Example()
    example.features.feature[held].bytes_list.value.append(b"cat")
    source = (
        "features = {'label': tf.FixedLenFeature([], tf.int64)}\n"
        "tf.Session().run(tf.parse_single_example(record, features))"
    )
    words = explained(source, record=example.SerializeToString())
    assert "which features they hold, and their types" in words


def test_a_queue_that_ends_before_a_batch_is_full(graph):
    source = (
        "name = tf.train.string_input_producer(['a', 'b'], num_epochs=1).dequeue()\n"
        "name.set_shape([])\n"
        "batch = tf.train.shuffle_batch([name], 4, 8, 1)\n"
        "with tf.Session() as session:\n"
        "    session.run(tf.local_variables_initializer())\n"
        "    coordinator = tf.train.Coordinator()\n"
        "    threads = tf.train.start_queue_runners(session, coordinator)\n"
        "    try:\n"
        "        session.run(batch)\n"
        "    finally:\n"
        "        coordinator.request_stop()\n"
        "        coordinator.join(threads)\n"
    )
    assert "the reading threads stopped before a batch was full" in explained(source)


def test_threads_that_outlive_their_coordinator():
    never = threading.Event()
    thread = threading.Thread(target=never.wait)
    thread.start()
    source = (
        "coordinator = tf.train.Coordinator()\n"
        "coordinator.request_stop()\n"
        "coordinator.join([thread], stop_grace_period_secs=0.1)"
    )
    try:
        assert "cancel_pending_enqueues=True" in explained(source, thread=thread)
    finally:
        never.set()
        thread.join()


def test_a_device_that_is_not_there(graph):
    source = (
        "with tf.device('/device:GPU:7'): w = tf.Variable(1.0, use_resource=False)\n"
        "tf.Session().run(w.initializer)"
    )
    assert "allow_soft_placement=True" in explained(source)


def test_opencv_meets_an_op_it_does_not_know(graph, tmp_path):
    cv2 = pytest.importorskip("cv2")
    if not hasattr(cv2.dnn, "readNetFromTensorflow"):
        pytest.skip("this OpenCV reads no graphs")
    tf.lbeta(tf.nn.softmax(tf.placeholder(tf.float32, [1, 4], name="x")))
    (tmp_path / "net.pb").write_bytes(graph.as_graph_def().SerializeToString())
    source = (
        "net = cv2.dnn.readNetFromTensorflow('net.pb')\n"
        "net.setInput(np.zeros((1, 4), np.float32))\n"
        "net.forward()"
    )
    assert "not every op" in explained(source, cv2=cv2)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        pytest.param(
            "np.array([1], np.uint8) + 300",
            "NumPy 1 wrapped it",
            marks=pytest.mark.skipif(np.__version__ < "2", reason="NumPy 1 wraps it"),
        ),
        ("np.save('x.npy', np.array([{}]))\nnp.load('x.npy')", "--allow-pickle"),
        ("import a_package_nobody_has", "install it with pip"),
    ],
)
def test_failures_of_the_neighbours(source, words):
    assert words in explained(source)
