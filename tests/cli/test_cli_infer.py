"""`graphkit infer MODEL INPUTS…`: pictures, arrays, tables and records; values by hand."""

from __future__ import annotations

import csv
import json

import cv2
import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.records import RecordWriter, encode_example

RED, GREEN, BLUE = [200, 10, 20], [10, 180, 30], [5, 15, 160]


def write_picture(path, colour, size=(4, 6)):
    pixels = np.zeros((*size, 3), np.uint8)
    pixels[...] = colour[::-1]  # OpenCV keeps blue first
    path.parent.mkdir(exist_ok=True)
    assert cv2.imwrite(str(path), pixels)
    return path


def write_graph(path, build):
    with tf.Graph().as_default() as graph:
        build()
    path.write_bytes(graph.as_graph_def().SerializeToString())


def means():
    """The mean of each channel; the class is the colour that a picture has most of."""
    pictures = tf.placeholder(tf.float32, [None, 2, 3, 3], name="pictures")
    tf.reduce_mean(pictures, [1, 2], name="means")


def channels_first():
    pictures = tf.placeholder(tf.float32, [None, 3, 2, 5], name="pictures")
    tf.reduce_mean(pictures, [2, 3], name="means")


def doubled():
    tf.multiply(tf.placeholder(tf.float32, [None, 3], name="x"), 2.0, name="y")


def fixed():
    tf.multiply(tf.placeholder(tf.float32, [2, 3], name="x"), 2.0, name="y")


def total():
    tf.reduce_sum(tf.placeholder(tf.float32, [None, 3], name="x"), name="total")


def switched():
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    switch = tf.placeholder(tf.bool, [], name="switch")
    tf.multiply(x, tf.where(switch, 10.0, 1.0), name="y")


def words():
    text = tf.placeholder(tf.string, [None], name="text")
    tf.strings.length(text, name="length")


@pytest.fixture
def here(tmp_path):
    """A folder with the graphs above and three pictures in `colours/`."""
    for build in (means, channels_first, doubled, fixed, total, switched, words):
        write_graph(tmp_path / f"{build.__name__}.pb", build)
    for name, colour in {"a": RED, "b": GREEN, "c": BLUE}.items():
        write_picture(tmp_path / "colours" / f"{name}.png", colour)
    return tmp_path


def lines(outcome):
    assert outcome.code == 0, outcome.err
    return [json.loads(line) for line in outcome.out.splitlines()]


def outputs(outcome, name):
    return [line["outputs"][name] for line in lines(outcome)]


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        (["colours"], [RED, GREEN, BLUE]),
        (["colours/b.png"], [GREEN]),
        (["colours/[ac].png"], [RED, BLUE]),
        (["colours/c.png", "colours/a.png"], [BLUE, RED]),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 8])
def test_pictures_folders_and_patterns(graphkit, here, inputs, expected, size):
    outcome = graphkit("infer", "means.pb", *inputs, "--json", "--batch-size", size)
    assert outputs(outcome, "means") == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--colour", "BGR"], RED[::-1]),
        (["--scale", "0.5"], [100, 5, 10]),
        (["--mean", "10"], [190, 0, 10]),
        (["--mean", "100,10,20", "--std", "2,1,4"], [50, 0, 0]),
        (["--scale", "0.5", "--mean", "1", "--std", "3"], [33, 4 / 3, 3]),
        (["--colour", "BGR", "--mean", "20,10,0"], [0, 0, 200]),
        (["--size", "2x3", "--resize", "crop"], RED),
    ],
)
def test_preparation_of_pictures(graphkit, here, options, expected):
    outcome = graphkit("infer", "means.pb", "colours/a.png", "--json", *options)
    np.testing.assert_allclose(outputs(outcome, "means")[0], expected, atol=1e-4)


def test_channels_first_is_seen_from_the_shape(graphkit, here):
    outcome = graphkit("infer", "channels_first.pb", "colours", "--json")
    assert outputs(outcome, "means") == [RED, GREEN, BLUE]


def test_what_is_recorded_beside_the_model_is_done(graphkit, here):
    said = {"preprocessing": {"scale": 0.1, "mean": 1, "colour": "BGR", "size": [2, 3]}}
    (here / "means.pb.json").write_text(json.dumps(said))
    outcome = graphkit("infer", "means.pb", "colours/a.png", "--json")
    np.testing.assert_allclose(outputs(outcome, "means")[0], [1, 0, 19], atol=1e-5)
    shown = "scale 0.1, mean 1.0, colour BGR, size 2,3"
    assert outcome.err == f"graphkit: pictures are prepared as means.pb.json says: {shown}\n"
    outcome = graphkit("infer", "means.pb", "colours/a.png", "--json", "--colour", "RGB")
    np.testing.assert_allclose(outputs(outcome, "means")[0], [19, 0, 1], atol=1e-5)


@pytest.mark.parametrize(
    "content", ["{", '{"preprocessing": {"std": 0}}', '{"preprocessing": {"mean": "much"}}']
)
def test_a_record_of_nonsense_is_named(graphkit, here, content):
    (here / "means.pb.json").write_text(content)
    outcome = graphkit("infer", "means.pb", "colours")
    assert (outcome.code, outcome.out) == (1, "")
    assert "means.pb.json: does not say how pictures are prepared" in outcome.err


def test_a_table_names_classes(graphkit, here):
    (here / "labels.txt").write_text("red\ngreen\nblue\n")
    outcome = graphkit("infer", "means.pb", "colours", "--labels", "labels.txt", "--top-k", 1)
    assert [line.split() for line in outcome.out.splitlines()] == [
        ["input", "score", "class", "label"],
        ["colours/a.png", "200", "0", "red"],
        ["colours/b.png", "180", "1", "green"],
        ["colours/c.png", "160", "2", "blue"],
    ]


def test_classes_as_json_without_labels(graphkit, here):
    (found,) = lines(graphkit("infer", "means.pb", "colours/a.png", "--top-k", 2, "--json"))
    best = [(one["index"], one["label"], one["score"]) for one in found["classes"]]
    assert (found["input"], best) == ("colours/a.png", [(0, "", 200.0), (2, "", 20.0)])


def test_labels_that_do_not_fit_are_told(graphkit, here):
    (here / "labels.txt").write_text("background\nred\ngreen\nblue\n")
    outcome = graphkit("infer", "means.pb", "colours", "--labels", "labels.txt")
    assert outcome.code == 2
    assert "labels must be for the 3 classes of 'means', got 4 of them" in outcome.err
    assert "a background class, first" in outcome.err


def test_a_table_of_outputs(graphkit, here):
    np.save(here / "x.npy", np.float32([[1, 2, 3], [4, 5, 6]]))
    outcome = graphkit("infer", "doubled.pb", "x.npy")
    assert [line.split() for line in outcome.out.splitlines()] == [
        ["input", "output", "shape", "values"],
        ["x.npy[0]", "y", "[3]", "2", "4", "6"],
        ["x.npy[1]", "y", "[3]", "8", "10", "12"],
    ]


def test_an_array_of_one_number_is_no_example(graphkit, here):
    np.save(here / "x.npy", np.float32(7))
    outcome = graphkit("infer", "doubled.pb", "x.npy")
    assert (outcome.code, outcome.out) == (2, "")
    assert "infer: x.npy must be 3 values for 'x', got 7.0" in outcome.err


def write_one_row(here):
    np.save(here / "x.npy", np.float32([1, 2, 3]))


def write_archive(here):
    np.savez(here / "x.npz", x=np.float32([[1, 2, 3]]), other=np.float32([5]))


def write_lone_archive(here):
    np.savez(here / "x.npz", anything=np.float32([[1, 2, 3]]))


def write_table(here):
    (here / "x.csv").write_text("1,2,3\n")


def write_headed_table(here):
    (here / "x.csv").write_text("one,two,three\n1,2,3\n\n")


def write_tabs(here):
    (here / "x.tsv").write_text("1\t2\t3\n")


def write_records(here):
    with RecordWriter(here / "x.tfrecord") as writer:
        writer.write(encode_example({"x": [1.0, 2.0, 3.0], "label": 1}))


@pytest.mark.parametrize(
    ("write", "file"),
    [
        (write_one_row, "x.npy"),
        (write_archive, "x.npz"),
        (write_lone_archive, "x.npz"),
        (write_table, "x.csv"),
        (write_headed_table, "x.csv"),
        (write_tabs, "x.tsv"),
        (write_records, "x.tfrecord"),
    ],
)
def test_numbers_of_every_source(graphkit, here, write, file):
    write(here)
    assert outputs(graphkit("infer", "doubled.pb", file, "--json"), "y") == [[2, 4, 6]]


def test_words_of_a_table(graphkit, here):
    (here / "x.csv").write_text("one\nseven\n")
    assert outputs(graphkit("infer", "words.pb", "x.csv", "--json"), "length") == [3, 5]


@pytest.mark.parametrize("feature", [None, "photo"])
def test_pictures_in_records(graphkit, here, feature):
    name = feature or "image/encoded"
    with RecordWriter(here / "x.tfrecord") as writer:
        for file in ("a", "b"):
            content = (here / "colours" / f"{file}.png").read_bytes()
            writer.write(encode_example({name: content, "label": 1}))
    options = ["--feature", feature] if feature else []
    outcome = graphkit("infer", "means.pb", "x.tfrecord", "--json", *options)
    assert outputs(outcome, "means") == [RED, GREEN]


def test_a_fixed_batch_is_filled_up(graphkit, here):
    np.save(here / "x.npy", np.float32([[1, 2, 3]] * 3))
    outcome = graphkit("infer", "fixed.pb", "x.npy", "--json")
    assert [line["input"] for line in lines(outcome)] == ["x.npy[0]", "x.npy[1]", "x.npy[2]"]
    assert outputs(outcome, "y") == [[2, 4, 6]] * 3


def test_an_output_without_a_row_per_input_needs_batches_of_one(graphkit, here):
    np.save(here / "x.npy", np.float32([[1, 2, 3]] * 2))
    assert outputs(graphkit("infer", "total.pb", "x.npy", "--json"), "total") == [6, 6]
    outcome = graphkit("infer", "total.pb", "x.npy", "--batch-size", 2)
    assert (outcome.code, "--batch-size 1" in outcome.err) == (2, True)


def test_other_inputs_are_fed(graphkit, here):
    np.save(here / "x.npy", np.float32([[1, 2, 3]]))
    outcome = graphkit("infer", "switched.pb", "x.npy", "--feed", "switch=true", "--json")
    assert outputs(outcome, "y") == [[10, 20, 30]]
    outcome = graphkit("infer", "switched.pb", "x.npy")
    assert outcome.code == 2
    assert "feed the others (--feed NAME=VALUE), got 'x', 'switch'" in outcome.err


def test_a_bad_picture_is_named_and_ends_it(graphkit, here):
    (here / "colours" / "b.png").write_bytes(b"no picture")
    outcome = graphkit("infer", "means.pb", "colours", "--json")
    assert outcome.code == 1
    assert "colours/b.png: cannot be decoded as an image" in outcome.err


@pytest.mark.parametrize("size", [1, 3])
def test_the_others_go_on_where_that_is_wanted(graphkit, here, size):
    (here / "colours" / "b.png").write_bytes(b"no picture")
    options = ["--keep-going", "--json", "--batch-size", size]
    outcome = graphkit("infer", "means.pb", "colours", *options)
    assert outcome.code == 1
    found = [json.loads(line) for line in outcome.out.splitlines()]
    assert [line["input"] for line in found] == [f"colours/{name}.png" for name in "abc"]
    assert [list(line)[1] for line in found] == ["outputs", "error", "outputs"]
    assert outcome.err.count("colours/b.png: cannot be decoded") == 1


def test_results_as_a_table_on_disk(graphkit, here):
    outcome = graphkit("infer", "means.pb", "colours", "-o", "r.csv")
    assert (outcome.code, outcome.out) == (0, "r.csv: 3 predictions\n")
    rows = list(csv.reader((here / "r.csv").read_text().splitlines()))
    assert rows[0] == ["input", "means[0]", "means[1]", "means[2]"]
    assert rows[2] == ["colours/b.png", "10.0", "180.0", "30.0"]


def test_classes_as_a_table_on_disk(graphkit, here):
    (here / "labels.json").write_text('["red", "green", "blue"]')
    options = ["--labels", "labels.json", "--top-k", 1, "-o", "r.csv"]
    assert graphkit("infer", "means.pb", "colours", *options).code == 0
    rows = list(csv.reader((here / "r.csv").read_text().splitlines()))
    assert rows[0] == ["input", "rank", "class", "label", "score"]
    assert rows[3] == ["colours/c.png", "1", "2", "blue", "160.0"]


def test_results_as_arrays_on_disk(graphkit, here):
    assert graphkit("infer", "means.pb", "colours", "-o", "r.npz").code == 0
    with np.load(here / "r.npz") as written:
        assert written["names"].tolist() == [f"colours/{name}.png" for name in "abc"]
        assert written["means"].tolist() == [RED, GREEN, BLUE]


@pytest.mark.parametrize("engine", ["opencv", "auto"])
def test_another_engine_gives_the_same(graphkit, here, engine):
    outcome = graphkit("infer", "means.pb", "colours", "--engine", engine, "--json")
    np.testing.assert_allclose(outputs(outcome, "means"), [RED, GREEN, BLUE], atol=1e-3)
    said = "ms" in outcome.err and "runs means.pb" in outcome.err
    assert said == (engine == "auto")
    chosen = {line.get("engine") for line in lines(outcome)}
    assert chosen == ({outcome.err.split()[1]} if engine == "auto" else {None})


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["means.pb", "absent.png"], 2, "absent.png: does not exist"),
        (["means.pb", "*.gif"], 2, "matches no file"),
        (["means.pb", "empty"], 2, "is a folder without a picture"),
        (["doubled.pb", "colours/a.png"], 2, "one of four dimensions, for pictures"),
        (["doubled.pb", "wide.csv"], 2, "wide.csv[0] must be 3 values for 'x', got 4"),
        (["doubled.pb", "words.csv"], 1, "row 2 holds something else than numbers"),
        (["doubled.pb", "nothing.csv"], 1, "nothing.csv: is no table of numbers: it has no row"),
        (["doubled.pb", "headed.csv"], 1, "headed.csv: is no table of numbers: it has no row"),
        (["means.pb", "colours", "--engine", "tflite"], 2, "'tensorflow', 'opencv', got 'tflite'"),
        (["doubled.pb", "none.npy"], 1, "none.npy: holds no row: its array has the shape [0, 3]"),
        (["doubled.pb", "none.npz"], 1, "none.npz: holds no row: its array has the shape [0, 3]"),
        (["means.pb", "colours", "-o", "r.txt"], 2, "a .csv or .npz file, got 'r.txt'"),
        (["means.pb", "colours", "--mean", "1,2"], 2, "one number, or one for each of 3"),
        (["means.pb", "colours", "--std", "0"], 2, "std must be other than 0"),
        (["means.pb", "colours", "--mean", "x"], 2, "is not of the form NUMBER or N,N,N"),
        (["means.pb", "colours", "--mean", "nan"], 2, "no finite number"),
        (["means.pb", "colours", "--labels", "none.txt"], 2, "none.txt: does not exist"),
        (["means.pb", "colours", "--outputs", "mean"], 2, "did you mean 'means"),
        (["doubled.pb", "other.tfrecord"], 2, "must be one of 'a', 'b' (--feature NAME)"),
    ],
)
def test_mistakes_are_told_in_a_line(graphkit, here, arguments, code, said):
    (here / "empty").mkdir()
    (here / "wide.csv").write_text("1,2,3,4\n")
    (here / "words.csv").write_text("a,b,c\nd,e,f\n")
    (here / "nothing.csv").write_text("")
    (here / "headed.csv").write_text("a,b,c\n\n")
    np.save(here / "none.npy", np.zeros([0, 3], np.float32))
    np.savez(here / "none.npz", np.zeros([0, 3], np.float32))
    with RecordWriter(here / "other.tfrecord") as writer:
        writer.write(encode_example({"a": 1.0, "b": b"x"}))
    outcome = graphkit("infer", *arguments)
    assert outcome.code == code, outcome.err
    assert said in outcome.err
    assert "Traceback" not in outcome.err
