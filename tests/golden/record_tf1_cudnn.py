"""Programs with contrib.cudnn_rnn: what runs on a CPU in 1.15, and what its layers declare."""

import numpy as np

KINDS = ("CudnnGRU", "CudnnLSTM", "CudnnRNNRelu", "CudnnRNNTanh")


def values(tf, *shape):
    size = int(np.prod(shape))
    return tf.constant(np.cos(1.3 * np.arange(size)).reshape(shape), tf.float32)


def cell_over_time(name):
    def program(tf):
        cells = [getattr(tf.contrib.cudnn_rnn, name)(3) for _ in range(2)]
        outputs, state = tf.nn.dynamic_rnn(
            tf.nn.rnn_cell.MultiRNNCell(cells), values(tf, 2, 3, 4), [2, 3], dtype=tf.float32
        )
        flat = tf.contrib.framework.nest.flatten(state)
        gradient = tf.gradients(tf.reduce_sum(outputs), tf.trainable_variables())
        return {"outputs": outputs, "state": tf.concat(flat, 1), "gradient": gradient[0]}

    return program


def cell_both_ways(name):
    def program(tf):
        make = getattr(tf.contrib.cudnn_rnn, name)
        outputs, _, _ = tf.contrib.rnn.stack_bidirectional_dynamic_rnn(
            [make(3), make(3)], [make(3), make(3)], values(tf, 2, 3, 4), dtype=tf.float32
        )
        return {"outputs": outputs}

    return program


def gru_of_given_start(tf):
    start = tf.constant_initializer(0.5)
    cell = tf.contrib.cudnn_rnn.CudnnCompatibleGRUCell(3, kernel_initializer=start)
    output, _ = cell(values(tf, 2, 4), values(tf, 2, 3))
    return {"output": output, "train": tf.no_op()}


def layer(kind, direction):
    """What a layer declares, read in a graph of its own: 1.15 cannot run it without a GPU."""

    def program(tf):
        with tf.Graph().as_default():
            made = getattr(tf.contrib.cudnn_rnn, kind)(2, 3, direction=direction, seed=5)
            with tf.variable_scope("outer"):
                outputs, states = made(tf.zeros([4, 2, 5]))
                made(tf.zeros([4, 2, 5]))
            (saveable,) = tf.get_collection(tf.GraphKeys.SAVEABLE_OBJECTS)
            return {
                "variables": [v.op.name for v in tf.global_variables()],
                "trainable": [v.op.name for v in made.trainable_variables],
                "saveable": saveable.name,
                "keys": [spec.name for spec in saveable.specs],
                "outputs": outputs.get_shape().as_list(),
                "states": [part.get_shape().as_list() for part in states],
                "weights": [list(shape) for shape in made.canonical_weight_shapes],
                "biases": [list(shape) for shape in made.canonical_bias_shapes],
                "mode": [made.rnn_mode, made.direction, made.input_mode],
                "sizes": [made.num_layers, made.num_units, made.num_dirs, made.input_size],
            }

    return program


def built_by_hand(tf):
    with tf.Graph().as_default():
        made = tf.contrib.cudnn_rnn.CudnnLSTM(1, 3, name="mine")
        made.build([None, None, 4])
        return {
            "variables": [v.op.name for v in tf.global_variables()],
            "keys": [spec.name for spec in made.saveable.specs],
        }


def first_weights(tf):
    """The buffer a layer starts from; in 1.15 what goes into the op that makes it."""
    with tf.Graph().as_default() as graph:
        made = tf.contrib.cudnn_rnn.CudnnGRU(2, 3, seed=5, direction="bidirectional")
        made.build([None, None, 4])
        packing = [op for op in graph.get_operations() if op.type == "CudnnRNNCanonicalToParams"]
        config = tf.ConfigProto(graph_options=tf.GraphOptions(place_pruned_graph=True))
        with tf.Session(config=config) as session:
            if packing:
                parts = session.run(list(packing[0].inputs)[3:])
                buffer = np.concatenate([part.ravel() for part in parts])
            else:
                session.run(tf.global_variables_initializer())
                buffer = session.run(made.kernel)
        return {"buffer": [float(value) for value in buffer]}


def converted(kind, directions, **more):
    """From cuDNN's matrices to the variables of cells, and back."""

    def program(tf):
        direction = ["unidirectional", "bidirectional"][directions - 1]
        make = getattr(tf.contrib.cudnn_rnn, "CudnnParamsFormatConverter" + kind)
        converter = make(2, 3, 4, direction=direction, **more)
        gates = {"LSTM": 4, "GRU": 3}.get(kind, 1)
        state = more.get("num_proj", 3)
        weights, biases = [], []
        for width in (4, state * directions):
            for _ in range(directions):
                for number in range(gates):
                    weights.append(values(tf, 3, width) + number)
                for number in range(gates):
                    weights.append(values(tf, 3, state) - number)
                if more:
                    weights.append(values(tf, state, 3))
                biases += [values(tf, 3) * number for number in range(2 * gates)]
        cells = converter._cu_canonical_to_tf_canonical(weights, biases)
        again = converter._tf_canonical_to_cu_canonical(cells[0] + cells[1], *(cells[2:] or [None]))
        found = {}
        for name, parts in (("cells", cells), ("again", again)):
            for number, part in enumerate([part for some in parts for part in some]):
                found["%s_%02d" % (name, number)] = part
        return found

    return program


def failing(call):
    def program(tf):
        return {"never": call(tf, tf.contrib.cudnn_rnn)}

    return program


REFUSED = {
    "direction": lambda tf, c: c.CudnnLSTM(1, 2, direction="up"),
    "dtype": lambda tf, c: c.CudnnGRU(1, 2, dtype=tf.int32),
    "input_mode": lambda tf, c: c.CudnnLSTM(1, 2, input_mode="linear"),
    "rank": lambda tf, c: c.CudnnLSTM(1, 2)(tf.zeros([2, 3])),
    "shapes_too_early": lambda tf, c: c.CudnnLSTM(1, 2).canonical_weight_shapes,
    "size_too_early": lambda tf, c: c.CudnnLSTM(1, 2).input_size,
    "state_of_one_part": lambda tf, c: c.CudnnLSTM(1, 2)(
        tf.zeros([2, 3, 4]), initial_state=(tf.zeros([1, 3, 2]),)
    ),
    "state_of_two_parts": lambda tf, c: c.CudnnGRU(1, 2)(
        tf.zeros([2, 3, 4]), initial_state=(tf.zeros([1, 3, 2]),) * 2
    ),
    "state_without_tuple": lambda tf, c: c.CudnnLSTM(1, 2)(
        tf.zeros([2, 3, 4]), initial_state=[tf.zeros([1, 3, 2])] * 2
    ),
    "width_of_a_cell": lambda tf, c: c.CudnnCompatibleGRUCell(2)(
        tf.placeholder(tf.float32, [1, None]), tf.zeros([1, 2])
    ),
    "width_of_a_layer": lambda tf, c: c.CudnnRNNTanh(1, 2)(
        tf.placeholder(tf.float32, [1, 1, None])
    ),
}

PROGRAMS = {
    "built_by_hand": built_by_hand,
    "first_weights": first_weights,
    "gru_of_given_start": gru_of_given_start,
}
for _name in ("CudnnCompatibleGRUCell", "CudnnCompatibleLSTMCell"):
    PROGRAMS["over_time_" + _name] = cell_over_time(_name)
    PROGRAMS["both_ways_" + _name] = cell_both_ways(_name)
for _kind in KINDS:
    for _direction in ("unidirectional", "bidirectional"):
        PROGRAMS["layer_%s_%s" % (_kind, _direction)] = layer(_kind, _direction)
for _kind in ("GRU", "LSTM", "Relu", "Tanh"):
    for _count in (1, 2):
        PROGRAMS["converted_%s_%d" % (_kind, _count)] = converted(_kind, _count)
PROGRAMS["converted_projected_1"] = converted("LSTM", 1, num_proj=2)
PROGRAMS["converted_projected_2"] = converted("LSTM", 2, num_proj=2)
for _what, _call in REFUSED.items():
    PROGRAMS["refused_" + _what] = failing(_call)
