"""contrib.opt beyond its recorded programs: kinds of variables, SciPy, savers, hooks, errors."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest
from opt_steps import run_once, variable

import graphkit.tf1 as tf

opt = tf.contrib.opt
GOLDEN = Path(__file__).parents[1] / "golden"
RECORDED = json.loads((GOLDEN / "tf1_opt.json").read_text())
CONDITIONAL = ["agn", "elastic", "model_average", "in_turns", "stale", "stale_by_far", "swapped"]
CONDITIONAL += ["shampoo", "shampoo_diagonal", "shampoo_every_second", "shampoo_mean"]


def programs():
    spec = importlib.util.spec_from_file_location("opt", GOLDEN / "record_tf1_opt.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.PROGRAMS


@pytest.fixture
def old_behaviour():
    """Reference variables and the old control flow, as in every program of `graphkit run`."""
    tf.disable_resource_variables()
    tf.disable_control_flow_v2()
    yield
    tf.enable_control_flow_v2()
    tf.enable_resource_variables()


@pytest.mark.parametrize("name", CONDITIONAL)
def test_reference_variables_and_old_control_flow_give_the_recorded_values(
    name, graph, old_behaviour
):
    made = programs()[name](tf)
    train = made.pop("train")
    fetches = {key: value for key, value in made.items() if not isinstance(value, list)}
    assert all(not getattr(v, "handle", None) for v in tf.global_variables())
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(tf.local_variables_initializer())
        for _ in range(3):
            session.run(train)
        found = session.run(fetches)
    then = RECORDED[name]["values"]
    for key, value in found.items():
        np.testing.assert_allclose(value, then[key], rtol=3e-5, atol=3e-6, err_msg=key)


class TestScipyOptimizer:
    def test_finds_the_minimum(self, graph):
        x = variable([7.0, 7.0])
        interface = opt.ScipyOptimizerInterface(tf.reduce_sum(tf.square(x - [1.0, 2.0])))
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            interface.minimize(session)
            assert session.run(x) == pytest.approx([1.0, 2.0], abs=1e-4)

    def test_keeps_to_bounds_and_constraints(self, graph):
        x, y = variable([7.0, 7.0]), variable(3.0, "y")
        loss = tf.reduce_sum(tf.square(x)) + tf.square(y)
        interface = opt.ScipyOptimizerInterface(
            loss,
            equalities=[x[0] - 1.0],
            inequalities=[x[1] - 2.0],
            var_to_bounds={hashable(y): (0.5, np.inf)},
            method="SLSQP",
        )
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            interface.minimize(session)
            assert session.run(x) == pytest.approx([1.0, 2.0], abs=1e-4)
            assert session.run(y) == pytest.approx(0.5, abs=1e-4)

    def test_tells_of_steps_and_losses(self, graph):
        x, fed = variable([4.0]), tf.placeholder(tf.float32, [])
        loss = tf.reduce_sum(tf.square(x - fed))
        steps, losses = [], []
        interface = opt.ScipyOptimizerInterface(loss, [x], options={"maxiter": 5})
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            interface.minimize(
                session,
                feed_dict={fed: 1.5},
                fetches=[loss],
                step_callback=steps.append,
                loss_callback=losses.append,
            )
            assert session.run(x) == pytest.approx([1.5], abs=1e-4)
        assert losses[0] == pytest.approx(6.25)
        assert losses[-1] == pytest.approx(0.0, abs=1e-6)
        assert steps[-1] == pytest.approx([1.5], abs=1e-4)

    def test_variables_without_gradient_stay(self, graph):
        x, other = variable([4.0]), variable([2.0, 3.0], "other")
        interface = opt.ScipyOptimizerInterface(tf.reduce_sum(tf.square(x)))
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            interface.minimize(session)
            assert session.run(other).tolist() == [2.0, 3.0]

    def test_the_current_session_is_used(self, graph, session):
        x = variable([4.0])
        session.run(tf.global_variables_initializer())
        opt.ScipyOptimizerInterface(tf.reduce_sum(tf.square(x))).minimize()
        assert session.run(x) == pytest.approx([0.0], abs=1e-4)

    @pytest.mark.parametrize(
        ("argument", "message"),
        [("bounds", "var_to_bounds"), ("jac", "'jac' is set automatically")],
    )
    def test_what_it_sets_itself_is_refused(self, graph, session, argument, message):
        x = variable([4.0])
        session.run(tf.global_variables_initializer())
        interface = opt.ScipyOptimizerInterface(tf.reduce_sum(x), **{argument: []})
        with pytest.raises(ValueError, match=message):
            interface.minimize(session)

    def test_the_frame_has_no_optimizer(self, graph, session):
        x = variable([4.0])
        session.run(tf.global_variables_initializer())
        with pytest.raises(NotImplementedError, match="_minimize"):
            opt.ExternalOptimizerInterface(tf.reduce_sum(x)).minimize(session)

    def test_a_subclass_gets_everything_by_name(self, graph, session):
        class Once(opt.ExternalOptimizerInterface):
            def _minimize(self, initial_val, loss_grad_func, optimizer_kwargs, **rest):
                loss, gradient = loss_grad_func(initial_val)
                assert loss == pytest.approx(16.0)
                assert rest["packed_bounds"] is None
                return initial_val - optimizer_kwargs["rate"] * gradient

        x = variable([4.0])
        session.run(tf.global_variables_initializer())
        Once(tf.reduce_sum(tf.square(x)), rate=0.25).minimize(session)
        assert session.run(x).tolist() == [2.0]


def hashable(var):
    return var.ref() if tf.compat.v1.resource_variables_enabled() else var


class TestSigns:
    def test_add_sign_by_hand(self, graph):
        x = variable([1.0, -2.0])
        train = opt.AddSignOptimizer(0.1).minimize(tf.reduce_sum(3.0 * x))
        (found,) = run_once(train, x)
        # The average has the gradient's sign after one step, so the factor is 1 + 1.
        assert found == pytest.approx([1.0 - 0.1 * 2 * 3, -2.0 - 0.1 * 2 * 3])

    def test_power_sign_by_hand(self, graph):
        x = variable([1.0])
        train = opt.PowerSignOptimizer(0.1, base=2.0).minimize(tf.reduce_sum(3.0 * x))
        (found,) = run_once(train, x)
        assert found == pytest.approx([1.0 - 0.1 * 2 * 3])

    def test_rows_of_resource_variables_are_updated(self, graph):
        x = variable([[1.0], [2.0], [3.0]])
        loss = tf.reduce_sum(tf.nn.embedding_lookup(x, [0, 2]))
        (found,) = run_once(opt.AddSignOptimizer(0.1).minimize(loss), x)
        assert found.ravel() == pytest.approx([0.8, 2.0, 2.8])

    @pytest.mark.parametrize("kind", ["linear", "cosine", "restart"])
    def test_a_decay_needs_the_global_step(self, graph, kind):
        from graphkit.tf1.contrib.opt.python.training import sign_decay

        decay = getattr(sign_decay, f"get_{kind}_decay_fn")(10)
        optimizer = opt.PowerSignOptimizer(0.1, sign_decay_fn=decay)
        with pytest.raises(ValueError, match="global_step is required"):
            optimizer.minimize(tf.reduce_sum(variable([1.0])))

    def test_without_a_last_period_decays_go_on(self, graph, session):
        from graphkit.tf1.contrib.opt.python.training import sign_decay

        cosine, restart = sign_decay.get_cosine_decay_fn(10), sign_decay.get_restart_decay_fn(10, 2)
        assert session.run(cosine(5)) == pytest.approx(0.5)
        assert session.run(restart(5)) == pytest.approx(1.0)


class TestWrappers:
    def test_the_wrapped_optimizers_slots_show(self, graph):
        x = variable([1.0])
        inner = tf.train.MomentumOptimizer(0.1, 0.9)
        wrapped = opt.VariableClippingOptimizer(inner, {}, 1.0)
        wrapped.minimize(tf.reduce_sum(x))
        assert wrapped.get_slot_names() == ["momentum"]
        assert wrapped.get_slot(x, "momentum") is inner.get_slot(x, "momentum")

    def test_clipping_can_stay_where_the_variable_is(self, graph):
        with tf.device("/cpu:3"):
            x = variable([3.0, 4.0])
        wrapped = opt.VariableClippingOptimizer(
            tf.train.GradientDescentOptimizer(0.0),
            {hashable(x): [0]},
            1.0,
            colocate_clip_ops_with_vars=True,
        )
        wrapped.minimize(tf.reduce_sum(x))
        placed = [op for op in graph.get_operations() if "clip_by_norm" in op.name]
        assert any(b"loc:@x" in op.colocation_groups() for op in placed)

    def test_variables_not_named_are_not_clipped(self, graph):
        x = variable([3.0, 4.0])
        wrapped = opt.VariableClippingOptimizer(tf.train.GradientDescentOptimizer(1.0), {}, 1.0)
        (found,) = run_once(wrapped.minimize(tf.reduce_sum(x)), x)
        assert found.tolist() == [2.0, 3.0]

    def test_tasks_in_turns_leave_rows_without_gradient(self, graph):
        table = variable([[1.0], [2.0]])
        wrapped = opt.MultitaskOptimizerWrapper(tf.train.GradientDescentOptimizer(0.5))
        loss = tf.reduce_sum(tf.nn.embedding_lookup(table, [1]) * [[2.0]])
        (found,) = run_once(wrapped.minimize(loss), table)
        assert found.tolist() == [[1.0], [1.0]]


def test_stale_gradients_are_counted_in_a_summary(graph):
    x, step = variable([1.0]), tf.train.get_or_create_global_step()
    inner = tf.train.GradientDescentOptimizer(1.0)
    optimizer = opt.DropStaleGradientOptimizer(inner, -1)
    dropped = optimizer.minimize(tf.reduce_sum(x), global_step=step)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run([dropped, dropped])[0] == 1.0
        (summary,) = session.run([tf.summary.merge_all()])
    assert b"Gradient_staleness_percentage" in summary


def test_ggt_has_no_rows(graph):
    table = variable([[1.0], [2.0]])
    loss = tf.reduce_sum(tf.nn.embedding_lookup(table, [1]))
    with pytest.raises(NotImplementedError, match="Sparse gradient updates"):
        opt.GGTOptimizer(0.1).minimize(loss)
    with pytest.raises(NotImplementedError, match="Sparse gradient updates"):
        opt.GGTOptimizer(0.1)._apply_sparse(None, table)


def test_hyperparameters_may_be_functions(graph):
    x = variable([3.0, 4.0])
    lars = opt.LARSOptimizer(lambda: 0.5, weight_decay=0.0, momentum=0.0, eeta=1.0)
    (found,) = run_once(lars.minimize(tf.reduce_sum([3.0, 4.0] * x)), x)
    # Weights and gradient have the same norm, so the learning rate stays as it is.
    assert found == pytest.approx([1.5, 2.0])
    decayed = opt.extend_with_decoupled_weight_decay(tf.train.GradientDescentOptimizer)(
        lambda: 0.5, 0.0
    )
    (found,) = run_once(decayed.minimize(tf.reduce_sum(x)), x)
    assert found == pytest.approx([1.5, 2.0])


def test_a_root_needs_a_whole_order(graph):
    from graphkit.tf1.contrib.opt.python.training import matrix_functions

    with pytest.raises(ValueError, match="positive integer"):
        matrix_functions.matrix_inverse_pth_root(tf.eye(2), 2, -0.3)


def test_roots_by_iteration_are_roots(graph, session):
    from graphkit.tf1.contrib.opt.python.training import matrix_functions

    matrix = np.array([[4.0, 1.0], [1.0, 3.0]], np.float32)
    root = session.run(matrix_functions.matrix_square_root(tf.constant(matrix), 2))
    assert root @ root == pytest.approx(matrix, abs=1e-2)
    inverse = session.run(matrix_functions.matrix_inverse_pth_root(tf.constant(matrix), 2, -0.5))
    assert inverse @ inverse @ matrix == pytest.approx(np.eye(2), abs=1e-3)
    one = matrix_functions.matrix_inverse_pth_root(tf.constant([[4.0]]), 1, -0.5)
    assert session.run(one).item() == pytest.approx(0.5, abs=1e-4)


def test_shampoo_settings_may_be_functions_of_the_step(graph):
    x = variable([[1.0]])
    shampoo = opt.ShampooOptimizer(
        learning_rate=lambda step: 0.5 / step, svd_interval=lambda step: 1, epsilon=0.0, alpha=1.0
    )
    (found,) = run_once(shampoo.minimize(tf.reduce_sum(2.0 * x)), x)
    # The gradient 2 times (2 * 2) ** -0.5 for either axis is 0.5.
    assert found.item() == pytest.approx(1.0 - 0.5 * 0.5)


def test_shampoo_rows_of_vectors(graph):
    table = variable([1.0, 2.0, 3.0])
    shampoo = opt.ShampooOptimizer(max_matrix_size=1, learning_rate=0.1)
    loss = tf.reduce_sum(3.0 * tf.gather(table, [0, 2]))
    (found,) = run_once(shampoo.minimize(loss), table)
    # A diagonal of one gradient divides it by its own size.
    assert found == pytest.approx([0.9, 2.0, 2.9])
