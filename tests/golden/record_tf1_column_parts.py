"""Programs with what contrib.layers' columns make of features: ids, joint sums, sequences."""

import numpy as np


def features(tf):
    return {
        "age": tf.constant([[17.0], [36.5], [60.0]]),
        "pair": tf.constant([[1, 2], [3, 4], [5, 6]]),
        "colour": tf.SparseTensor([[0, 0], [0, 1], [2, 0]], ["red", "blue", "grey"], [3, 2]),
        "number": tf.SparseTensor(
            [[0, 0], [1, 0], [2, 1]], tf.constant([3, 0, 5], tf.int64), [3, 2]
        ),
        "weight": tf.SparseTensor([[0, 0], [0, 1], [2, 0]], [0.5, 2.0, 3.0], [3, 2]),
    }


def columns(tf):
    layers = tf.contrib.layers
    keys = layers.sparse_column_with_keys("colour", ["red", "grey"])
    hashed = layers.sparse_column_with_hash_bucket("colour", 7)
    ids = layers.sparse_column_with_integerized_feature("number", 6)
    age = layers.real_valued_column("age")
    return {
        "keys": keys,
        "hashed": hashed,
        "ids": ids,
        "age": age,
        "pair": layers.real_valued_column("pair", 2, dtype=tf.int32),
        "halved": layers.real_valued_column("age", normalizer=lambda x: x / 2),
        "bucketized": layers.bucketized_column(age, [20.0, 40.0]),
        "one_hot": layers.one_hot_column(keys),
        "embedding": layers.embedding_column(ids, 2),
        "crossed": layers.crossed_column([hashed, ids], 9),
        "weighted": layers.weighted_sparse_column(keys, "weight"),
        "one_hot_weighted": layers.one_hot_column(layers.weighted_sparse_column(keys, "weight")),
    }


KINDS = (
    "keys hashed ids age pair halved bucketized one_hot embedding crossed weighted one_hot_weighted"
).split()


def leaves(tf, found):
    """A tensor's parts: those of a sparse one, or of ids and weights."""
    if isinstance(found, tuple):
        return [leaf for part in found for leaf in leaves(tf, part)]
    if isinstance(found, tf.SparseTensor):
        return [found.indices, found.values, found.dense_shape]
    return [found]


def transformed(kind):
    def program(tf):
        column = columns(tf)[kind]
        found = tf.contrib.layers.transform_features(features(tf), [column])
        assert list(found) == [column]
        return {"part_%d" % place: part for place, part in enumerate(leaves(tf, found[column]))}

    return program


def joint(names, outputs=2, **given):
    def program(tf):
        chosen = [columns(tf)[name] for name in names.split()]
        predictions, weights, bias = tf.contrib.layers.joint_weighted_sum_from_feature_columns(
            features(tf), chosen, outputs, **given
        )
        return {
            "predictions": predictions,
            "weights": [variable.op.name for variable in weights],
            "bias": bias.op.name,
            "kept": sorted(v.op.name for v in tf.get_collection("mine")),
            "models": sorted(v.op.name for v in tf.contrib.framework.get_model_variables()),
        }

    return program


def joint_of_means(tf):
    column = tf.contrib.layers.sparse_column_with_hash_bucket("colour", 7, combiner="mean")
    tf.contrib.layers.joint_weighted_sum_from_feature_columns(features(tf), [column], 1)


def placeholders(tf):
    made = tf.contrib.layers.make_place_holder_tensors_for_base_features(
        [columns(tf)[name] for name in ("age", "crossed", "pair")]
    )

    def kind(part):
        if isinstance(part, tf.SparseTensor):
            return ["sparse", part.dtype.name, part.values.op.name]
        return ["dense", part.dtype.name, part.op.name, part.shape.as_list()]

    return {"made": sorted([name, *kind(part)] for name, part in made.items())}


def scattered(combiner, **given):
    def program(tf):
        column = tf.contrib.layers.scattered_embedding_column(
            "colour", 11, 3, hash_key=99, combiner=combiner, **given
        )
        return {
            "made": tf.contrib.layers.input_from_feature_columns(features(tf), [column]),
            "name": column.name,
            "spec": sorted(tf.contrib.layers.create_feature_spec_for_parsing([column])),
        }

    return program


def scattered_of(**given):
    def program(tf):
        settings = dict(size=3, dimension=2, hash_key=1)
        settings.update(given)
        tf.contrib.layers.scattered_embedding_column("colour", **settings)

    return program


def sequences(tf):
    return {
        "level": tf.constant(np.arange(6.0).reshape(2, 3), tf.float32),
        "pair": tf.constant(np.arange(12).reshape(2, 3, 2), tf.int32),
        "wide": tf.constant(np.arange(24.0).reshape(2, 3, 2, 2), tf.float32),
        "colour": tf.SparseTensor([[0, 0], [0, 2], [1, 1]], ["red", "blue", "grey"], [2, 3]),
        "number": tf.SparseTensor(
            [[0, 0, 0], [0, 0, 1], [1, 2, 0]], tf.constant([3, 0, 5], tf.int64), [2, 3, 2]
        ),
        "weight": tf.SparseTensor([[0, 0], [0, 2], [1, 1]], [0.5, 2.0, 3.0], [2, 3]),
    }


def sequence_columns(tf):
    layers = tf.contrib.layers
    keys = layers.sparse_column_with_keys("colour", ["red", "grey"])
    ids = layers.sparse_column_with_integerized_feature("number", 6)
    age = layers.real_valued_column("level")
    hashed = layers.sparse_column_with_hash_bucket("colour", 7)
    crossed = layers.crossed_column([hashed, keys], 5)
    return {
        "level": age,
        "pair": layers.real_valued_column("pair", 2, dtype=tf.int32),
        "wide": layers.real_valued_column("wide", 4),
        "halved": layers.real_valued_column("level", normalizer=lambda x: x / 2),
        "one_hot": layers.one_hot_column(keys),
        "one_hot_ids": layers.one_hot_column(ids),
        "embedding": layers.embedding_column(ids, 2),
        "embedding_sum": layers.embedding_column(keys, 3, combiner="sum", max_norm=1.0),
        "embedding_weighted": layers.embedding_column(
            layers.weighted_sparse_column(keys, "weight"), 2, combiner="sum"
        ),
        "keys": keys,
        "bucketized": layers.bucketized_column(age, [2.0]),
        "crossed": crossed,
        "embedding_crossed": layers.embedding_column(crossed, 2),
    }


def sequence_input(names, **given):
    def program(tf):
        chosen = [sequence_columns(tf)[name] for name in names.split()]
        found = tf.contrib.layers.sequence_input_from_feature_columns(
            sequences(tf), chosen, **given
        )
        return {"found": found}

    return program


def flat_sequence(tf):
    column = tf.contrib.layers.real_valued_column("level")
    found = {"level": tf.constant([1.0, 2.0])}
    tf.contrib.layers.sequence_input_from_feature_columns(found, [column])


def columns_of_one_name(tf):
    column = tf.contrib.layers.real_valued_column("level")
    tf.contrib.layers.sequence_input_from_feature_columns(sequences(tf), [column, column])


def columns_by_name(tf):
    tf.contrib.layers.check_feature_columns({"a": tf.contrib.layers.real_valued_column("a")})


def sequence_example(tf):
    step = tf.train.Feature
    lists = {
        "level": [step(float_list=tf.train.FloatList(value=[x])) for x in (1.0, 2.0, 3.0)],
        "colour": [
            step(bytes_list=tf.train.BytesList(value=words))
            for words in ([b"red"], [], [b"blue", b"grey"])
        ],
    }
    context = {"place": step(int64_list=tf.train.Int64List(value=[4]))}
    return tf.train.SequenceExample(
        context=tf.train.Features(feature=context),
        feature_lists=tf.train.FeatureLists(
            feature_list={
                name: tf.train.FeatureList(feature=steps) for name, steps in lists.items()
            }
        ),
    ).SerializeToString()


def parsed_sequences(tf):
    layers = tf.contrib.layers
    keys = layers.sparse_column_with_keys("colour", ["red", "grey"])
    context, found = layers.parse_feature_columns_from_sequence_examples(
        tf.constant([sequence_example(tf)]),
        [layers.real_valued_column("place", dtype=tf.int64)],
        [
            layers.real_valued_column("level"),
            layers.real_valued_column("missing", default_value=7.0),
            layers.one_hot_column(keys),
        ],
    )
    return {
        "place": context["place"],
        "level": found["level"],
        "missing": found["missing"],
        "colour": tf.sparse_tensor_to_dense(found["colour"], default_value=""),
        "names": [sorted(context), sorted(found)],
    }


def parsed_context_only(tf):
    column = tf.contrib.layers.real_valued_column("place", dtype=tf.int64)
    context, found = tf.contrib.layers.parse_feature_columns_from_sequence_examples(
        tf.constant(sequence_example(tf)), [column], None
    )
    return {"place": context["place"], "names": sorted(found)}


def parsed_two(tf):
    tf.contrib.layers.parse_feature_columns_from_sequence_examples(
        tf.constant([sequence_example(tf)] * 2), None, None
    )


PROGRAMS = {
    "joint": joint("keys ids hashed"),
    "joint_crossed": joint("crossed", 1, scope="model", weight_collections=["mine"]),
    "joint_fixed": joint("ids", trainable=False),
    "joint_of_weighted": joint("weighted"),
    "joint_of_numbers": joint("age ids"),
    "joint_of_vectors": joint("embedding"),
    "joint_of_nothing": joint(""),
    "joint_of_means": joint_of_means,
    "placeholders": placeholders,
    "scattered_mean": scattered("mean"),
    "scattered_sum": scattered("sum", initializer=np.zeros),
    "scattered_no_size": scattered_of(size=0),
    "scattered_no_dimension": scattered_of(dimension=0),
    "scattered_combiner": scattered_of(combiner="max"),
    "scattered_initializer": scattered_of(initializer=3),
    "sequence_numbers": sequence_input("level pair"),
    "sequence_numbers_of_squares": sequence_input("wide"),
    "sequence_halved": sequence_input("halved"),
    "sequence_words": sequence_input("one_hot one_hot_ids"),
    "sequence_vectors": sequence_input(
        "embedding embedding_sum", scope="input", weight_collections=["mine"]
    ),
    "sequence_fixed": sequence_input("embedding", trainable=False),
    "sequence_weighted": sequence_input("embedding_weighted"),
    "sequence_all": sequence_input("level one_hot pair embedding embedding_sum"),
    "sequence_of_keys": sequence_input("keys"),
    "sequence_of_buckets": sequence_input("bucketized"),
    "sequence_of_crosses": sequence_input("embedding_crossed"),
    "flat_sequence": flat_sequence,
    "columns_of_one_name": columns_of_one_name,
    "columns_by_name": columns_by_name,
    "parsed_sequences": parsed_sequences,
    "parsed_context_only": parsed_context_only,
    "parsed_two": parsed_two,
}
PROGRAMS.update({"transformed_" + kind: transformed(kind) for kind in KINDS})
