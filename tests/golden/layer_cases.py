"""The layers, refusals and cells that `record_graph.py` records, in words JSON can hold."""

GLOROT = ["glorot_uniform", 7]
IMAGE = {"shape": [None, 6, 5, 2], "feed": [2, 6, 5, 2]}
VOLUME = {"shape": [None, 4, 5, 4, 2], "feed": [2, 4, 5, 4, 2]}
VECTOR = {"shape": [None, 4], "feed": [3, 4]}


def case(layer, given, dtype="float32", **args):
    return dict(given, layer=layer, dtype=dtype, args=args)


LAYERS = {
    "dense": case("dense", VECTOR, units=3, kernel_initializer=GLOROT),
    "dense_float64": case("dense", VECTOR, "float64", units=3, kernel_initializer=GLOROT),
    "dense_named_relu": case(
        "dense", VECTOR, units=3, activation="relu", name="fc", kernel_initializer=GLOROT
    ),
    "dense_no_bias": case("dense", VECTOR, units=2, use_bias=False, kernel_initializer=GLOROT),
    "dense_rank3": case(
        "dense",
        {"shape": [None, None, 4], "feed": [2, 3, 4]},
        units=3,
        kernel_initializer=GLOROT,
    ),
    "dense_regularized": case(
        "dense",
        VECTOR,
        units=3,
        kernel_initializer=GLOROT,
        kernel_regularizer=["sum_of_squares"],
        bias_regularizer=["sum_of_squares"],
        activity_regularizer=["sum_of_squares"],
    ),
    "dense_frozen": case("dense", VECTOR, units=3, trainable=False, kernel_initializer=GLOROT),
    "dense_normal": case("dense", VECTOR, units=3, kernel_initializer=["truncated_normal", 3]),
    "dense_uniform": case("dense", VECTOR, units=3, kernel_initializer=["random_uniform", 3]),
    "dense_random_normal": case("dense", VECTOR, units=3, kernel_initializer=["random_normal", 5]),
    "dense_orthogonal": case("dense", VECTOR, units=3, kernel_initializer=["orthogonal", 5]),
    "dense_variance": case("dense", VECTOR, units=3, kernel_initializer=["variance_scaling", 5]),
    "conv2d": case("conv2d", IMAGE, filters=3, kernel_size=3, kernel_initializer=GLOROT),
    "conv2d_same_strided": case(
        "conv2d",
        IMAGE,
        filters=3,
        kernel_size=[3, 2],
        strides=[2, 1],
        padding="SAME",
        activation="tanh",
        name="c1",
        kernel_initializer=GLOROT,
    ),
    "conv2d_dilated": case(
        "conv2d", IMAGE, filters=2, kernel_size=2, dilation_rate=[2, 3], kernel_initializer=GLOROT
    ),
    "conv2d_dilated_same": case(
        "conv2d",
        {"shape": [None, None, None, 2], "feed": [2, 6, 5, 2]},
        filters=2,
        kernel_size=3,
        dilation_rate=2,
        padding="same",
        kernel_initializer=GLOROT,
    ),
    "conv2d_unknown_sizes": case(
        "conv2d",
        {"shape": [None, None, 5, 2], "feed": [1, 4, 5, 2]},
        filters=1,
        kernel_size=3,
        kernel_initializer=GLOROT,
    ),
    "conv3d": case("conv3d", VOLUME, filters=2, kernel_size=2, kernel_initializer=GLOROT),
    "conv3d_strided": case(
        "conv3d",
        VOLUME,
        filters=2,
        kernel_size=[1, 2, 3],
        strides=[1, 2, 2],
        padding="same",
        activation="relu",
        kernel_initializer=GLOROT,
    ),
    "conv3d_dilated": case(
        "conv3d", VOLUME, filters=2, kernel_size=2, dilation_rate=2, kernel_initializer=GLOROT
    ),
    "max_pooling2d": case("max_pooling2d", IMAGE, pool_size=2, strides=2),
    "max_pooling2d_same": case("max_pooling2d", IMAGE, pool_size=[3, 2], strides=2, padding="same"),
    "max_pooling2d_integer": case("max_pooling2d", IMAGE, "int32", pool_size=2, strides=1),
    "max_pooling3d": case("max_pooling3d", VOLUME, pool_size=2, strides=2),
    "average_pooling2d": case("average_pooling2d", IMAGE, pool_size=3, strides=[2, 1]),
    "average_pooling2d_same": case(
        "average_pooling2d", IMAGE, pool_size=3, strides=2, padding="same", name="pool"
    ),
    "average_pooling3d": case("average_pooling3d", VOLUME, pool_size=[2, 2, 2], strides=[2, 2, 2]),
    "batch_normalization_training": case("batch_normalization", IMAGE, training=True),
    "batch_normalization_inference": case("batch_normalization", IMAGE, training=False),
    "batch_normalization_dense": case(
        "batch_normalization", VECTOR, training=True, momentum=0.5, name="bn"
    ),
    "batch_normalization_unfused": case(
        "batch_normalization", IMAGE, training=True, fused=False, scale=False
    ),
    "batch_normalization_axis": case(
        "batch_normalization",
        {"shape": [None, 4, 3], "feed": [2, 4, 3]},
        training=True,
        axis=1,
    ),
    "batch_normalization_float64": case("batch_normalization", VECTOR, "float64", training=True),
    "dropout_training": case("dropout", VECTOR, rate=0.5, training=True, seed=11),
    "dropout_noise_shape": case(
        "dropout", VECTOR, rate=0.3, training=True, seed=11, noise_shape=[3, 1]
    ),
    "dropout_inference": case("dropout", VECTOR, rate=0.5, training=False, seed=11),
    "flatten": case("flatten", IMAGE),
    "flatten_unknown": case("flatten", {"shape": [None, None, 3], "feed": [2, 2, 3]}),
    "flatten_channels_first": case(
        "flatten", {"shape": [None, 2, 3, 4], "feed": [1, 2, 3, 4]}, data_format="channels_first"
    ),
}

REFUSED = {
    "dense_rank1": case("dense", {"shape": [4]}, units=3),
    "dense_unknown_rank": case("dense", {"shape": "unknown"}, units=3),
    "dense_unknown_depth": case("dense", {"shape": [2, None]}, units=3),
    "dense_integer": case("dense", {"shape": [2, 3]}, "int32", units=3),
    "dense_activation": case("dense", {"shape": [2, 3]}, units=3, activation="rleu"),
    "dense_initializer": case("dense", {"shape": [2, 3]}, units=3, kernel_initializer=0.1),
    "dense_units": case("dense", {"shape": [2, 3]}, units=-1),
    "dense_name": case("dense", {"shape": [2, 3]}, units=3, name="a b"),
    "conv2d_rank3": case("conv2d", {"shape": [2, 6, 6]}, filters=1, kernel_size=3),
    "conv2d_channels": case("conv2d", {"shape": [2, 6, 6, None]}, filters=1, kernel_size=3),
    "conv2d_kernel_large": case("conv2d", {"shape": [2, 4, 6, 1]}, filters=1, kernel_size=5),
    "conv2d_dilated_large": case(
        "conv2d", {"shape": [2, 4, 4, 1]}, filters=1, kernel_size=3, dilation_rate=2
    ),
    "conv2d_stride_dilation": case(
        "conv2d",
        {"shape": [2, 9, 9, 1]},
        filters=1,
        kernel_size=3,
        strides=2,
        dilation_rate=2,
    ),
    "conv2d_padding": case(
        "conv2d", {"shape": [2, 4, 6, 1]}, filters=1, kernel_size=2, padding="full"
    ),
    "conv2d_data_format": case(
        "conv2d", {"shape": [2, 4, 6, 1]}, filters=1, kernel_size=2, data_format="NHWC"
    ),
    "conv2d_kernel_sizes": case(
        "conv2d", {"shape": [2, 4, 6, 1]}, filters=1, kernel_size=[2, 2, 2]
    ),
    "conv3d_kernel_size_text": case(
        "conv3d", {"shape": [2, 4, 6, 4, 1]}, filters=1, kernel_size="2x2"
    ),
    "max_pooling2d_large": case("max_pooling2d", {"shape": [2, 4, 6, 1]}, pool_size=5, strides=1),
    "max_pooling2d_rank": case("max_pooling2d", {"shape": [2, 4, 6]}, pool_size=2, strides=1),
    "average_pooling3d_stride": case(
        "average_pooling3d", {"shape": [2, 4, 6, 4, 1]}, pool_size=2, strides=0
    ),
    "batch_normalization_axis": case(
        "batch_normalization", {"shape": [2, 3]}, axis=2, training=False
    ),
    "batch_normalization_channels": case(
        "batch_normalization", {"shape": [2, None]}, training=False
    ),
    "dropout_rate": case("dropout", {"shape": [2, 3]}, rate=1.5, training=True),
    "dropout_rate_one": case("dropout", {"shape": [2, 3]}, rate=1.0, training=True),
    "flatten_scalar": case("flatten", {"shape": []}),
}


def recurrent(cells, **args):
    shape = args.pop("shape", [None, None, 3])
    return {"cells": cells, "shape": shape, "feed": [2, 4, 3], "dtype": "float32", "args": args}


CELLS = {
    "basic_rnn": recurrent([["basic_rnn_cell", {"num_units": 3}]]),
    "basic_lstm": recurrent([["basic_lstm_cell", {"num_units": 3, "forget_bias": 0.5}]]),
    "lstm": recurrent([["lstm_cell", {"num_units": 3, "cell_clip": 0.2}]], sequence_length=[2, 4]),
    "lstm_peepholes": recurrent(
        [["lstm_cell", {"num_units": 3, "use_peepholes": True, "num_proj": 2, "proj_clip": 0.1}]]
    ),
    "gru": recurrent([["gru_cell", {"num_units": 3}]], time_major=True, name="encoder"),
    "stacked": recurrent(
        [["basic_lstm_cell", {"num_units": 3}], ["gru_cell", {"num_units": 2, "name": "top"}]],
        shape=[2, 4, 3],
    ),
}
