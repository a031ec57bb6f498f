"""Programs with contrib.layers' feature columns: what each kind makes of features."""

import numpy as np


def error_of(call):
    try:
        call()
    except Exception as error:
        known = (kind for kind in type(error).__mro__ if "graphkit" not in kind.__module__)
        return next(known).__name__
    return "nothing"


def rounded(value):
    return np.round(np.asarray(value, np.float64), 4).tolist()


def features(tf):
    words = tf.SparseTensor([[0, 0], [0, 1], [2, 0]], ["red", "blue", "grey"], [3, 2])
    return {
        "age": tf.constant([[17.0], [36.5], [60.0]]),
        "pair": tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]),
        "colour": words,
        "number": tf.SparseTensor(
            [[0, 0], [1, 0], [2, 1]], tf.constant([3, 0, 5], tf.int64), [3, 2]
        ),
        "weight": tf.SparseTensor([[0, 0], [0, 1], [2, 0]], [0.5, 2.0, 3.0], [3, 2]),
    }


def made(tf, columns):
    """The input layer of some columns, alone in a graph; embeddings start from made-up values."""
    with tf.Graph().as_default():
        layer = tf.contrib.layers.input_from_feature_columns(features(tf), columns)
        with tf.Session() as session:
            session.run([tf.global_variables_initializer(), tf.tables_initializer()])
            for variable in tf.global_variables():
                size = int(np.prod(variable.shape.as_list()))
                values = np.arange(size).reshape(variable.shape.as_list()) / 8.0
                variable.load(values.astype(np.float32), session)
            shapes = sorted(v.shape.as_list() for v in tf.global_variables())
            return [layer.shape.as_list()[1:], rounded(session.run(layer)), shapes]


def numbers(tf):
    layers = tf.contrib.layers
    age = layers.real_valued_column("age")
    pair = layers.real_valued_column("pair", 2)
    edges = [18.0, 25.0, 40.0]
    return {
        "found": repr(
            [
                made(tf, [age]),
                made(tf, [pair]),
                made(tf, [age, pair]),
                made(tf, [layers.real_valued_column("age", normalizer=lambda x: x / 10.0)]),
                made(tf, [layers.bucketized_column(age, edges)]),
                made(tf, [layers.bucketized_column(pair, [2.5, 4.5])]),
                made(tf, [age, layers.bucketized_column(age, [30.0])]),
            ]
        ),
        "names": [age.name, pair.name],
    }


def words(tf):
    layers = tf.contrib.layers
    keys = layers.sparse_column_with_keys("colour", ["red", "green", "blue"])
    known = layers.sparse_column_with_keys("colour", ["red", "green", "blue"], default_value=1)
    hashed = layers.sparse_column_with_hash_bucket("colour", 7)
    ids = layers.sparse_column_with_integerized_feature("number", 6)
    weighted = layers.weighted_sparse_column(ids, "weight")
    return {
        "found": repr(
            [
                made(tf, [layers.one_hot_column(keys)]),
                made(tf, [layers.one_hot_column(known)]),
                made(tf, [layers.one_hot_column(hashed)]),
                made(tf, [layers.one_hot_column(ids)]),
            ]
        ),
        "names": [column.name for column in (keys, hashed, ids)],
        "weighted": type(weighted).__name__ != "",
    }


def embeddings(tf):
    layers = tf.contrib.layers
    found = []
    for combiner in ("mean", "sum", "sqrtn"):
        keys = layers.sparse_column_with_keys("colour", ["red", "grey", "blue"])
        found.append(made(tf, [layers.embedding_column(keys, 2, combiner=combiner)]))
    ids = layers.sparse_column_with_integerized_feature("number", 6)
    found.append(made(tf, [layers.embedding_column(ids, 3, max_norm=1.0)]))
    hashed = layers.sparse_column_with_hash_bucket("colour", 4)
    found.append(made(tf, [layers.embedding_column(hashed, 1)]))
    weighted = layers.weighted_sparse_column(
        layers.sparse_column_with_keys("colour", ["red", "grey", "blue"]), "weight"
    )
    found.append(made(tf, [layers.embedding_column(weighted, 2, combiner="sum")]))
    return {"found": repr(found)}


def crosses(tf, key=0xDECAFCAFFE):
    layers = tf.contrib.layers
    hashed = layers.sparse_column_with_hash_bucket("colour", 9)
    keys = layers.sparse_column_with_keys("shape", ["round", "flat"])
    ids = layers.sparse_column_with_integerized_feature("number", 6)
    ages = layers.bucketized_column(layers.real_valued_column("age"), [18.0, 40.0])
    found = []
    for columns in (
        [hashed, keys],
        [keys, hashed],
        [hashed, ages],
        [ids, hashed],
        [layers.crossed_column([hashed, keys], 50), ages],
    ):
        with tf.Graph().as_default():
            crossed = layers.crossed_column(columns, 20, hash_key=key)
            given = features(tf)
            given["shape"] = tf.SparseTensor([[0, 0], [2, 0]], ["flat", "square"], [3, 1])
            result = layers.weighted_sum_from_feature_columns(given, [crossed], 1)
            with tf.Session() as session:
                session.run([tf.global_variables_initializer(), tf.tables_initializer()])
                weights = [v for v in tf.trainable_variables() if v.shape.as_list() == [20, 1]]
                weights[0].load(np.arange(20.0).reshape(20, 1).astype(np.float32), session)
                found.append([crossed.name, rounded(session.run(result[0]))])
    return {"found": repr(found)}


def crosses_without_key(tf):
    """The hash of before December 2016."""
    return crosses(tf, key=None)


def ids_beyond(tf):
    """Ids that are too large or too small."""
    layers = tf.contrib.layers
    ids = layers.sparse_column_with_integerized_feature("number", 4)
    given = tf.SparseTensor([[0, 0], [1, 0], [2, 1]], tf.constant([7, -2, 4], tf.int64), [3, 2])
    found = {}
    for name, numbers in (("sparse", given), ("dense", tf.constant([[9], [-1], [3]]))):
        columns = [layers.one_hot_column(ids)]
        found[name] = layers.input_from_feature_columns({"number": numbers}, columns)
    return found


def order(tf):
    """Where each kind of column stands in an input layer."""
    layers = tf.contrib.layers
    keys = layers.sparse_column_with_keys("colour", ["red", "grey", "blue"])
    age = layers.real_valued_column("age")
    ids = layers.sparse_column_with_integerized_feature("number", 6)
    columns = [
        age,
        layers.one_hot_column(keys),
        layers.embedding_column(ids, 2),
        layers.one_hot_column(ids),
        layers.real_valued_column("pair", 2),
        layers.bucketized_column(age, [20.0]),
    ]
    return {"found": repr([made(tf, columns), made(tf, columns[::-1]), made(tf, columns[2:5])])}


def specs(tf):
    layers = tf.contrib.layers
    keys = layers.sparse_column_with_keys("colour", ["red", "blue"])
    ids = layers.sparse_column_with_integerized_feature("number", 6)
    columns = [
        layers.real_valued_column("age"),
        layers.real_valued_column("pair", 2, default_value=[1.0, 2.0]),
        layers.bucketized_column(layers.real_valued_column("size", dtype=tf.float64), [1.0]),
        layers.one_hot_column(keys),
        layers.weighted_sparse_column(ids, "weight"),
        layers.embedding_column(layers.sparse_column_with_hash_bucket("place", 9), 2),
        layers.crossed_column([keys, layers.sparse_column_with_hash_bucket("shape", 5)], 11),
    ]
    spec = layers.create_feature_spec_for_parsing(columns)

    def told(part):
        shape = getattr(part, "shape", None)
        default = getattr(part, "default_value", None)
        return [
            type(part).__name__,
            part.dtype.name,
            None if shape is None else list(shape),
            None if default is None else rounded(default),
        ]

    return {
        "spec": repr(sorted([name, told(part)] for name, part in spec.items())),
        "twice": error_of(lambda: layers.check_feature_columns([columns[0], columns[0]])),
        "once": error_of(lambda: layers.check_feature_columns(columns)),
    }


def example(tf, age, colours):
    feature = {
        "age": tf.train.Feature(float_list=tf.train.FloatList(value=[age])),
        "colour": tf.train.Feature(bytes_list=tf.train.BytesList(value=colours)),
    }
    return tf.train.Example(features=tf.train.Features(feature=feature)).SerializeToString()


def parsed(tf):
    layers = tf.contrib.layers
    keys = layers.sparse_column_with_keys("colour", ["red", "blue"])
    columns = [
        layers.real_valued_column("age"),
        layers.real_valued_column("missing", default_value=7.0),
        layers.one_hot_column(keys),
    ]
    rows = [example(tf, 3.0, [b"blue"]), example(tf, 4.0, [b"red", b"red"]), example(tf, 5.0, [])]
    found = layers.parse_feature_columns_from_examples(tf.constant(rows), columns)
    layer = layers.input_from_feature_columns(dict(found), columns)
    return {"layer": layer, "age": found["age"], "missing": found["missing"]}


def sums(tf):
    layers = tf.contrib.layers
    keys = layers.sparse_column_with_keys("colour", ["red", "grey", "blue"])
    age = layers.real_valued_column("age")
    found = []
    for columns, outputs in (
        ([age], 1),
        ([layers.real_valued_column("pair", 2)], 3),
        ([keys], 2),
        ([age, layers.bucketized_column(age, [18.0, 40.0])], 1),
        ([layers.weighted_sparse_column(keys, "weight")], 1),
        ([layers.sparse_column_with_integerized_feature("number", 6)], 1),
        ([layers.sparse_column_with_keys("colour", ["red", "blue"], combiner="mean")], 1),
    ):
        with tf.Graph().as_default():
            result = layers.weighted_sum_from_feature_columns(features(tf), columns, outputs)
            predictions, variables, bias = result
            with tf.Session() as session:
                session.run([tf.global_variables_initializer(), tf.tables_initializer()])
                start = rounded(session.run(predictions))
                for variable in tf.trainable_variables():
                    shape = variable.shape.as_list()
                    values = 1.0 + np.arange(int(np.prod(shape))).reshape(shape)
                    variable.load(values.astype(np.float32), session)
                bias.load(np.full([outputs], 0.5, np.float32), session)
                shapes = [list(v[0].shape.as_list()) for v in variables.values()]
                found.append(
                    [start, rounded(session.run(predictions)), sorted(shapes), bias.shape.as_list()]
                )
    return {"found": repr(found)}


def misuse(tf):
    layers = tf.contrib.layers
    keys = layers.sparse_column_with_keys("colour", ["red"])
    wrong = {
        "missing": lambda: made(tf, [layers.real_valued_column("nothing")]),
        "no_name": lambda: layers.sparse_column_with_hash_bucket("colour", 0),
        "dimension": lambda: layers.real_valued_column("age", 0),
        "edges": lambda: layers.bucketized_column(layers.real_valued_column("age"), [3.0, 1.0]),
        "no_edges": lambda: layers.bucketized_column(layers.real_valued_column("age"), []),
        "of_words": lambda: layers.bucketized_column(keys, [1.0]),
        "crossed_alone": lambda: layers.crossed_column([keys], 5),
        "numbers_crossed": lambda: layers.crossed_column(
            [keys, layers.real_valued_column("age")], 5
        ),
        "words_as_numbers": lambda: layers.real_valued_column("age", dtype=tf.string),
        "sparse_layer": lambda: made(tf, [keys]),
    }
    return {"errors": sorted([name, error_of(call)] for name, call in wrong.items())}


PROGRAMS = {
    "numbers": numbers,
    "words": words,
    "embeddings": embeddings,
    "crosses": crosses,
    "crosses_without_key": crosses_without_key,
    "ids_beyond": ids_beyond,
    "order": order,
    "specs": specs,
    "parsed": parsed,
    "sums": sums,
    "misuse": misuse,
}
