"""`graphkit bench`: the stages of a program's pipeline, or of one made for files."""

from __future__ import annotations

import json
import sys

import cv2
import numpy as np
import pytest

from graphkit import port, readers
from graphkit._tf import tf
from graphkit.records import RecordWriter, encode_example

QUICK = ("bench", "--seconds", "0.01")
PROGRAM = """
import sys
import tensorflow as tf

print("arguments", sys.argv[1:])
number = tf.train.range_input_producer(100, shuffle=False).dequeue()
batch = tf.train.shuffle_batch([number * 2], 4, 60, 20, name="doubled")
with tf.train.MonitoredTrainingSession() as sess:
    sess.run(batch)
    print("trained")
"""


@pytest.fixture
def records(tmp_path):
    path = tmp_path / "a.tfrecord"
    with RecordWriter(path) as writer:
        for number in range(20):
            writer.write(encode_example({"label": number, "pixels": bytes(12)}))
    return path


@pytest.fixture
def child(tmp_path, warm):
    """Runs the command on a program, which changes its process for good."""

    def run_child(source, *options):
        (tmp_path / "train.py").write_text(source)
        words = (*QUICK, *options, "train.py", "--steps", "7")
        return warm.graphkit(*words, folder=tmp_path)

    return run_child


def test_a_program_is_run_until_its_queue_runners_start(child):
    done = child(PROGRAM, "--json")
    assert done.returncode == 0, done.stderr
    (report,) = json.loads(done.stdout)
    assert (report["name"], report["engine"]) == ("doubled", "tf.data")
    assert [s["name"] for s in report["stages"]] == ["read", "user ops", "shuffle", "session"]
    assert "arguments ['--steps', '7']" in done.stderr
    assert "trained" not in done.stderr


def test_a_program_without_queue_runners_has_nothing_to_measure(child):
    done = child("print('done')")
    assert (done.returncode, done.stdout) == (1, "")
    assert "train.py: ended without starting queue runners" in done.stderr


@pytest.mark.parametrize("code", ["sys.exit(0)", "tf.app.run()"])
def test_nor_has_one_that_ends_itself(child, code):
    done = child(f"import sys, tensorflow as tf\ndef main(_): print('done')\n{code}", "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "train.py: ended without starting queue runners" in done.stderr


def test_every_frame_of_a_failure_is_shown_if_asked_for(child):
    failing = "import tensorflow as tf\ntf.nn.relu(tf.placeholder(tf.string))"
    assert "--traceback shows all" in child(failing).stderr
    done = child(failing, "--traceback")
    assert done.returncode == 1
    assert "op_def_library.py" in done.stderr


@pytest.fixture
def as_program(monkeypatch):
    """Lets a function of this process be the program that the command runs."""

    def install(program):
        def run_program(target, arguments, options, *, say):
            say("begins")
            print("printed by", target, *arguments)
            program()

        monkeypatch.setattr(port, "run_program", run_program)

    return install


def _starts_runners(build):
    """A program that trains, unless it is ended as its queue runners start."""

    def program():
        with tf.Graph().as_default():
            build()
            with tf.train.MonitoredSession():
                raise AssertionError("the program went on")

    return program


def _two_batchers():
    for name in ("first", "second"):
        readers.batch([readers.range_input_producer(50, shuffle=False).dequeue()], 4, name=name)


def test_every_batcher_of_a_program_is_measured_in_turn(graphkit, as_program):
    as_program(_starts_runners(_two_batchers))
    outcome = graphkit(*QUICK, "--json", "train.py", "--json")
    assert outcome.code == 0
    assert [report["name"] for report in json.loads(outcome.out)] == ["first", "second"]
    assert outcome.err == "graphkit: begins\nprinted by train.py --json\n"


def _three_graphs():
    """Builds two graphs, trains in the second and builds and runs a third one after that."""
    graphs = {name: tf.Graph() for name in ("evaluation", "training", "export")}

    def build(name):
        with graphs[name].as_default():
            readers.batch([readers.range_input_producer(50).dequeue()], 4, name=name)

    def run(name):
        with graphs[name].as_default(), tf.train.MonitoredSession():
            pass

    build("evaluation")
    build("training")
    run("training")
    build("export")
    run("export")


@pytest.mark.parametrize(
    ("options", "measured"),
    [
        ((), [(1, "training"), (2, "evaluation")]),
        (("--to-end",), [(1, "training"), (2, "export")]),
    ],
)
def test_every_graph_of_a_program_is_measured(graphkit, as_program, options, measured):
    as_program(_three_graphs)
    outcome = graphkit(*QUICK, *options, "--json", "train.py")
    assert outcome.code == 0
    found = [(report["graph"], report["name"]) for report in json.loads(outcome.out)]
    assert found == measured


def test_reports_of_several_graphs_say_which(graphkit, as_program):
    as_program(_three_graphs)
    outcome = graphkit(*QUICK, "--to-end", "train.py")
    heads = [line for line in outcome.out.splitlines() if line.startswith("graph ")]
    assert heads == [
        "graph 1, training: on tf.data",
        "graph 2, export: on tf.data",
    ]


def test_a_program_that_fails_on_its_way_to_the_end_gives_its_exit_code(graphkit, as_program):
    def program():
        _three_graphs()
        sys.exit(4)

    as_program(program)
    outcome = graphkit(*QUICK, "--to-end", "train.py")
    assert (outcome.code, outcome.out) == (4, "")


def test_runners_that_fill_no_batcher_are_nothing_to_measure(graphkit, as_program):
    as_program(_starts_runners(lambda: readers.range_input_producer(5).dequeue()))
    outcome = graphkit(*QUICK, "train.py")
    assert (outcome.code, outcome.out) == (1, "")
    assert "train.py: its queue runners fill no batcher of tf.train" in outcome.err


@pytest.mark.parametrize("code", [1, 3])
def test_a_program_that_fails_before_its_runners_start_gives_its_exit_code(
    graphkit, as_program, code
):
    as_program(lambda: sys.exit(code))
    outcome = graphkit(*QUICK, "notebook.ipynb")
    assert (outcome.code, outcome.out) == (code, "")


def test_a_pipeline_that_fails_is_named_in_one_line(graphkit, as_program):
    def build():
        number = readers.range_input_producer(5).dequeue()
        readers.batch([tf.ensure_shape(tf.fill([number], 1), [9])], 2, name="wrong")

    as_program(_starts_runners(build))
    outcome = graphkit(*QUICK, "train.py")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.splitlines()[-1].startswith("graphkit: wrong, user ops: ")


def test_record_files_are_measured(graphkit, records):
    outcome = graphkit(*QUICK, "--batch-size", "4", "--json", records)
    assert outcome.code == 0
    (report,) = json.loads(outcome.out)
    assert report["engine"] == "tf.data"
    assert all(stage["records_per_second"] > 0 for stage in report["stages"])
    shares = {stage["name"]: stage["share"] for stage in report["stages"]}
    assert report["bottleneck"] == max(shares, key=shares.get)
    assert sum(shares.values()) == pytest.approx(1)
    assert report["advice"]


def test_the_table_has_a_line_per_stage_and_ends_with_advice(graphkit, records):
    outcome = graphkit(*QUICK, "--engine", "queues", records)
    lines = outcome.out.splitlines()
    assert lines[0] == "shuffle_batch: on queues (the queues were asked for)"
    assert lines[1].split() == ["stage", "records/s", "of", "the", "time"]
    assert [line.split("  ")[0] for line in lines[2:6]] == [
        "read",
        "user ops",
        "shuffle",
        "session",
    ]
    assert lines[6].startswith("bottleneck: ")
    assert lines[7].startswith("  let tf.data serve it")
    assert outcome.err == ""


def test_images_are_measured_at_the_size_asked_for(graphkit, tmp_path):
    for number in range(3):
        cv2.imwrite(str(tmp_path / f"{number}.png"), np.zeros((6, 8, 3), np.uint8))
    outcome = graphkit(*QUICK, "--batch-size", "2", "--size", "4x4", tmp_path / "*.png")
    assert outcome.code == 0
    assert outcome.out.startswith("shuffle_batch: on tf.data\n")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ((), 2, "bench: name a program (.py, .ipynb), record files or images"),
        (("absent.tfrecord",), 2, "absent.tfrecord: does not exist"),
        (("absent.py",), 2, "absent.py: does not exist"),
        (("notes.txt",), 1, "notes.txt, byte 0: is no image, and no TFRecord file"),
        (("notes.txt", "--json"), 2, "bench: options stand before the files: --json"),
        (("--size", "60000x60000", "notes.txt"), 2, "size must be below 2147483648 values in 32"),
        (("--engine", "fast", "notes.txt"), 2, "'fast' is not one of 'auto', 'queues', 'tf.data'"),
        (("--seconds", "0", "notes.txt"), 2, "--seconds"),
        (("--seconds", "nan", "notes.txt"), 2, "nan is no finite number"),
        (("--batch-size", "0", "notes.txt"), 2, "--batch-size"),
        (("--size", "4", "notes.txt"), 2, "'4' is not of the form HEIGHTxWIDTH"),
    ],
)
def test_a_mistake_is_one_line_and_an_exit_code(graphkit, tmp_path, words, code, told):
    (tmp_path / "notes.txt").write_text("no records, and quite long enough to tell")
    outcome = graphkit("bench", *words)
    assert (outcome.code, outcome.out) == (code, "")
    assert told in outcome.err
    assert outcome.err.count("\n") == 1
