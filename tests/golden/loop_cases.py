"""Pipelines with loops between reader and batcher, recorded by `record_readers.py`."""

from chain_cases import pixels
from reader_cases import Case, numbers, paths


def _line(api, folder, *names):
    queue = api.string_input_producer(paths(folder, *names), num_epochs=1, shuffle=False)
    return api.TextLineReader().read(queue)[1]


def _rows_mapped(api, tf, folder):
    """Each row of a picture, turned around by its largest value."""
    image, label = pixels(api, tf, folder)
    image = tf.reshape(image, [3, 2])
    turned = tf.map_fn(lambda row: tf.reduce_max(row) - tf.reverse(row, [0]), image)
    return api.batch([turned, label], 3)


def _run_lengths(api, tf, folder):
    """Bytes of a record as runs of a number, which are as long as the next byte says."""
    queue = api.string_input_producer(paths(folder, "a.tfrecord"), num_epochs=1, shuffle=False)
    data = tf.cast(tf.decode_raw(api.TFRecordReader().read(queue)[1], tf.uint8), tf.int32)

    def longer(place, found):
        return place + 2, tf.concat([found, tf.fill([data[place + 1] % 5], data[place])], 0)

    start = (tf.constant(0), tf.zeros([0], tf.int32))
    found = tf.while_loop(
        lambda place, _: place < tf.size(data),
        longer,
        start,
        shape_invariants=(tf.TensorShape([]), tf.TensorShape([None])),
    )[1]
    return api.batch([found, data], 2, dynamic_pad=True, shapes=[[None], [2]])


def _nested(api, tf, folder):
    """A table of products."""
    number = numbers(api, 6)

    def row(left):
        return tf.map_fn(lambda right: left * right + number, tf.range(3))

    return api.batch([tf.reshape(tf.map_fn(row, tf.range(1, 5)), [4, 3])], 2)


def _condition_in_a_loop(api, tf, folder):
    """How long a number takes to one, by halves and threefolds."""
    number = numbers(api, 9) + 1

    def step(value, taken):
        odd = tf.equal(value % 2, 1)
        return tf.cond(odd, lambda: 3 * value + 1, lambda: value // 2), taken + 1

    taken = tf.while_loop(lambda value, _: value > 1, step, (number, tf.constant(0)))[1]
    return api.batch([number, taken], 3)


def _loop_in_a_condition(api, tf, folder):
    number = numbers(api, 8)
    powers = tf.cond(
        number > 3,
        lambda: tf.scan(lambda power, _: power * number, tf.range(4), tf.constant(1)),
        lambda: tf.map_fn(lambda one: one - number, tf.range(4)),
    )
    return api.batch([tf.reshape(powers, [4])], 4)


def _words_turned_around(api, tf, folder):
    line = _line(api, folder, "a.txt", "b.txt")
    words = tf.string_split([line], " ").values
    turned = tf.foldl(lambda left, word: tf.string_join([word, left], "-"), words, tf.constant(""))
    marked = tf.map_fn(lambda word: tf.string_join(["<", word, ">"]), words)
    return api.batch([turned, tf.reshape(marked, [3])], 3, allow_smaller_final_batch=True)


def _sums_so_far(api, tf, folder):
    number = numbers(api, 6)
    parts = tf.range(5) * number
    sums = tf.scan(lambda total, part: total + part, parts)
    last = tf.foldr(lambda total, part: part - total, parts)
    return api.batch([tf.reshape(sums, [5]), tf.reshape(last, [])], 3)


def _a_table_for_all(api, tf, folder):
    """What a loop computes from no record, and another for each."""
    table = tf.map_fn(lambda number: number * number, tf.range(7))
    number = numbers(api, 6)
    found = tf.map_fn(lambda place: table[place] + number, tf.range(3) + number % 3)
    return api.batch([tf.reshape(found, [3])], 3)


def _sparse(api, tf, folder):
    """As many numbers as are left after threes."""
    number = numbers(api, 8)
    values = tf.map_fn(lambda place: place * 10 + number, tf.range(number % 3))
    indices = tf.map_fn(lambda place: tf.stack([2 * place]), tf.range(number % 3))
    return api.batch([tf.SparseTensor(tf.cast(indices, tf.int64), values, [5]), number], 4)


def _many_rows(api, tf, folder):
    number = numbers(api, 4)
    rows = tf.map_fn(lambda place: tf.stack([place, number]), tf.range(3))
    return api.batch([tf.reshape(rows, [3, 2])], 4, enqueue_many=True)


def _some_are_kept(api, tf, folder):
    number = numbers(api, 9)
    bits = tf.while_loop(
        lambda left, _: left > 0,
        lambda left, bits: (left // 2, bits + left % 2),
        (number, tf.constant(0)),
    )[1]
    return api.maybe_batch([number, bits], tf.equal(bits, 2), 3)


def _arrays_written(api, tf, folder):
    """A TensorArray that a loop writes from its end, and a condition in its middle."""
    number = numbers(api, 6)
    array = tf.TensorArray(tf.int32, 5, element_shape=[])

    def write(place, array):
        value = tf.cond(tf.equal(place, 2), lambda: -number, lambda: place * number)
        return place + 1, array.write(4 - place, value)

    written = tf.while_loop(lambda place, _: place < 5, write, (tf.constant(0), array))[1]
    return api.batch([tf.reshape(written.stack(), [5])], 3)


def _in_python(api, tf, folder):
    number = numbers(api, 6)

    def added(place):
        return tf.reshape(tf.py_func(lambda one, two: one + two, [place, number], tf.int32), [])

    return api.batch([tf.reshape(tf.map_fn(added, tf.range(3)), [3])], 2)


def _joined(api, tf, folder):
    queue = api.range_input_producer(8, num_epochs=1, shuffle=False)

    def example():
        number = queue.dequeue()
        return [tf.reshape(tf.map_fn(lambda place: place * number, tf.range(3)), [3]), number]

    return api.batch_join([example() for _ in range(2)], 2)


def _shuffled_joins(api, tf, folder):
    queue = api.range_input_producer(8, num_epochs=1, shuffle=False)

    def example():
        number = queue.dequeue()
        return [tf.while_loop(lambda left: left > 2, lambda left: left - 3, [number]), number]

    return api.shuffle_batch_join([example() for _ in range(2)], 2, 8, 2)


def cases():
    """Every pipeline by name."""
    return {
        "rows mapped by a loop": Case(_rows_mapped),
        "run lengths decoded by a loop": Case(_run_lengths),
        "a loop in a loop": Case(_nested),
        "a condition in a loop": Case(_condition_in_a_loop),
        "a loop in a condition": Case(_loop_in_a_condition),
        "words turned around by loops": Case(_words_turned_around),
        "sums so far by loops": Case(_sums_so_far),
        "a table for all by a loop": Case(_a_table_for_all),
        "sparse by loops": Case(_sparse),
        "many rows by a loop": Case(_many_rows),
        "some are kept by a loop": Case(_some_are_kept),
        "arrays written by a loop": Case(_arrays_written),
        "in Python by a loop": Case(_in_python),
        "joined with loops": Case(_joined, order="any"),
        "shuffled joins with loops": Case(_shuffled_joins, order="any"),
    }
