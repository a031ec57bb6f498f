"""contrib.layers and slim: variables, collections, scopes and values of their layers, by NumPy."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

slim = tf.contrib.slim
layers = tf.contrib.layers
pytestmark = pytest.mark.filterwarnings("ignore:.tf.layers:UserWarning")
ROWS = np.cos(1.3 * np.arange(12.0)).reshape(4, 3).astype(np.float32)
PICTURES = np.sin(np.arange(2 * 5 * 6 * 3.0)).reshape(2, 5, 6, 3).astype(np.float32)


def filled(session, *fetches):
    """What is fetched once variables are made, and the variables by name."""
    session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
    values = {variable.op.name: variable for variable in tf.global_variables()}
    return session.run([*fetches, values])


def convolved(pictures, kernel, stride=1, rate=1):
    """A convolution without padding, place by place."""
    height, width = ((size - 1) * rate + 1 for size in kernel.shape[:2])
    rows = range(0, pictures.shape[1] - height + 1, stride)
    columns = range(0, pictures.shape[2] - width + 1, stride)
    made = np.zeros([len(pictures), len(rows), len(columns), kernel.shape[3]])
    for y, row in enumerate(rows):
        for x, column in enumerate(columns):
            window = pictures[:, row : row + height : rate, column : column + width : rate]
            made[:, y, x] = np.einsum("bhwi,hwio->bo", window, kernel)
    return made


class TestFullyConnected:
    def test_values(self, session):
        made, values = filled(session, layers.fully_connected(ROWS, 2))
        product = ROWS @ values["fully_connected/weights"] + values["fully_connected/biases"]
        assert made == pytest.approx(np.maximum(product, 0), abs=1e-6)

    def test_each_call_has_its_scope(self, graph):
        layers.fully_connected(ROWS, 2)
        layers.fully_connected(ROWS, 2)
        layers.fully_connected(ROWS, 2, scope="mine", biases_initializer=None)
        assert [variable.op.name for variable in tf.trainable_variables()] == [
            "fully_connected/weights",
            "fully_connected/biases",
            "fully_connected_1/weights",
            "fully_connected_1/biases",
            "mine/weights",
        ]
        assert slim.get_model_variables("mine") == tf.global_variables("mine")

    def test_scopes_may_be_used_again(self, session):
        first = layers.fully_connected(ROWS, 2, scope="mine")
        again = layers.fully_connected(ROWS, 2, scope="mine", reuse=True)
        assert len(tf.trainable_variables()) == 2
        one, other, _ = filled(session, first, again)
        assert one.tolist() == other.tolist()
        with pytest.raises(ValueError, match="mine/weights already exists"):
            layers.fully_connected(ROWS, 2, scope="mine")

    def test_more_dimensions_are_kept(self, session):
        made, values = filled(session, layers.fully_connected(PICTURES, 4, activation_fn=None))
        weights = values["fully_connected/weights"]
        assert made.shape == (2, 5, 6, 4)
        assert made == pytest.approx(PICTURES @ weights, abs=1e-5)

    def test_normalisers_take_the_place_of_biases(self, session):
        made, values = filled(
            session,
            layers.fully_connected(
                ROWS,
                2,
                activation_fn=None,
                normalizer_fn=layers.batch_norm,
                normalizer_params={"is_training": True, "epsilon": 0.01},
            ),
        )
        assert sorted(values) == [
            "fully_connected/BatchNorm/beta",
            "fully_connected/BatchNorm/moving_mean",
            "fully_connected/BatchNorm/moving_variance",
            "fully_connected/weights",
        ]
        product = ROWS @ values["fully_connected/weights"]
        expected = (product - product.mean(0)) / np.sqrt(product.var(0) + 0.01)
        assert made == pytest.approx(expected, abs=1e-4)
        assert len(tf.get_collection(tf.GraphKeys.UPDATE_OPS)) == 2

    @pytest.mark.parametrize(
        ("given", "error", "message"),
        [
            ({"num_outputs": 2.5}, ValueError, "num_outputs"),
            ({"num_outputs": 2, "inputs": 3.0}, ValueError, "expected min_ndim=2, found ndim=0"),
        ],
    )
    def test_wrong_calls(self, graph, given, error, message):
        with pytest.raises(error, match=message):
            layers.fully_connected(**{"inputs": ROWS, **given})


class TestConvolutions:
    @pytest.mark.parametrize(("stride", "rate"), [(1, 1), (2, 1), (1, 2)])
    def test_values(self, session, stride, rate):
        made, values = filled(
            session,
            layers.conv2d(
                PICTURES, 4, [2, 3], stride, "VALID", rate=rate, activation_fn=tf.nn.tanh
            ),
        )
        kernel = values["Conv/weights"]
        assert kernel.shape == (2, 3, 3, 4)
        expected = np.tanh(convolved(PICTURES, kernel, stride, rate) + values["Conv/biases"])
        assert made == pytest.approx(expected, abs=1e-5)

    def test_the_same_size_by_padding(self, session):
        made, values = filled(session, layers.conv2d(PICTURES, 4, 3, activation_fn=None))
        padded = np.pad(PICTURES, [(0, 0), (1, 1), (1, 1), (0, 0)])
        assert made == pytest.approx(convolved(padded, values["Conv/weights"]), abs=1e-5)

    def test_depth_and_then_points(self, session):
        made, values = filled(
            session,
            layers.separable_conv2d(PICTURES, 5, [2, 2], 2, padding="VALID", activation_fn=None),
        )
        depth = values["SeparableConv2d/depthwise_weights"]
        points = values["SeparableConv2d/pointwise_weights"]
        assert depth.shape == (2, 2, 3, 2)
        each = [convolved(PICTURES[..., [channel]], depth[:, :, [channel]]) for channel in range(3)]
        expected = np.concatenate(each, -1) @ points[0, 0]
        assert made == pytest.approx(expected, abs=1e-5)

    def test_transposed_ones_grow(self, session):
        made, values = filled(
            session, layers.conv2d_transpose(PICTURES, 2, 2, stride=2, activation_fn=None)
        )
        kernel = values["Conv2d_transpose/weights"]
        assert made.shape == (2, 10, 12, 2)
        # Each pixel fills a square of its own.
        expected = np.einsum("bhwi,yxoi->bhywxo", PICTURES, kernel).reshape(2, 10, 12, 2)
        assert made == pytest.approx(expected, abs=1e-5)

    def test_channels_may_come_first(self, graph):
        turned = np.transpose(PICTURES, [0, 3, 1, 2])
        made = layers.conv2d(turned, 4, 3, data_format="NCHW")
        assert made.shape.as_list() == [2, 4, 5, 6]

    def test_formats_are_known(self, graph):
        with pytest.raises(ValueError, match="data_format"):
            layers.conv2d(PICTURES, 4, 3, data_format="NHCW")


class TestPools:
    def windows(self, size, stride):
        rows, columns = (range(0, full - size + 1, stride) for full in (5, 6))
        return [[PICTURES[:, y : y + size, x : x + size] for x in columns] for y in rows]

    @pytest.mark.parametrize(("size", "stride"), [(2, 2), (3, 1)])
    @pytest.mark.parametrize(("name", "reduce"), [("max_pool2d", np.max), ("avg_pool2d", np.mean)])
    def test_values(self, session, name, reduce, size, stride):
        made = session.run(getattr(layers, name)(PICTURES, size, stride))
        expected = [[reduce(part, (1, 2)) for part in row] for row in self.windows(size, stride)]
        assert made == pytest.approx(np.transpose(expected, [2, 0, 1, 3]), abs=1e-6)


class TestNormalisers:
    def test_layers(self, session):
        made, values = filled(session, layers.layer_norm(ROWS))
        assert sorted(values) == ["LayerNorm/beta", "LayerNorm/gamma"]
        expected = (ROWS - ROWS.mean(1, keepdims=True)) / ROWS.std(1, keepdims=True)
        assert made == pytest.approx(expected, abs=1e-4)

    def test_instances(self, session):
        made, _ = filled(session, layers.instance_norm(PICTURES, epsilon=1e-3))
        mean = PICTURES.mean((1, 2), keepdims=True)
        expected = (PICTURES - mean) / np.sqrt(PICTURES.var((1, 2), keepdims=True) + 1e-3)
        assert made == pytest.approx(expected, abs=1e-4)

    def test_groups(self, session):
        pictures = np.concatenate([PICTURES, 2 * PICTURES[..., :1]], -1)
        made, _ = filled(session, layers.group_norm(pictures, groups=2, epsilon=1e-3))
        parts = pictures.reshape(2, 5, 6, 2, 2)
        mean, var = parts.mean((1, 2, 4), keepdims=True), parts.var((1, 2, 4), keepdims=True)
        expected = ((parts - mean) / np.sqrt(var + 1e-3)).reshape(pictures.shape)
        assert made == pytest.approx(expected, abs=1e-4)

    def test_batches_move_their_averages(self, session):
        made = layers.batch_norm(ROWS, decay=0.9, is_training=True)
        session.run(tf.global_variables_initializer())
        with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
            session.run(tf.identity(made))
        moving = session.run(tf.moving_average_variables() or slim.get_model_variables())
        known = {tuple(np.round(value, 4)) for value in moving}
        assert tuple(np.round(0.1 * ROWS.mean(0), 4)) in known

    def test_not_training_they_use_them(self, session):
        made, _ = filled(session, layers.batch_norm(ROWS, is_training=False, epsilon=0.25))
        assert made == pytest.approx(ROWS / np.sqrt(1.25), abs=1e-5)

    def test_unit_length(self, session):
        made = session.run(layers.unit_norm(tf.constant(ROWS), 1))
        length = np.linalg.norm(ROWS, axis=1, keepdims=True)
        assert made == pytest.approx(ROWS / length, abs=1e-4)


class TestArgScopes:
    def test_defaults_for_some_functions(self, graph):
        with slim.arg_scope([slim.conv2d], padding="VALID", activation_fn=None):
            narrow = slim.conv2d(PICTURES, 4, 3)
            wide = slim.conv2d(PICTURES, 4, 3, padding="SAME")
        assert narrow.shape.as_list() == [2, 3, 4, 4]
        assert wide.shape.as_list() == [2, 5, 6, 4]
        assert narrow.op.type == "BiasAdd"
        assert slim.conv2d(PICTURES, 4, 3).shape.as_list() == [2, 5, 6, 4]

    def test_inner_ones_win_and_may_be_kept(self, graph):
        with slim.arg_scope([slim.conv2d, slim.max_pool2d], padding="VALID"):
            with slim.arg_scope([slim.conv2d], padding="SAME") as kept:
                assert slim.conv2d(PICTURES, 4, 3).shape.as_list() == [2, 5, 6, 4]
            assert slim.max_pool2d(PICTURES, 3, 1).shape.as_list() == [2, 3, 4, 3]
        with slim.arg_scope(kept):
            assert slim.max_pool2d(PICTURES, 3, 1).shape.as_list() == [2, 3, 4, 3]

    def test_own_functions_may_take_part(self):
        @slim.add_arg_scope
        def scaled(x, by=1):
            return x * by

        with slim.arg_scope([scaled], by=3):
            assert scaled(2) == 6
            assert scaled(2, by=5) == 10
        assert scaled(2) == 2
        assert slim.arg_scoped_arguments(scaled) == ("by",)

    def test_others_are_refused(self):
        def plain(x):
            return x

        with pytest.raises(ValueError, match="not decorated with @add_arg_scope"):
            with slim.arg_scope([plain], x=1):
                pass


class TestRegularisers:
    def test_of_weights_are_collected(self, session):
        slim.fully_connected(ROWS, 2, weights_regularizer=slim.l2_regularizer(0.1))
        slim.fully_connected(ROWS, 2, weights_regularizer=slim.l1_regularizer(0.2))
        found = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
        one, other, values = filled(session, *found)
        first, second = values["fully_connected/weights"], values["fully_connected_1/weights"]
        assert one == pytest.approx(0.1 * (first**2).sum() / 2, rel=1e-5)
        assert other == pytest.approx(0.2 * np.abs(second).sum(), rel=1e-5)

    def test_sums_of_them(self, session):
        weights = tf.constant(ROWS)
        both = layers.sum_regularizer([layers.l1_regularizer(0.5), layers.l2_regularizer(0.2)])
        expected = 0.5 * np.abs(ROWS).sum() + 0.1 * (ROWS**2).sum()
        assert session.run(both(weights)) == pytest.approx(expected, rel=1e-5)
        same = layers.l1_l2_regularizer(0.5, 0.2)(weights)
        assert session.run(same) == pytest.approx(expected, rel=1e-5)

    def test_of_nothing_there_is_none(self, graph):
        assert layers.l2_regularizer(0.0)(tf.constant(ROWS)) is None
        assert layers.sum_regularizer([]) is None

    @pytest.mark.parametrize("name", ["l1_regularizer", "l2_regularizer"])
    def test_scales_are_numbers_of_0_or_more(self, name):
        make = getattr(layers, name)
        with pytest.raises(ValueError, match="cannot be an integer: 1"):
            make(1)
        with pytest.raises(ValueError, match="less than 0"):
            make(-0.5)


class TestNets:
    def test_layers_are_repeated_and_stacked(self, graph):
        repeated = slim.repeat(PICTURES, 2, slim.conv2d, 4, 3, scope="deep")
        slim.stack(ROWS, slim.fully_connected, [5, 2], scope="fc")
        names = [variable.op.name for variable in slim.get_variables_by_name("weights")]
        assert names == [
            "deep/deep_1/weights",
            "deep/deep_2/weights",
            "fc/fc_1/weights",
            "fc/fc_2/weights",
        ]
        assert repeated.shape.as_list() == [2, 5, 6, 4]

    def test_ends_are_collected(self, graph):
        made = slim.conv2d(PICTURES, 4, 3, scope="one", outputs_collections="ends")
        assert tf.get_collection("ends") == [made]
        assert slim.utils.convert_collection_to_dict("ends") == {"one": made}

    def test_dropout_is_for_training(self, session):
        still = slim.dropout(tf.constant(ROWS), 0.5, is_training=False)
        drawn = slim.dropout(tf.ones([400]), 0.8, is_training=True)
        same, found = session.run([still, drawn])
        assert same.tolist() == ROWS.tolist()
        assert set(np.round(found, 4)) == {0.0, 1.25}
        assert (found > 0).mean() == pytest.approx(0.8, abs=0.1)

    def test_rows_and_classes(self, session):
        flat = slim.flatten(PICTURES)
        assert flat.shape.as_list() == [2, 90]
        assert session.run(flat).tolist() == PICTURES.reshape(2, 90).tolist()
        hot = session.run(slim.one_hot_encoding([2, 0], 3))
        assert hot.tolist() == [[0, 0, 1], [1, 0, 0]]
        soft = session.run(slim.softmax(tf.constant(ROWS)))
        assert soft == pytest.approx(np.exp(ROWS) / np.exp(ROWS).sum(1, keepdims=True), rel=1e-5)

    def test_variables_have_collections_of_their_own(self, graph):
        own = slim.variable("v", [2], initializer=tf.zeros_initializer())
        model = slim.model_variable("m", [2], initializer=tf.zeros_initializer())
        local = slim.local_variable(1.0, name="l")
        assert slim.get_variables() == [own, model]
        assert slim.get_model_variables() == [model]
        assert slim.get_local_variables() == [local]
        assert slim.get_variables_to_restore(exclude=["v"]) == [model]
        assert slim.get_unique_variable("m") is model
        with pytest.raises(ValueError, match="Couldn't find variable"):
            slim.get_unique_variable("q")
