"""contrib.eager beyond the recorded programs."""

from __future__ import annotations

import pytest

import graphkit.tf1 as tf

tfe = tf.contrib.eager
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


def test_an_eager_iterator_goes_through_a_data_set():
    iterator = tfe.Iterator(tf.data.Dataset.range(3))
    assert iter(iterator) is iterator
    assert [int(next(iterator)), int(iterator.next()), int(iterator.get_next())] == [0, 1, 2]
    with pytest.raises(tf.errors.OutOfRangeError, match="End of sequence"):
        iterator.get_next()


def test_eager_variables_are_saved_and_restored(tmp_path):
    variable = tfe.Variable([1.0], name="v")
    saver = tfe.Saver([variable])
    path = saver.save(str(tmp_path / "c"), 3)
    variable.assign([5.0])
    saver.restore(path)
    assert variable.numpy().tolist() == [1]
    assert path.endswith("-3")


def test_functions_are_compiled_and_differentiated():
    square = tfe.defun(lambda x: x * x)
    assert float(square(3.0)) == 9
    assert float(tfe.gradients_function(lambda x: x * x)(3.0)[0]) == 6
    optimizer = tf.train.MomentumOptimizer(0.1, 0.9)
    variable = tfe.Variable(1.0)
    optimizer.minimize(lambda: variable * variable)
    assert len(tfe.get_optimizer_variables(optimizer)) == 1
    assert tfe.list_devices() == tf.config.experimental_list_devices()


def test_every_resource_variable_is_an_eager_variable():
    assert isinstance(tfe.Variable(1.0), tfe.Variable)
    assert isinstance(tf.get_variable("made", [], use_resource=True), tfe.Variable)
    assert not isinstance(tf.constant(1.0), tfe.Variable)


class Net(tfe.Network):
    def __init__(self, layer):
        super().__init__()
        self.layer = self.track_layer(layer)

    def call(self, x):
        return self.layer(x)


def test_a_layer_of_two_networks_keeps_its_first_name(graph):
    layer = tf.layers.Dense(1)
    first = Net(layer)
    first(tf.ones([1, 2]))
    second = Net(layer)
    second(tf.ones([1, 2]))
    assert second.variables == first.variables
    assert first.variables[0].op.name == "net/dense/kernel"
    assert first.track_layer(layer) is layer
    assert first.layers == [layer]


def test_variables_of_a_graph_are_saved_in_its_session(session, tmp_path):
    net, later = Net(tf.layers.Dense(1)), Net(tf.layers.Dense(1))
    net(tf.ones([1, 2]))
    session.run(tf.global_variables_initializer())
    net.variables[1].load([7.0], session)
    path = tfe.save_network_checkpoint(net, str(tmp_path / "net"))
    tfe.restore_network_checkpoint(later, path)
    assert session.run(later(tf.zeros([1, 2])).op.graph.get_collection("none")) == []
    session.run(later.variables[1].initializer)
    assert session.run(later.variables[1]).tolist() == [7]
    net.variables[1].load([0.0], session)
    tfe.restore_network_checkpoint(net, path)
    assert session.run(net.variables[1]).tolist() == [7]


def test_a_checkpoint_in_a_folder_is_called_as_the_network_is(session, tmp_path):
    with tf.variable_scope("outer"):
        net = Net(tf.layers.Dense(1))
    net(tf.ones([1, 2]))
    session.run(tf.global_variables_initializer())
    path = tfe.save_network_checkpoint(net, str(tmp_path))
    assert path == str(tmp_path / "outer_net")
    tfe.restore_network_checkpoint(net, str(tmp_path))


def test_a_checkpoint_of_another_shape_is_refused(tmp_path):
    net = Net(tf.layers.Dense(3))
    net(tf.ones([1, 2]))
    path = tfe.save_network_checkpoint(net, str(tmp_path / "net"))
    other = Net(tf.layers.Dense(4))
    tfe.restore_network_checkpoint(other, path)
    with pytest.raises(ValueError, match=r"\(2, 4\) and \(2, 3\)"):
        other(tf.ones([1, 2]))


def test_a_network_knows_the_names_around_it(graph):
    with tf.variable_scope("taken"), tf.variable_scope("net"):
        pass
    with tf.variable_scope("taken"):
        net = Net(tf.layers.Dense(1))
    net(tf.ones([1, 2]))
    assert net.name == "taken/net_1"
    with pytest.raises(ValueError, match="may not be created with explicit scopes"):
        Net(tf.layers.Dense(1))(tf.ones([1, 2]), scope="mine")


def test_a_network_called_like_a_scope_is_refused(graph):
    with tf.variable_scope("mine"):
        pass
    with pytest.raises(ValueError, match="A Network named 'mine' already exists"):
        tfe.Sequential([tf.layers.Dense(1)], name="mine")(tf.ones([1, 2]))


def test_a_metric_needs_all_its_methods():
    class Half(tfe.metrics.Metric):
        def build(self, *args):
            self.add_variable("v", [], tf.float32, tf.zeros_initializer())

    with pytest.raises(NotImplementedError, match=r"a call\(\) member function"):
        Half()(1.0)
    with pytest.raises(NotImplementedError, match=r"a result\(\) member function"):
        Half("other").result()


def test_metrics_of_other_variables_are_not_added():
    first, second = tfe.metrics.Mean("first"), tfe.metrics.Mean("second")
    first(1.0)
    second(1.0)
    with pytest.raises(ValueError, match="must have variables in the same order"):
        first.aggregate([second])


def test_the_value_of_a_metric_in_a_graph_is_a_tensor(session):
    mean = tfe.metrics.Mean()
    update = mean([1.0, 5.0])
    session.run(mean.init_variables())
    session.run(update)
    assert session.run(mean.value()) == 3


def test_checks_can_print_and_warn(capsys):
    divided = tf.constant([1.0, 0.0]), tf.constant([0.0, 0.0])
    try:
        tfe.seterr(inf_or_nan="print")
        tf.div(*divided)
        tfe.seterr(inf_or_nan="warn")
        tf.div(*divided)
    finally:
        tfe.clear_execution_callbacks()
    printed = capsys.readouterr().out
    assert printed.count("Warning: Output 1 of 1 of TFE operation RealDiv") == 1
    assert "1 inf(s) and 1 nan(s) out of a total of 2 element(s)" in printed


def test_errors_are_checked_in_eager_execution_only(graph):
    with tfe.errstate(inf_or_nan="raise"):
        tf.div(1.0, 0.0)
    assert tfe.seterr()["inf_or_nan"] is tfe.ExecutionCallback.IGNORE


def test_old_test_decorators_run_both_ways():
    modes = []

    class Case(tf.test.TestCase):
        @tfe.run_test_in_graph_and_eager_modes
        def test_it(self):
            modes.append(tf.executing_eagerly())

    result = Case("test_it").run()
    assert result.wasSuccessful()
    assert sorted(modes) == [False, True]
