"""contrib's small helpers: embeddings, tables, feature columns, steps of a data set."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf
from graphkit.errors import ArgumentError

framework = tf.contrib.framework
layers = tf.contrib.layers


def run(fetches, feed=None):
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.tables_initializer()])
        return session.run(fetches, feed)


def test_scalar_int_is_checked_statically(graph):
    assert framework.assert_scalar_int(3).dtype == tf.int32
    with pytest.raises(ValueError, match=r"Expected integer type.*float32"):
        framework.assert_scalar_int(3.0, "s")
    with pytest.raises(ValueError, match=r"Expected scalar shape.*\(1,\)"):
        framework.assert_scalar_int([3])


def test_placeholders_are_listed(graph):
    made = [tf.placeholder(tf.float32, name=name) for name in "ab"]
    assert framework.get_placeholders(graph) == made


def test_many_tensors_are_summed(graph):
    parts = [tf.constant([1.0, 2.0]), tf.constant(3.0)]
    assert run(framework.reduce_sum_n(parts, "all")) == 6
    assert run(framework.reduce_sum_n(parts[:1])) == 3
    with pytest.raises(ArgumentError, match="tensors must be at least one tensor"):
        framework.reduce_sum_n([])


def test_shapes_are_checked_when_known_and_when_run(graph):
    x = tf.placeholder(tf.float32, [None, 2])
    checked = framework.with_shape([1, 2], x)
    assert checked.shape.as_list() == [1, 2]
    assert run(checked, {x: [[1, 2]]}).tolist() == [[1, 2]]
    with pytest.raises(tf.errors.InvalidArgumentError, match="Wrong shape"):
        run(checked, {x: [[1, 2], [3, 4]]})
    with pytest.raises(ValueError, match=r"expected \[3\], got \(2,\)"):
        framework.with_shape([3], [1.0, 2.0])
    constant = tf.constant([1.0])
    assert framework.with_same_shape([2.0], constant) is constant
    assert run(framework.with_same_shape(x, x), {x: [[1, 2]]}).shape == (1, 2)


@pytest.mark.parametrize("resource", [True, False])
@pytest.mark.parametrize("dtype", [tf.float32, tf.int64])
def test_variables_without_a_value_are_zeroed(graph, resource, dtype):
    v = tf.get_variable("v", [2], dtype, initializer=tf.ones_initializer(), use_resource=resource)
    zero = framework.zero_initializer(v)
    assert zero.op.name == "zero_initializer"
    assert zero.dtype.base_dtype == (tf.resource if resource else dtype)
    with tf.Session() as session:
        session.run(zero.op)
        assert session.run(v).tolist() == [0, 0]
        session.run(v.initializer)
        with pytest.raises(tf.errors.InvalidArgumentError, match="v is already initialized"):
            session.run(zero.op)
        assert session.run(v).tolist() == [1, 1]


def test_only_variables_are_zeroed(graph):
    assert framework.zero_initializer(tf.Variable(1.0), name="own").op.name == "own"
    with pytest.raises(TypeError, match="ref must be a Variable, got"):
        framework.zero_initializer(tf.constant([1.0]))


def test_python_functions_take_nested_tensors(graph):
    def add(a, b):
        return {"sum": a + b}

    made = framework.py_func(
        add, [tf.constant(1.0)], {"b": tf.constant(2.0)}, {"sum": tf.float32}, {"sum": []}
    )
    assert run(made) == {"sum": 3}
    assert made["sum"].shape.as_list() == []
    bare = framework.py_func(abs, [tf.constant(-1.0)], output_types=tf.float32)
    assert run(bare) == 1


def test_sequences_and_bags_are_embedded(graph):
    ids = tf.constant([[1, 2], [1, 0]])
    made = layers.embed_sequence(
        ids, 3, 2, initializer=tf.constant_initializer([[0, 0], [1, 1], [2, 2]])
    )
    again = layers.embed_sequence(ids, unique=True, scope="EmbedSequence", reuse=True)
    first, second = run([made, again])
    np.testing.assert_array_equal(first, second)
    assert first[0].tolist() == [[1, 1], [2, 2]]
    assert again.shape.as_list() == [2, 2, 2]
    assert [v.op.name for v in tf.trainable_variables()] == ["EmbedSequence/embeddings"]
    bag = layers.bow_encoder(
        ids, 3, 2, initializer=tf.constant_initializer([[0, 0], [1, 1], [2, 2]])
    )
    dense = layers.bow_encoder(ids, 3, 2, sparse_lookup=False, scope="bow_encoder", reuse=True)
    assert [value.tolist() for value in run([bag, dense])] == [
        [[1.5, 1.5], [1, 1]],
        [[1.5, 1.5], [0.5, 0.5]],
    ]


def test_embeddings_of_unknown_size_are_refused(graph):
    with pytest.raises(ValueError, match="vocab_size=None and embed_dim=None"):
        layers.embed_sequence([[1]])
    sparse = tf.sparse.from_dense([[1]])
    with pytest.raises(TypeError, match="ids are expected to be dense Tensor"):
        layers.bow_encoder(sparse, 3, 2, sparse_lookup=False)
    with pytest.raises(ArgumentError, match="embedding_weights must be at least one variable"):
        layers.safe_embedding_lookup_sparse([], sparse)


def test_rows_without_ids_get_zeros(graph):
    ids = tf.SparseTensor([[0, 0], [0, 1]], tf.constant([1, 2], tf.int64), [2, 2])
    made = layers.safe_embedding_lookup_sparse([tf.constant([[0.0], [1.0], [3.0]])], ids)
    assert run(made).tolist() == [[2], [0]]


def test_tables_look_words_up(graph, tmp_path):
    lookup = tf.contrib.lookup
    words = tf.constant(["b", "z"])
    (tmp_path / "words").write_text("a\nb\n")
    by_list = lookup.string_to_index_table_from_tensor(["a", "b"], default_value=9)
    by_file = lookup.string_to_index_table_from_file(str(tmp_path / "words"), num_oov_buckets=1)
    pairs = lookup.KeyValueTensorInitializer(["b"], [5])
    table = lookup.HashTable(pairs, -1)
    found = run(
        [
            by_list.lookup(words),
            by_file.lookup(words),
            table.lookup(words),
            lookup.string_to_index(words, ["a", "b"]),
            lookup.index_to_string(tf.constant([1, 7], tf.int64), ["a", "b"]),
        ]
    )
    assert [part.tolist() for part in found] == [
        [1, 9],
        [1, 2],
        [5, -1],
        [1, -1],
        [b"b", b"UNK"],
    ]
    with pytest.raises(ArgumentError, match="mapping must be a list of words"):
        lookup.index_table_from_tensor(None)


def test_dense_tables_can_be_changed(graph):
    table = tf.contrib.lookup.MutableDenseHashTable(
        tf.int64, tf.int64, -1, empty_key=0, deleted_key=-9
    )
    with tf.Session() as session:
        session.run(table.insert(tf.constant([5], tf.int64), tf.constant([6], tf.int64)))
        assert session.run(table.lookup(tf.constant([5, 7], tf.int64))).tolist() == [6, -1]


@pytest.mark.filterwarnings("ignore:.layer.add_variable")
def test_feature_columns_make_inputs_and_linear_models(graph, tmp_path):
    (tmp_path / "v").write_text("x\ny\n")
    age = layers.real_valued_column("age", dimension=None)
    words = layers.sparse_column_with_keys("w", ["x", "y"])
    columns = [
        age,
        layers.bucketized_column(age, [1.0, 5.0]),
        layers.one_hot_column(words),
        layers.embedding_column(words, 2, initializer=tf.ones_initializer()),
        layers.one_hot_column(layers.sparse_column_with_vocabulary_file("f", str(tmp_path / "v"))),
        layers.one_hot_column(layers.sparse_column_with_integerized_feature("i", 3)),
        layers.one_hot_column(layers.crossed_column(["w", "i2"], 2)),
    ]
    features = {
        "age": tf.constant([[3.0]]),
        "w": tf.constant([["y"]]),
        "i": tf.constant([[2]], tf.int64),
        "i2": tf.constant([["q"]]),
        "f": tf.constant([["x"]]),
    }
    outs = {}
    made = layers.input_from_feature_columns(features, columns, cols_to_outs=outs)
    assert made.shape.as_list() == [1, 1 + 3 + 2 + 2 + 2 + 3 + 2]
    assert len(outs) == len(columns)
    linear = layers.weighted_sum_from_feature_columns(features, [age, words], 2)
    assert linear.predictions.shape.as_list() == [1, 2]
    assert run(linear.predictions).tolist() == [[0, 0]]
    assert linear.bias.shape.as_list() == [2]
    # The intervals come first and the numbers last, whatever the columns are called.
    assert run(made)[0, :3].tolist() == [0, 1, 0]
    assert run(made)[0, -1] == 3


def test_more_feature_columns_exist(graph):
    words = layers.sparse_column_with_hash_bucket("w", 5)
    assert layers.weighted_sparse_column(words, "weight").name
    a, b = layers.shared_embedding_columns(
        [words, layers.sparse_column_with_hash_bucket("u", 5)], 2
    )
    assert a.name != b.name
    spec = layers.create_feature_spec_for_parsing([words, layers.real_valued_column("n")])
    assert set(spec) == {"w", "n"}
    example = tf.train.Example()
    example.features.feature["n"].float_list.value.append(2.0)
    example.features.feature["w"].bytes_list.value.append(b"a")
    columns = [words, layers.real_valued_column("n")]
    parsed = layers.parse_feature_columns_from_examples([example.SerializeToString()], columns)
    assert run(parsed["n"]).tolist() == [[2]]
    inferred = layers.infer_real_valued_columns({"p": tf.zeros([4, 3])})
    assert inferred[0].shape == (3,)
    assert layers.infer_real_valued_columns(tf.zeros([4, 3]))[0].key == ""
    layers.check_feature_columns(columns)
    with pytest.raises(ValueError, match="Duplicate feature column key found for column: n"):
        layers.check_feature_columns([columns[1], columns[1]])


def elements(dataset):
    following = tf.data.make_one_shot_iterator(dataset).get_next()
    found = []
    with tf.Session() as session:
        try:
            while True:
                found.append(session.run(following))
        except tf.errors.OutOfRangeError:
            return [np.asarray(part).tolist() for part in found]


def numbers(count):
    return tf.data.Dataset.range(count)


def test_data_set_steps_batch_whole_batches(graph):
    data = tf.contrib.data
    assert elements(numbers(5).apply(data.batch_and_drop_remainder(2))) == [[0, 1], [2, 3]]
    ragged = numbers(3).map(lambda n: tf.fill([n], n))
    step = data.padded_batch_and_drop_remainder(2, [None])
    assert elements(ragged.apply(step)) == [[[0], [1]]]


def test_contribs_data_sets_take_the_arguments_of_then(graph):
    data = tf.contrib.data.Dataset.range(4).map(
        lambda n: n * 2, num_threads=2, output_buffer_size=10
    )
    data = data.filter(lambda n: n > 0).map(lambda n: n + 1, 1, 1).repeat(2).skip(1).take(3)
    assert elements(data) == [5, 7, 3]
    assert elements(data.map(tf.negative, num_parallel_calls=2).batch(2)) == [[-5, -7], [-3]]


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda data: data.from_tensors([1, 2]), [[1, 2]]),
        (lambda data: data.from_tensor_slices([1, 2]).concatenate(data.from_tensors(3)), [1, 2, 3]),
        (lambda data: data.zip((data.range(2), data.range(3))).map(tf.add), [0, 2]),
        (lambda data: data.from_generator(lambda: iter([1, 2]), tf.int32), [1, 2]),
        (lambda data: data.range(2).interleave(lambda n: data.from_tensors(n), 2, 1), [0, 1]),
        (lambda data: data.range(2).flat_map(data.from_tensors), [0, 1]),
        (lambda data: data.range(3).enumerate().map(tf.multiply), [0, 1, 4]),
        (lambda data: data.range(2).shuffle(1, seed=1).cache().prefetch(1), [0, 1]),
    ],
)
def test_contribs_data_sets_come_from_everywhere(graph, make, expected):
    made = make(tf.contrib.data.Dataset)
    assert type(made) is tf.contrib.data.Dataset
    assert elements(made.map(tf.identity, num_threads=1)) == expected


def test_contribs_data_set_makes_sparse_batches(graph):
    rows = tf.contrib.data.Dataset.range(3).map(lambda n: tf.fill([n], n), num_threads=1)
    batch = rows.dense_to_sparse_batch(3, [2]).make_one_shot_iterator().get_next()
    assert run(tf.sparse.to_dense(batch)).tolist() == [[0, 0], [1, 0], [2, 2]]


def test_contribs_data_sets_read_files(graph, tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"ab\ncd\n")
    data = tf.contrib.data
    lines = data.TextLineDataset(str(path)).map(tf.strings.length, num_threads=1)
    assert elements(lines) == [2, 2]
    records = data.FixedLengthRecordDataset(str(path), 3).map(tf.strings.length, num_threads=1)
    assert elements(records) == [3, 3]
    with tf.python_io.TFRecordWriter(str(tmp_path / "b")) as writer:
        writer.write(b"abc")
    read = data.TFRecordDataset(str(tmp_path / "b")).map(tf.strings.length, num_threads=1)
    assert elements(read) == [3]


def test_pictures_are_whitened_under_the_first_name(graph):
    picture = tf.constant([[[1.0], [3.0]]])
    assert run(tf.image.per_image_whitening(picture)).tolist() == [[[-1.0], [1.0]]]


def test_data_set_windows_slide(graph):
    window = tf.contrib.data.sliding_window_batch
    assert elements(numbers(4).apply(window(2))) == [[0, 1], [1, 2], [2, 3]]
    assert elements(numbers(4).apply(window(2, stride=2))) == [[0, 1], [2, 3]]
    pairs = tf.data.Dataset.zip((numbers(3), numbers(3)))
    assert elements(pairs.apply(window(2, window_shift=5))) == [[[0, 1], [0, 1]]]
    with pytest.raises(ValueError, match="both `stride` and `window_shift`"):
        window(2, stride=1, window_shift=1)


def test_data_sets_are_interleaved_folded_and_checked(graph):
    data = tf.contrib.data
    mixed = numbers(2).apply(data.sloppy_interleave(lambda n: tf.data.Dataset.from_tensors(n), 2))
    assert sorted(elements(mixed)) == [0, 1]
    reducer = data.Reducer(lambda _: tf.constant(0, tf.int64), lambda s, n: s + n, lambda s: s * 2)
    assert run(data.reduce_dataset(numbers(4), reducer)) == 6
    shaped = numbers(2).map(lambda n: tf.reshape(n, tf.cast([n * 0 + 1], tf.int32)))
    assert elements(shaped.apply(data.assert_element_shape([1]))) == [[0], [1]]
    pair = tf.data.Dataset.zip((numbers(1), numbers(1)))
    assert elements(pair.apply(data.assert_element_shape(([], None)))) == [[0, 0]]


def test_examples_are_read_in_batches(graph, tmp_path):
    path = str(tmp_path / "a.tfrecord")
    with tf.python_io.TFRecordWriter(path) as writer:
        for number in (1, 2):
            example = tf.train.Example()
            example.features.feature["n"].int64_list.value.append(number)
            writer.write(example.SerializeToString())
    batch = tf.contrib.data.read_batch_features(
        path, 2, {"n": tf.FixedLenFeature([], tf.int64)}, num_epochs=1, randomize_input=False
    )
    assert run(batch["n"]).tolist() == [1, 2]


def test_a_graph_is_analysed(graph):
    tf.get_variable("v", [3, 2])
    found = tf.contrib.tfprof.model_analyzer.print_model_analysis(
        graph, tfprof_options={**options(), "output": "none"}
    )
    assert found.total_parameters == 6


def options():
    return tf.contrib.tfprof.model_analyzer.TRAINABLE_VARS_PARAMS_STAT_OPTIONS


def test_a_matrix_is_loaded_for_another_vocabulary(graph, tmp_path):
    tf.get_variable("bias", initializer=tf.constant([[1.0], [2.0]]))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        path = tf.train.Saver().save(session, str(tmp_path / "c"))
    (tmp_path / "old").write_text("x\ny\n")
    (tmp_path / "new").write_text("y\nx\n")
    names = (str(tmp_path / "old"), str(tmp_path / "new"))
    initial = framework.load_linear_multiclass_bias_initializer(path, "bias", 2, *names)
    with tf.Graph().as_default():
        v = tf.get_variable("v", [2, 1], initializer=initial)
        assert run(v).tolist() == [[2], [1]]
    slot = framework.load_variable_slot_initializer(
        path,
        "bias",
        None,
        2,
        1,
        old_row_vocab_file=names[0],
        new_row_vocab_file=names[1],
        initializer=tf.zeros_initializer(),
    )
    with tf.Graph().as_default():
        v = tf.get_variable("v", [2, 1], initializer=slot)
        assert run(v).tolist() == [[2], [1]]
