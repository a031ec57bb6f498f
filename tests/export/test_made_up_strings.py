"""Strings that are made up for a graph which parses, decodes or looks up what it is given."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.export import convert, freeze, load_graph, transform
from graphkit.export._graphs._choices import choices
from graphkit.export._graphs._tables import fill_tables
from graphkit.records import decode_example

INPUT, PROBABILITIES = "input_example_tensor", "dnn/head/predictions/probabilities"
FIXED, OPEN = tf.FixedLenFeature, tf.VarLenFeature


def strings(shape=(None,)):
    return tf.placeholder(tf.string, shape, name="x")


def made_for(graph):
    graph_def = graph.as_graph_def()
    return choices(graph_def, graph, fill_tables(graph_def, {}))["x"]


def features_of(graph):
    return [decode_example(one) for one in made_for(graph)]


def parse():
    spec = {"a": FIXED([2], tf.float32), "b": FIXED([], tf.int64, 7), "c": OPEN(tf.float32)}
    found = tf.parse_example(strings(), spec)
    c = tf.reduce_sum(tf.sparse.to_dense(found["c"]), 1)
    return tf.reduce_sum(found["a"], 1) + tf.cast(found["b"], tf.float32) + c


def parse_by_the_first_op():
    """As TensorFlow 1.15 writes it, with one input for each key."""
    _, values, _, dense = tf.raw_ops.ParseExample(
        serialized=strings(),
        names=[],
        sparse_keys=["c"],
        dense_keys=["a", "b"],
        dense_defaults=[np.float32([]), tf.reshape(tf.constant([7], tf.int64), [])],
        sparse_types=[tf.float32],
        dense_shapes=[[2], []],
    )
    b = tf.cast(dense[1], tf.float32)
    return tf.reduce_sum(dense[0], 1) + b + tf.reduce_sum(values[0])


def parse_one():
    found = tf.parse_single_example(strings([]), {"a": FIXED([2], tf.float32), "c": OPEN("int64")})
    return found["a"] + tf.cast(tf.reduce_sum(found["c"].values), tf.float32)


def parse_in_a_loop():
    spec = {"a": FIXED([2], tf.float32), "n": tf.FixedLenSequenceFeature([], "int64", True)}

    def one(x):
        found = tf.parse_single_example(x, spec)
        return found["a"] + tf.cast(tf.size(found["n"]), tf.float32)

    return tf.map_fn(one, strings(), dtype=tf.float32)


def parse_lists_that_belong_together():
    """The embedding refuses weights of another number than the ids."""
    found = tf.parse_example(strings(), {"ids": OPEN("int64"), "weights": OPEN("float32")})
    table = tf.constant([[1.0], [2.0]])
    return tf.nn.safe_embedding_lookup_sparse(table, found["ids"], found["weights"])


def parse_ragged():
    found = tf.io.parse_example(strings(), {"r": tf.io.RaggedFeature(tf.float32)})
    return tf.reduce_sum(found["r"], 1)


def parse_sequences():
    context = {"n": FIXED([], "int64")}
    steps = {"s": tf.FixedLenSequenceFeature([3], "float32"), "w": OPEN("string")}
    found, lists, lengths = tf.io.parse_sequence_example(strings(), context, steps)
    words = tf.cast(tf.strings.length(lists["w"].values), tf.float32)
    total = tf.cast(found["n"] + lengths["s"], tf.float32) + tf.reduce_sum(words)
    return tf.reduce_sum(lists["s"], [1, 2]) + total


def parse_one_sequence():
    steps = {"s": tf.FixedLenSequenceFeature([], "float32")}
    found, lists = tf.parse_single_sequence_example(strings([]), {"n": FIXED([], "float32")}, steps)
    return lists["s"] + found["n"]


PARSERS = [parse, parse_by_the_first_op, parse_one, parse_in_a_loop, parse_ragged]
PARSERS += [parse_lists_that_belong_together, parse_sequences, parse_one_sequence]


@pytest.mark.parametrize("build", PARSERS)
def test_examples_are_made_up_for_all_that_parse_them(graph, session, tmp_path, build):
    tf.identity(build(), name="y")
    report = freeze(session, tmp_path / "m.pb", outputs="y")
    assert (report.batches_checked, report.max_abs_diff) == (2, 0)
    again = transform(tmp_path / "m.pb", tmp_path / "t.pb", ["remove_nodes"])
    assert again.batches_checked == 2


def test_examples_are_parsed_in_loops_of_both_kinds(control_flow, graph, session, tmp_path):
    tf.identity(parse_in_a_loop(), name="y")
    assert freeze(session, tmp_path / "m.pb", outputs="y").batches_checked == 2


def test_examples_lack_at_times_what_has_a_default_and_never_what_has_none(graph):
    parse()
    found = features_of(graph)
    assert all(one["a"].kind == "float" and len(one["a"].values) == 2 for one in found)
    assert {"a", "b", "c"} == set(found[0])
    assert {len(one["b"].values) if "b" in one else 0 for one in found} == {0, 1}
    assert {"int64"} == {one["b"].kind for one in found if "b" in one}
    assert len({len(one["c"].values) if "c" in one else 0 for one in found}) > 2
    assert len(set(made_for(graph))) == len(found)


def test_examples_hold_what_both_of_two_parsers_want(graph):
    x = strings()
    tf.parse_example(x, {"a": FIXED([], tf.float32)})
    tf.parse_example(x, {"b": FIXED([], tf.string)})
    assert {frozenset(one) for one in features_of(graph)} == {frozenset("ab")}


def test_words_in_examples_are_those_of_the_table_they_are_looked_up_in(graph):
    rows = tf.lookup.KeyValueTensorInitializer(["cat", "dog"], np.int64([0, 1]))
    table = tf.lookup.StaticHashTable(rows, -1)
    found = tf.parse_example(strings(), {"w": FIXED([4], tf.string)})
    table.lookup(found["w"])
    words = {word for one in features_of(graph) for word in one["w"].values}
    assert words == {b"cat", b"dog", b""}


def test_numbers_in_examples_fall_into_all_buckets(graph):
    found = tf.parse_example(strings(), {"year": FIXED([9], tf.float32)})
    tf.raw_ops.Bucketize(input=found["year"], boundaries=[1980.0, 1990.0])
    years = np.concatenate([one["year"].values for one in features_of(graph)])
    assert set(years.tolist()) == {1979.0, 1985.0, 1991.0}


def test_words_that_are_hashed_differ(graph):
    tf.strings.to_hash_bucket_fast(strings(), 10)
    assert len(set(made_for(graph))) > 4


def jpeg(x):
    return tf.reduce_mean(tf.cast(tf.image.decode_jpeg(x, 3), tf.float32))


def sized_picture(x):
    return tf.reshape(tf.cast(tf.image.decode_image(x), tf.float32), [28, 20, 1])


def raw(x):
    return tf.reshape(tf.cast(tf.decode_raw(x, tf.uint8), tf.float32) / 255, [28, 28])


def raw_rows(x):
    return tf.reshape(tf.decode_raw(x[None], tf.float32), [-1, 6])


def line(x):
    defaults = [[0.0], tf.constant([], tf.int64), tf.constant([], tf.string)]
    first, second, third = tf.decode_csv(x, defaults, field_delim=";")
    return first + tf.cast(second, tf.float32) + tf.cast(tf.strings.length(third), tf.float32)


def chosen_columns(x):
    return tf.decode_csv(x, [tf.constant([], tf.float32)] * 2, select_cols=[1, 3])[1]


def encoded_twice(x):
    return jpeg(tf.io.decode_base64(x))


def sound(x):
    return tf.audio.decode_wav(x, desired_channels=1, desired_samples=50)[0]


def cropped(x):
    return tf.cast(tf.image.decode_and_crop_jpeg(x, [1, 2, 3, 4], 3), tf.float32)


def bitmap(x):
    return tf.cast(tf.image.decode_bmp(x), tf.float32)


def film(x):
    return tf.cast(tf.image.decode_gif(x), tf.float32)


WITHOUT_GIF = pytest.mark.skipif(
    not cv2.haveImageWriter(".gif"), reason="this OpenCV writes no GIF"
)
DECODERS = [bitmap, chosen_columns, cropped, encoded_twice, jpeg, line, raw, raw_rows]
DECODERS += [pytest.param(film, marks=WITHOUT_GIF), sized_picture, sound, tf.strings.to_number]


@pytest.mark.parametrize("decode", DECODERS)
def test_strings_are_what_the_graph_decodes(graph, session, tmp_path, decode):
    tf.identity(decode(strings([])), name="y")
    assert freeze(session, tmp_path / "m.pb", outputs="y").batches_checked == 2


def large_examples():
    return tf.parse_example(strings(), {"a": FIXED([2**33], tf.float32)})["a"]


def large_pictures():
    picture = tf.image.decode_jpeg(strings(()), 3)
    return tf.reshape(picture, [2**17, 2**17, 3])


def large_bytes():
    return tf.reshape(tf.decode_raw(strings(), tf.float32), [-1, 2**33])


def large_sounds():
    return tf.audio.decode_wav(strings(()), 2**20, 2**30).audio


def large_lines():
    return tf.decode_csv(strings(), [[1.0]], select_cols=[2**30])[0]


@pytest.mark.parametrize(
    "build", [large_examples, large_pictures, large_bytes, large_sounds, large_lines]
)
def test_what_would_have_to_be_huge_is_not_made_up(graph, build):
    build()
    graph_def = graph.as_graph_def()
    assert choices(graph_def, graph, fill_tables(graph_def, {})) == {}


@pytest.mark.parametrize("decode", [jpeg, raw, encoded_twice])
def test_strings_in_examples_are_what_the_graph_decodes(
    control_flow, graph, session, tmp_path, decode
):
    """As served: the feature of each Example is decoded in a loop."""
    found = tf.parse_example(strings(), {"image/encoded": FIXED([], tf.string)})
    y = tf.map_fn(decode, found["image/encoded"], dtype=tf.float32)
    assert freeze(session, tmp_path / "m.pb", outputs=y.name).batches_checked == 2


@pytest.mark.parametrize("control_flow", ["v1"], indirect=True)
def test_strings_are_decoded_in_loops_one_behind_the_other(control_flow, graph, session, tmp_path):
    plain = tf.map_fn(tf.io.decode_base64, strings())
    y = tf.map_fn(jpeg, plain, dtype=tf.float32)
    assert freeze(session, tmp_path / "m.pb", outputs=y.name).batches_checked == 2


def test_strings_are_decoded_in_branches_and_calls(control_flow, graph, session, tmp_path):
    x = strings([])

    @tf.function(autograph=False)
    def called(given):
        return jpeg(given)

    flag = tf.placeholder_with_default(True, [], name="flag")
    y = tf.cond(flag, lambda: called(x), lambda: jpeg(x) + 1)
    assert freeze(session, tmp_path / "m.pb", outputs=y.name).batches_checked == 2


RECORDED = Path(__file__).parents[1] / "golden" / "parsed_examples"


def test_what_an_estimator_of_1_15_exported_is_frozen_without_a_word(tmp_path):
    with np.load(RECORDED / "expected.npz") as recorded:
        expected = dict(recorded)
    report = freeze(RECORDED, tmp_path / "m.pb")
    assert (report.batches_checked, [info.name for info in report.inputs]) == (2, [INPUT])
    with load_graph(tmp_path / "m.pb") as loaded:
        found = loaded.run({INPUT: expected["examples"].astype(object)}, [PROBABILITIES])
    np.testing.assert_allclose(found[PROBABILITIES], expected["probabilities"], atol=1e-6)


def test_it_is_converted_so_as_well(tmp_path):
    report = convert(RECORDED, tmp_path / "saved", target="saved_model")
    assert report.batches_checked == 2


def test_ops_in_files_may_lack_what_is_there_by_default(tmp_path):
    """TensorFlow 2 saves functions without: the loop's `StringToNumber` does not say float32."""

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "x")])
    def total(x):
        return {"y": tf.map_fn(tf.strings.to_number, x, fn_output_signature=tf.float32)}

    model = tf.Module()
    model.total = total
    tf.saved_model.save(model, str(tmp_path / "model"), signatures=total)
    report = freeze(tmp_path / "model", tmp_path / "m.pb")
    assert report.batches_checked == 2
    with load_graph(tmp_path / "m.pb") as loaded:
        found = loaded.run({report.inputs[0].name: [b"1.5", b"-2"]})
    assert [value.tolist() for value in found.values()] == [[1.5, -2.0]]
