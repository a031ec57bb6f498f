"""contrib.cudnn_rnn's weights in their three forms, and checkpoints that layers and cells share."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf
from graphkit.errors import RefusedNameError

cudnn = tf.contrib.cudnn_rnn
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

UNITS, WIDTH, STEPS, BATCH, LAYERS = 3, 4, 5, 2, 2
BOTH = pytest.mark.parametrize("directions", [1, 2])
CELLS = {
    "CudnnGRU": lambda: cudnn.CudnnCompatibleGRUCell(UNITS),
    "CudnnLSTM": lambda: cudnn.CudnnCompatibleLSTMCell(UNITS),
    "CudnnRNNRelu": lambda: tf.nn.rnn_cell.BasicRNNCell(UNITS, tf.nn.relu),
    "CudnnRNNTanh": lambda: tf.nn.rnn_cell.BasicRNNCell(UNITS),
}
CONVERTERS = {
    "GRU": cudnn.CudnnParamsFormatConverterGRU,
    "LSTM": cudnn.CudnnParamsFormatConverterLSTM,
    "Relu": cudnn.CudnnParamsFormatConverterRelu,
    "Tanh": cudnn.CudnnParamsFormatConverterTanh,
}


def waves(*shape, seed=0.0):
    values = 0.7 * np.cos(seed + 1.3 * np.arange(np.prod(shape)))
    return values.reshape(shape).astype(np.float32)


INPUTS = waves(STEPS, BATCH, WIDTH)


def direction(directions):
    return "unidirectional" if directions == 1 else "bidirectional"


def layered(kind, directions):
    made = getattr(cudnn, kind)(LAYERS, UNITS, direction=direction(directions), name="net")
    return made, made(tf.constant(INPUTS))[0]


def celled(kind, directions):
    """The same network of cells, in the scope where a layer's saveable puts them."""
    x = tf.constant(INPUTS)
    with tf.variable_scope("net"):
        cells = [[CELLS[kind]() for _ in range(LAYERS)] for _ in range(directions)]
        if directions == 1:
            one = tf.nn.rnn_cell.MultiRNNCell(cells[0])
            return tf.nn.dynamic_rnn(one, x, dtype=tf.float32, time_major=True)[0]
        return tf.contrib.rnn.stack_bidirectional_dynamic_rnn(
            *cells, x, dtype=tf.float32, time_major=True
        )[0]


def filled(session):
    session.run(tf.global_variables_initializer())
    for seed, variable in enumerate(tf.global_variables()):
        variable.load(waves(*session.run(variable).shape, seed=seed), session)


def written(graph, saver, outputs, path):
    """Saves a network with made-up weights; what it computes."""
    with graph.as_default(), tf.Session() as session:
        filled(session)
        saver.save(session, path)
        return session.run(outputs)


def read(graph, saver, outputs, path):
    """What a network computes with the weights of a checkpoint and no others."""
    with tf.Session(graph=graph) as session:
        saver.restore(session, path)
        return session.run(outputs)


@pytest.mark.parametrize("kind", CELLS)
@BOTH
def test_layers_and_cells_read_the_checkpoints_of_each_other(tmp_path, kind, directions):
    with tf.Graph().as_default() as layers:
        made, of_layers = layered(kind, directions)
        everything, as_cells = tf.train.Saver(), tf.train.Saver([made.saveable])
    with tf.Graph().as_default() as cells:
        of_cells, saver = celled(kind, directions), tf.train.Saver()
    by_layers, by_cells = str(tmp_path / "layers"), str(tmp_path / "cells")
    wanted = written(layers, everything, of_layers, by_layers)
    np.testing.assert_allclose(read(cells, saver, of_cells, by_layers), wanted, atol=1e-6)
    wanted = written(cells, saver, of_cells, by_cells)
    np.testing.assert_allclose(read(layers, as_cells, of_layers, by_cells), wanted, atol=1e-6)


@pytest.mark.parametrize("resource", [True, False])
def test_layers_read_their_own_checkpoints(graph, tmp_path, resource):
    with tf.variable_scope("v", use_resource=resource):
        made, outputs = layered("CudnnLSTM", 2)
    saver = tf.train.Saver()
    with tf.Session() as session:
        filled(session)
        wanted = session.run(outputs)
        path = saver.save(session, str(tmp_path / "c"))
        made.kernel.load(np.zeros_like(session.run(made.kernel)), session)
        assert (session.run(outputs) == 0).all()
        saver.restore(session, path)
        np.testing.assert_allclose(session.run(outputs), wanted, atol=1e-6)


def test_a_checkpoint_holds_the_buffer_and_the_variables_of_cells(graph, tmp_path):
    layered("CudnnGRU", 1)
    with tf.Session() as session:
        filled(session)
        path = tf.train.Saver().save(session, str(tmp_path / "c"))
    shapes = dict(tf.train.list_variables(path))
    cell = "net/rnn/multi_rnn_cell/cell_1/cudnn_compatible_gru_cell"
    assert len(shapes) == 1 + LAYERS * 6
    assert shapes["net/opaque_kernel"] == [3 * UNITS * (WIDTH + 3 * UNITS) + 12 * UNITS]
    assert shapes[f"{cell}/gates/kernel"] == [2 * UNITS, 2 * UNITS]
    assert shapes[f"{cell}/candidate/input_projection/kernel"] == [UNITS, UNITS]
    assert shapes[f"{cell}/candidate/hidden_projection/bias"] == [UNITS]


@pytest.mark.parametrize("kind", CONVERTERS)
@BOTH
class TestForms:
    def converter(self, kind, directions, **more):
        return CONVERTERS[kind](LAYERS, UNITS, WIDTH, direction=direction(directions), **more)

    def test_cells_come_back_from_a_buffer(self, session, kind, directions):
        converter = self.converter(kind, directions)
        sizes = [np.prod(shape) for shape in converter.weight_shapes + converter.bias_shapes]
        cells = converter.opaque_to_tf_canonical(tf.constant(waves(sum(sizes))))
        given = [waves(*part.shape.as_list(), seed=n) for n, part in enumerate(cells[0] + cells[1])]
        buffer = converter.tf_canonical_to_opaque([tf.constant(part) for part in given])
        again = converter.opaque_to_tf_canonical(buffer)
        assert buffer.shape.as_list() == [sum(sizes)]
        for part, wanted in zip(session.run(again[0] + again[1]), given, strict=True):
            np.testing.assert_allclose(part, wanted, atol=1e-7)

    def test_the_buffer_has_every_matrix_before_every_bias(self, session, kind, directions):
        converter = self.converter(kind, directions)
        weights = sum(int(np.prod(shape)) for shape in converter.weight_shapes)
        biases = sum(shape[0] for shape in converter.bias_shapes)
        marked = tf.constant([1.0] * weights + [2.0] * biases)
        kernels, offsets = session.run(converter.opaque_to_tf_canonical(marked))
        assert all((part == 1.0).all() for part in kernels)
        # Two biases of a gate are added where the cell has one for both.
        assert all(np.isin(part, [2.0, 4.0]).all() for part in offsets)


def marked(converter):
    """A buffer that says which matrix or bias each number lies in."""
    shapes = converter.weight_shapes + converter.bias_shapes
    parts = [np.full(np.prod(shape), number) for number, shape in enumerate(shapes)]
    return tf.constant(np.concatenate(parts), tf.float32)


def test_an_lstm_has_its_gates_in_another_order(session):
    converter = cudnn.CudnnParamsFormatConverterLSTM(1, 2, 3)
    (kernel,), (bias,) = session.run(converter.opaque_to_tf_canonical(marked(converter)))
    # cuDNN: input, forget, new, output, for inputs and then for states; cells: new before forget.
    assert kernel[0].tolist() == [0, 0, 2, 2, 1, 1, 3, 3]
    assert kernel[3].tolist() == [4, 4, 6, 6, 5, 5, 7, 7]
    assert bias.tolist() == [8 + 12, 8 + 12, 10 + 14, 10 + 14, 9 + 13, 9 + 13, 11 + 15, 11 + 15]


def test_a_gru_keeps_the_products_of_its_candidate_apart(session):
    converter = cudnn.CudnnParamsFormatConverterGRU(1, 1, 2)
    kernels, biases = session.run(converter.opaque_to_tf_canonical(marked(converter)))
    assert [part.tolist() for part in kernels] == [[[0, 1], [0, 1], [3, 4]], [[2], [2]], [[5]]]
    assert [part.tolist() for part in biases] == [[6 + 9, 7 + 10], [8], [11]]


def test_one_bias_becomes_two_halves(session):
    converter = cudnn.CudnnParamsFormatConverterTanh(1, 2, 1)
    kernel, bias = tf.zeros([3, 2]), tf.constant([1.0, 3.0])
    assert session.run(converter.tf_canonical_to_opaque([kernel, bias]))[-4:].tolist() == [
        0.5,
        1.5,
        0.5,
        1.5,
    ]


@BOTH
def test_projections_have_matrices_of_their_own(session, directions):
    converter = cudnn.CudnnParamsFormatConverterLSTM(
        LAYERS, UNITS, WIDTH, num_proj=2, direction=direction(directions)
    )
    size = sum(int(np.prod(shape)) for shape in converter.weight_shapes + converter.bias_shapes)
    buffer = tf.constant(waves(size))
    weights, biases, projections = converter.opaque_to_tf_canonical(buffer)
    assert [part.shape.as_list() for part in projections] == [[UNITS, 2]] * LAYERS * directions
    assert weights[-1].shape.as_list() == [2 * directions + 2, 4 * UNITS]
    again = converter.tf_canonical_to_opaque(weights + biases, projections)
    matrices = size - sum(shape[0] for shape in converter.bias_shapes)
    found, wanted = session.run([again, buffer])
    np.testing.assert_array_equal(found[:matrices], wanted[:matrices])


class TestSaveables:
    def saveable(self, **options):
        size = 4 * UNITS * (WIDTH + UNITS + 2)
        buffer = tf.get_variable("mine", initializer=tf.constant(waves(size)))
        return buffer, cudnn.CudnnLSTMSaveable(buffer, 1, UNITS, WIDTH, **options)

    @pytest.mark.parametrize("given", [None, "", "a/b", "scope"])
    def test_a_scope_or_its_name_stands_before_the_keys(self, graph, given):
        if given == "scope":
            with tf.variable_scope("a/b") as given:
                pass
        _, made = self.saveable(scope=given, name="kept")
        prefix = "a/b/" if given else ""
        cell = "rnn/multi_rnn_cell/cell_0/cudnn_compatible_lstm_cell"
        assert [spec.name for spec in made.specs] == [
            f"{prefix}{cell}/kernel",
            f"{prefix}{cell}/bias",
        ]
        assert made.name == "kept"

    def test_a_buffer_of_ones_own_is_saved_and_restored(self, graph, tmp_path):
        buffer, made = self.saveable()
        saver = tf.train.Saver([made])
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            wanted = session.run(made.format_converter.opaque_to_tf_canonical(buffer))
            path = saver.save(session, str(tmp_path / "c"))
            buffer.load(np.zeros(buffer.shape.as_list()), session)
            saver.restore(session, path)
            found = session.run(made.format_converter.opaque_to_tf_canonical(buffer))
        for part, one in zip(found, wanted, strict=True):
            np.testing.assert_allclose(part[0], one[0], atol=1e-7)
        names = [name for name, _ in tf.train.list_variables(path)]
        assert "mine" not in names


def test_a_gru_cell_needs_a_known_width(graph):
    cell = cudnn.CudnnCompatibleGRUCell(2)
    with pytest.raises(ValueError, match=r"Expected inputs.shape\[-1\] to be known, saw shape"):
        cell(tf.placeholder(tf.float32, [1, None]), tf.zeros([1, 2]))


def test_a_gru_closes_the_past_behind_its_product(graph):
    """This is what sets it apart from `GRUCell`, whose reset gate comes before the product."""
    x, h = waves(1, 2), waves(1, 2, seed=1.0)
    cell = cudnn.CudnnCompatibleGRUCell(2)
    output, state = cell(tf.constant(x), tf.constant(h))
    with tf.Session() as session:
        filled(session)
        values = {v.op.name.split("/", 1)[1]: session.run(v) for v in tf.global_variables()}
        found = session.run([output, state])
    gates = np.concatenate([x, h], 1) @ values["gates/kernel"] + values["gates/bias"]
    reset, update = np.split(1 / (1 + np.exp(-gates)), 2, axis=1)
    new, past = (
        part @ values[f"candidate/{name}_projection/kernel"]
        + values[f"candidate/{name}_projection/bias"]
        for part, name in ((x, "input"), (h, "hidden"))
    )
    wanted = (1 - update) * np.tanh(new + reset * past) + update * h
    np.testing.assert_allclose(found, [wanted, wanted], atol=1e-6)


def test_old_paths_lead_to_layers_and_to_weights():
    layers = tf.contrib.cudnn_rnn.python.layers.cudnn_rnn
    assert layers.CudnnLSTM is cudnn.CudnnLSTM
    ops = tf.contrib.cudnn_rnn.python.ops.cudnn_rnn_ops
    assert ops.CudnnCompatibleGRUCell is cudnn.CudnnCompatibleGRUCell
    with pytest.raises(RefusedNameError, match=r"use the layer of that name in contrib\.cudnn_rnn"):
        _ = ops.CudnnLSTM
