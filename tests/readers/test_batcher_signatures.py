"""The batching functions have TensorFlow's signatures, and hand on every argument they have."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from graphkit import readers
from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError, NoGraphError

NAMES = [
    *("batch", "batch_join", "shuffle_batch", "shuffle_batch_join"),
    *("maybe_batch", "maybe_batch_join", "maybe_shuffle_batch", "maybe_shuffle_batch_join"),
]
# What each needs at least, beside its tensors.
NEEDED = {"batch_size": 2, "capacity": 8, "min_after_dequeue": 4, "keep_input": True}


def arguments(name, **changed):
    """The arguments of a call, by name, in the forms that take them."""
    known = inspect.signature(getattr(readers, name)).parameters
    example = [tf.constant([1.0, 2.0])]
    first = {"tensors_list": [example]} if name.endswith("join") else {"tensors": example}
    wanted = {key: value for key, value in {**NEEDED, **changed}.items() if key in known}
    return {**first, **wanted}


def built(function, **changed):
    return getattr(readers, function)(**arguments(function, **changed))


def queue_of(batch):
    return batch.graph.get_collection(tf.GraphKeys.QUEUE_RUNNERS)[-1].queue.queue_ref.op


@pytest.mark.parametrize("name", NAMES)
def test_signature_is_tensorflows(name):
    ours = inspect.signature(getattr(readers, name)).parameters.values()
    theirs = inspect.signature(getattr(tf.train, name)).parameters.values()
    assert [(p.name, p.default) for p in ours] == [(p.name, p.default) for p in theirs]


def refusals():
    """Each function with each of its numbers out of range, and what is said about it."""
    for name in NAMES:
        yield name, "batch_size", 0, "an int of at least 1, got 0"
        yield name, "capacity", 0, "a positive int, or a negative one for no bound, got 0"
        if not name.endswith("join"):
            yield name, "num_threads", 0, "an int of at least 1, got 0"
        if "shuffle" in name:
            yield name, "min_after_dequeue", -1, "an int of at least 0, got -1"
            yield name, "min_after_dequeue", 8, r"less than the capacity \(8\), got 8"


@pytest.mark.parametrize(("name", "argument", "value", "told"), [*refusals()])
def test_number_out_of_range_is_refused_before_any_node(graph, name, argument, value, told):
    call = {**arguments(name), argument: value}
    nodes = len(graph.get_operations())
    with pytest.raises(ArgumentError, match=f"^{name}: {argument} must be {told}$"):
        getattr(readers, name)(**call)
    assert len(graph.get_operations()) == nodes


@pytest.mark.parametrize("name", NAMES)
def test_number_of_another_type_is_refused(graph, name):
    with pytest.raises(ArgumentTypeError, match=f"^{name}: batch_size must be an int .*got '2'$"):
        built(name, batch_size="2")


@pytest.mark.parametrize("name", NAMES)
def test_queues_need_a_graph(name):
    with tf.Graph().as_default():
        call = arguments(name)
    with pytest.raises(NoGraphError, match=f"{name}"):
        getattr(readers, name)(**call)


@pytest.mark.parametrize("name", NAMES)
def test_batch_size_may_be_a_tensor_or_numpys(graph, name):
    decided_later = tf.placeholder_with_default(2, [])
    assert built(name, batch_size=decided_later).shape.as_list() == [None, 2]
    assert built(name, batch_size=np.int64(2)).shape.as_list() == [2, 2]


@pytest.mark.parametrize("name", NAMES)
def test_name_and_shared_name_reach_the_ops(graph, name):
    batch = getattr(readers, name)(**arguments(name), name="mine", shared_name="ours")
    assert batch.op.name.split("/")[0] == "mine"
    assert queue_of(batch).get_attr("shared_name") == b"ours"


@pytest.mark.parametrize("name", NAMES)
def test_default_name_is_that_of_the_plain_form(graph, name):
    assert built(name).op.name.split("/")[0] == name.removeprefix("maybe_")


@pytest.mark.parametrize("name", NAMES)
def test_capacity_and_stock_reach_the_queue(graph, name):
    queue = queue_of(built(name, capacity=11, min_after_dequeue=5))
    assert queue.get_attr("capacity") == 11
    if "shuffle" in name:
        assert queue.get_attr("min_after_dequeue") == 5


@pytest.mark.parametrize("name", [name for name in NAMES if "shuffle" in name])
def test_seed_reaches_the_queue(graph, name):
    assert queue_of(built(name, seed=7)).get_attr("seed2") == 7


@pytest.mark.parametrize("name", NAMES)
def test_smaller_final_batch_leaves_the_first_dimension_open(graph, name):
    assert built(name, allow_smaller_final_batch=True).shape.as_list() == [None, 2]


@pytest.mark.parametrize("name", NAMES)
def test_many_at_a_time_takes_off_the_first_dimension(graph, name):
    assert built(name, enqueue_many=True).shape.as_list() == [2]


@pytest.mark.parametrize("name", NAMES)
def test_shapes_are_said_where_tensors_do_not_tell(graph, name):
    unknown = tf.py_func(lambda: np.float32([1, 2]), [], tf.float32)
    tensors = {"tensors_list": [[unknown]]} if name.endswith("join") else {"tensors": [unknown]}
    call = {**arguments(name), **tensors}
    with pytest.raises(ValueError, match="Cannot infer Tensor's rank"):
        getattr(readers, name)(**call)
    assert getattr(readers, name)(**call, shapes=[[2]]).shape.as_list() == [2, 2]


@pytest.mark.parametrize("name", [name for name in NAMES if "shuffle" not in name])
def test_padding_takes_shapes_with_open_dimensions(graph, name):
    row = tf.placeholder(tf.float32, [None])
    tensors = {"tensors_list": [[row]]} if name.endswith("join") else {"tensors": [row]}
    batch = getattr(readers, name)(**{**arguments(name), **tensors}, dynamic_pad=True)
    assert (queue_of(batch).type, batch.shape.as_list()) == ("PaddingFIFOQueueV2", [2, None])


@pytest.mark.parametrize("name", [name for name in NAMES if not name.endswith("join")])
def test_threads_are_one_enqueue_each(graph, name):
    built(name, num_threads=3)
    (runner,) = graph.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
    assert len(runner.enqueue_ops) == 3


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith("join")])
def test_join_makes_a_thread_of_each_source(graph, name):
    sources = [[tf.constant([1.0, 2.0])], [tf.constant([3.0, 4.0])]]
    getattr(readers, name)(**{**arguments(name), "tensors_list": sources})
    (runner,) = graph.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
    assert len(runner.enqueue_ops) == 2


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("maybe")])
def test_what_is_not_kept_never_enters_the_queue(graph, name):
    number = readers.range_input_producer(20, 1, shuffle=False).dequeue()
    tensors = {"tensors_list": [[number]]} if name.endswith("join") else {"tensors": [number]}
    keep = tf.equal(number % 5, 0)
    call = {**arguments(name, keep_input=keep, min_after_dequeue=0), **tensors}
    batch = getattr(readers, name)(**call)
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        kept = [*session.run(batch), *session.run(batch)]
        coordinator.request_stop()
        coordinator.join(threads)
    assert sorted(kept) == [0, 5, 10, 15]
