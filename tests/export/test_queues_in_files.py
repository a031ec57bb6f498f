"""Frozen files that still hold the queue they were trained from: told, and cut off."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError, MissingFileError
from graphkit.export import freeze, inspect_file, load_graph, open_model
from graphkit.export._predicting._predict import main_input
from graphkit.export._sources._queue_shapes import set_queue_shapes


def _written(path, build):
    with tf.Graph().as_default() as graph:
        build()
    path.write_bytes(graph.as_graph_def().SerializeToString())
    return path


def _trained(dequeue):
    queue = tf.RandomShuffleQueue(9, 2, [tf.float32, tf.int64], [[3], []], name="queue")
    images, _ = dequeue(queue)
    weights = tf.constant(np.eye(3, dtype=np.float32))
    tf.matmul(tf.reshape(images, [-1, 3]), weights, name="y")


WAYS = {
    "many": (lambda queue: queue.dequeue_many(4, name="batch"), (4, 3)),
    "up_to": (lambda queue: queue.dequeue_up_to(4, name="batch"), (None, 3)),
    "one": (lambda queue: queue.dequeue(name="batch"), (3,)),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_queue_is_cut_off_and_its_shapes_are_kept(tmp_path, way):
    dequeue, shape = WAYS[way]
    source = _written(tmp_path / "dead.pb", lambda: _trained(dequeue))
    report = freeze(source, tmp_path / "m.pb", outputs="y")
    assert [(info.name, info.shape) for info in report.inputs] == [("batch", shape)]
    assert report.cut == ["batch"]
    rows = np.arange(12, dtype=np.float32).reshape(4, 3)[slice(4) if len(shape) > 1 else 0]
    with load_graph(tmp_path / "m.pb") as loaded:
        assert loaded.run({"batch": rows})["y"].ravel().tolist() == rows.ravel().tolist()


def test_a_number_of_elements_that_is_computed_stays_open(graph):
    queue = tf.FIFOQueue(4, [tf.float32], [[2]])
    taken = queue.dequeue_many(tf.placeholder(tf.int32, [], name="size"))
    bare = tf.FIFOQueue(4, [tf.float32]).dequeue()
    set_queue_shapes(graph)
    assert taken.shape.as_list() == [None, 2]
    assert bare.shape.rank is None


def test_a_model_that_reads_its_data_itself_is_no_riddle(tmp_path):
    source = _written(tmp_path / "dead.pb", lambda: _trained(WAYS["many"][0]))
    with open_model(source) as model, pytest.raises(ArgumentError) as caught:
        main_input(model)
    assert "reads its data itself, from a queue or iterator: freeze it again" in str(caught.value)
    assert "--feed" not in str(caught.value)


def test_inspect_tells_which_checkpoints_are_there(tmp_path):
    for name in ("model.ckpt-5", "model.ckpt-9"):
        (tmp_path / f"{name}.index").write_bytes(b"")
    with pytest.raises(MissingFileError, match=r"its folder holds model.ckpt-5, model.ckpt-9"):
        inspect_file(tmp_path / "model.ckpt")
