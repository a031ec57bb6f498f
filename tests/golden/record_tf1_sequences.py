"""Programs with contrib.training's state saver: three examples put in, one batch taken."""

import numpy as np


def count(tf):
    """1, 2, 3: the number of the example that is put in."""
    made = tf.get_variable("count", [], tf.int32, tf.zeros_initializer(), trainable=False)
    return tf.identity(tf.assign_add(made, 1))


def example(tf):
    """A sequence of 2 * number steps, with a context and states."""
    number = count(tf)
    steps = tf.range(2 * number)
    return {
        "input_key": tf.string_join(["example", tf.as_string(number)]),
        "input_sequences": {
            "pairs": tf.stack([steps, steps * number], axis=1),
            "words": tf.as_string(steps),
            "halves": tf.cast(steps, tf.float64) / 2.0,
        },
        "input_context": {"number": number, "row": tf.fill([1, 2], tf.cast(number, tf.float32))},
        "input_length": None,
        "initial_states": {"h": np.array([0.5, 1.5], np.float32), "c": tf.cast(number, tf.int64)},
        "num_unroll": 2,
        "batch_size": 2,
    }


def sparse(tf):
    """A sequence with a value in every step but each third, and a sparse context."""
    number = count(tf)
    size = 2 * number
    steps = tf.cast(tf.range(size), tf.int64)
    kept = tf.reshape(tf.where(tf.not_equal(steps % 3, 1)), [-1])
    indices = tf.stack([kept, kept % 4], axis=1)
    shape = tf.stack([tf.cast(size, tf.int64), tf.constant(4, tf.int64)])
    context = tf.SparseTensor([[1], [2]], tf.stack([number, -number]), [5])
    return {
        "input_key": tf.as_string(number),
        "input_sequences": {"s": tf.SparseTensor(indices, tf.cast(kept, tf.float32), shape)},
        "input_context": {"c": context},
        "input_length": None,
        "initial_states": {"h": tf.zeros([1])},
        "num_unroll": 3,
        "batch_size": 3,
    }


def taken(tf, batch, sequences, context, states):
    """Everything a batch has, and the op that puts an example in."""
    (runner,) = tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
    found = {
        "train": runner.enqueue_ops[0],
        "threads": len(runner.enqueue_ops),
        "summaries": len(tf.get_collection(tf.GraphKeys.SUMMARIES)),
    }
    for name in ("key", "next_key", "length", "total_length", "sequence", "sequence_count"):
        found[name] = getattr(batch, name)
    found.update({"batch_size": batch.batch_size, "insertion_index": batch.insertion_index})
    parts = [("sequence_" + name, batch.sequences[name]) for name in sequences]
    parts += [("context_" + name, batch.context[name]) for name in context]
    parts += [("state_" + name, batch.state(name)) for name in states]
    for name, part in parts:
        found["dtype_" + name] = part.dtype.name
        if isinstance(part, tf.SparseTensor):
            pieces = {"indices": part.indices, "values": part.values, "size": part.dense_shape}
            found.update({name + "_" + key: piece for key, piece in pieces.items()})
        else:
            found[name] = part
    for name in states:
        found["save_" + name] = batch.save_state(name, batch.state(name))
    return found


def batched(make=example, **changes):
    def program(tf):
        arguments = dict(make(tf), **changes)
        names = [
            sorted(arguments[key]) for key in ("input_sequences", "input_context", "initial_states")
        ]
        batch = tf.contrib.training.batch_sequences_with_states(**arguments)
        return taken(tf, batch, *names)

    return program


def changed(part, **changes):
    """An example of which one dictionary has other values."""

    def make(tf):
        arguments = example(tf)
        values = {name: change(tf) for name, change in changes.items()}
        arguments[part] = dict(arguments[part], **values)
        return arguments

    return make


def saved(**changes):
    """The saver itself, its sequences padded by hand."""

    def program(tf):
        arguments = dict(example(tf), input_length=tf.constant(1))
        arguments.update(changes)
        saver = tf.contrib.training.SequenceQueueingStateSaver(**arguments)
        batch = saver.next_batch
        states = sorted(arguments["initial_states"])
        found = {name: batch.state(name) for name in states}
        found.update({"save_" + name: batch.save_state(name, found[name]) for name in states})
        return dict(
            found,
            train=saver.prefetch_op,
            once=saver.prefetch_op is saver.prefetch_op and saver.next_batch is batch,
            name=saver.name,
            unroll=saver.num_unroll,
            asked=saver.batch_size,
            halves=batch.sequences["halves"],
            row=batch.context["row"],
            length=batch.length,
        )

    return program


def with_state(value, name="h"):
    """The saver, when another value is to become a state."""

    def program(tf):
        arguments = dict(example(tf), input_length=tf.constant(1))
        saver = tf.contrib.training.SequenceQueueingStateSaver(**arguments)
        return {
            "save": saver.next_batch.save_state(name, value(tf)),
            "train": saver.prefetch_op,
        }

    return program


def unrolled(tf):
    """A recurrent network that reads its states from a batch and leaves new ones."""
    number = count(tf)
    batch = tf.contrib.training.batch_sequences_with_states(
        tf.as_string(number),
        {"x": tf.fill([number, 3], 0.1) * tf.cast(number, tf.float32)},
        {},
        None,
        {"state": tf.fill([4], 0.25)},
        num_unroll=2,
        batch_size=3,
    )
    inputs = [tf.reshape(part, [3, 3]) for part in tf.split(batch.sequences["x"], 2, axis=1)]
    with tf.variable_scope("net", initializer=tf.constant_initializer(0.2)):
        outputs, state = tf.contrib.rnn.static_state_saving_rnn(
            tf.nn.rnn_cell.BasicRNNCell(4), inputs, batch, "state", sequence_length=batch.length
        )
    (runner,) = tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
    found = {"output%d" % place: output for place, output in enumerate(outputs)}
    return dict(found, state=state, train=runner.enqueue_ops[0])


def unknown(tf):
    return tf.placeholder(tf.float32, [None, None])


PROGRAMS = {
    "batch": batched(),
    "batch_full": batched(allow_small_batch=False),
    "batch_of_sizes": batched(lambda tf: dict(example(tf), batch_size=tf.constant(2))),
    "batch_given_length": batched(lambda tf: dict(example(tf), input_length=tf.constant(1))),
    "batch_padded": batched(num_unroll=4, num_threads=1),
    "batch_in_one_piece": batched(num_unroll=10),
    "batch_unpadded": batched(lambda tf: dict(example(tf), input_length=2 * 1), pad=False),
    "batch_unpadded_rest": batched(
        lambda tf: dict(example(tf), input_length=tf.constant(2)), pad=False, num_unroll=3
    ),
    "batch_unpadded_without_length": batched(pad=False),
    "batch_unique_keys": batched(make_keys_unique=True, make_keys_unique_seed=7),
    "batch_named": batched(name="mine"),
    "batch_too_large": batched(capacity=1),
    "batch_colon": batched(changed("input_sequences", **{"a:b": lambda tf: tf.zeros([4])})),
    "batch_not_an_int": batched(num_unroll=2.5),
    "batch_without_sequences": batched(input_sequences={}),
    "batch_without_states": batched(initial_states={}),
    "batch_of_two_lengths": batched(
        changed("input_sequences", other=lambda tf: tf.zeros([5], tf.int32))
    ),
    "batch_unknown_sequence": batched(changed("input_sequences", other=unknown)),
    "batch_unknown_context": batched(changed("input_context", other=unknown)),
    "batch_unknown_state": batched(changed("initial_states", other=unknown)),
    "saver": saved(),
    "saver_full": saved(capacity=5),
    "saver_small": saved(allow_small_batch=True, name="mine"),
    "saver_capacity": saved(capacity=1),
    "saver_length_dtype": saved(input_length=np.int64(1)),
    "saver_length_rank": saved(input_length=np.array([1], np.int32)),
    "saver_length_too_long": saved(input_length=np.int32(3)),
    "saver_key_dtype": saved(input_key=3),
    "saver_key_rank": saved(input_key=["a", "b"]),
    "saver_rest": saved(num_unroll=3),
    "saver_state_colon": saved(initial_states={"a:b": 1.0}),
    "saver_state_number": saved(initial_states={3: 1.0}),
    "saver_states_listed": saved(initial_states=[1.0]),
    "saver_context_number": saved(input_context={3: 1.0}),
    "saver_sequence_number": saved(input_sequences={3: [1.0, 2.0]}),
    "saver_without_states": saved(initial_states={}),
    "sparse": batched(sparse),
    "sparse_full": batched(sparse, allow_small_batch=False),
    "state_of_another_dtype": with_state(lambda tf: tf.zeros([2, 2], tf.float64)),
    "state_of_another_rank": with_state(lambda tf: tf.zeros([2])),
    "state_of_another_shape": with_state(lambda tf: tf.zeros([2, 3])),
    "state_of_another_shape_later": with_state(
        lambda tf: tf.placeholder_with_default(np.zeros([2, 3], np.float32), [None, None])
    ),
    "state_unknown": with_state(lambda tf: tf.zeros([2]), "other"),
    "unrolled": unrolled,
}
