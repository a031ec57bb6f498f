"""The bucket pipelines recorded by `record_buckets.py`.

A case takes the module that offers the functions (`api`) as an argument beside TensorFlow, so that
`tests/readers` builds the same pipelines with graphkit.
"""

from reader_cases import Case, numbers, paths


def _bucket(limit=11, which=3, **options):
    """A case that puts numbers and their squares into buckets by their rest."""

    def build(api, tf, folder):
        number = numbers(api, limit, options.get("epochs", 1))
        given = {key: value for key, value in options.items() if key != "epochs"}
        given.setdefault("batch_size", 2)
        given.setdefault("num_buckets", which)
        return _flat(api.bucket([number, number * number], number % which, **given))

    return build


def _lengths(limit=12, **options):
    """A case that batches sequences by their length."""

    def build(api, tf, folder):
        number = numbers(api, limit)
        given = dict({"batch_size": 2, "bucket_boundaries": [3, 6], "dynamic_pad": True}, **options)
        return _flat(
            api.bucket_by_sequence_length(number, [tf.fill([number], number), number], **given)
        )

    return build


def _flat(found):
    which, batch = found
    if isinstance(batch, dict):
        batch = [batch[key] for key in sorted(batch)]
        batch = batch[0] if isinstance(batch[0], list) else batch
    return [which] + (list(batch) if isinstance(batch, (list, tuple)) else [batch])


def _dict(api, tf, folder, keys=("n", "m")):
    number = numbers(api)
    return _flat(api.bucket({key: number + len(key) for key in keys}, number % 2, 2, 2))


def _dict_by_length(api, tf, folder):
    number = numbers(api)
    sequences = {"s": tf.range(number), "n": number}
    found = api.bucket_by_sequence_length(
        number, sequences, 2, [4], dynamic_pad=True, shapes=[[], [None]]
    )
    return _flat(found)


def _alone_by_length(api, tf, folder):
    number = numbers(api)
    return _flat(api.bucket_by_sequence_length(number, {"s": number}, 2, [4]))


def _outside(api, tf, folder):
    number = numbers(api, 40)
    return _flat(api.bucket([number], number % 7 - 2, 2, 3))


def _kept(api, tf, folder):
    number = numbers(api, 20)
    return _flat(api.bucket([number], number % 2, 2, 2, keep_input=number % 3 < 2))


def _matrices(api, tf, folder):
    number = numbers(api, 9)
    matrix = tf.fill([number % 3 + 1, number % 4 + 1], tf.as_string(number))
    return _flat(
        api.bucket(
            [matrix], number % 2, 2, 2, dynamic_pad=True, shapes=[[None, None]],
            allow_smaller_final_batch=True,
        )
    )  # fmt: skip


def _sparse(api, tf, folder):
    number = numbers(api, 8)
    row = tf.cast(tf.reshape(number, [1, 1]), tf.int64)
    one = tf.SparseTensor(row, tf.reshape(number, [1]), [8])
    return _flat(api.bucket([one, number], number % 2, 2, 2))


def _lines(api, tf, folder):
    names = paths(folder, "a.txt", "b.txt", "c.txt")
    queue = api.string_input_producer(names, num_epochs=2, shuffle=False)
    key, line = api.TextLineReader().read(queue)
    last = tf.string_to_number(tf.substr(line, 7, 1), tf.int32)
    return _flat(
        api.bucket([key, line], last % 2, 3, 2, allow_smaller_final_batch=True, name="lines")
    )


def _of_one_bucket(api, tf, folder):
    return _flat(api.bucket([numbers(api)], 0, 3, 1))


def _of_a_tensor(api, tf, folder):
    number = numbers(api)
    return _flat(api.bucket([number], number % 2, tf.placeholder_with_default(2, []), 2))


def _halves(tf, number):
    """A number and its halves down to one."""
    return tf.while_loop(
        lambda left, _: left > 0,
        lambda left, found: (left // 2, tf.concat([found, [left]], 0)),
        (number, tf.zeros([0], tf.int32)),
        shape_invariants=(tf.TensorShape([]), tf.TensorShape([None])),
    )[1]


def _by_halves(api, tf, folder):
    number = numbers(api, 20)
    halves = _halves(tf, number)
    return _flat(
        api.bucket_by_sequence_length(
            tf.size(halves), [halves, number], 2, [2, 4], dynamic_pad=True, shapes=[[None], []]
        )
    )


def _in_the_bucket_of_a_loop(api, tf, folder):
    number = numbers(api, 20)
    which = tf.foldl(lambda found, half: half % 2 + found, _halves(tf, number), tf.constant(0))
    which = tf.reshape(which, [])
    return _flat(api.bucket([number], which, 2, 5, allow_smaller_final_batch=True))


def cases():
    """Every pipeline by name."""
    return {
        "full batches": Case(_bucket()),
        "full batches of two epochs": Case(_bucket(epochs=2)),
        "smaller last batches": Case(_bucket(allow_smaller_final_batch=True)),
        "sizes for each bucket": Case(_bucket(batch_size=[1, 2, 3])),
        "sizes for each bucket and smaller last ones": Case(
            _bucket(batch_size=[2, 3, 4], allow_smaller_final_batch=True)
        ),
        "none is full": Case(_bucket(limit=4, batch_size=3)),
        "none is full but taken": Case(
            _bucket(limit=4, batch_size=3, allow_smaller_final_batch=True)
        ),
        "batches larger than the bucket": Case(_bucket(limit=25, batch_size=4, capacity=2)),
        "capacities for each bucket": Case(
            _bucket(limit=25, bucket_capacities=[1, 2, 3], capacity=4, name="mine")
        ),
        "more buckets than come": Case(_bucket(num_buckets=5)),
        "fewer buckets than come": Case(_bucket(num_buckets=2)),
        "buckets that are none": Case(_outside),
        "by threads": Case(_bucket(limit=24, num_threads=3), order="any"),
        "a dict": Case(_dict),
        "a dict of one": Case(lambda api, tf, d: _dict(api, tf, d, ("n",))),
        "some are kept": Case(_kept),
        "padded matrices of strings": Case(_matrices),
        "sparse": Case(_sparse),
        "lines of files": Case(_lines),
        "one bucket for all": Case(_of_one_bucket),
        "batch size by a tensor": Case(_of_a_tensor),
        "queues that are shared": Case(_bucket(shared_name="ours")),
        "by length": Case(_lengths()),
        "by length with the rest": Case(_lengths(allow_smaller_final_batch=True)),
        "by length with sizes": Case(_lengths(limit=20, batch_size=[1, 2, 4], name="lengths")),
        "by length with one boundary": Case(_lengths(bucket_boundaries=[4])),
        "by length with shapes": Case(_lengths(shapes=[[None], []])),
        "by length of a dict": Case(_dict_by_length),
        "by length of a dict of one": Case(_alone_by_length),
        "by length of what a loop found": Case(_by_halves),
        "in the bucket of a loop": Case(_in_the_bucket_of_a_loop),
    }
