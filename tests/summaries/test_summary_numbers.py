"""Summaries of numbers against NumPy, and event files under every name and from many writers."""

from __future__ import annotations

import os

import numpy as np
import pytest

from graphkit import summaries
from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError, UsageError
from graphkit.summaries._encode import histogram_summary, scalar_summary

RANDOM = np.random.RandomState(2)
DISTRIBUTIONS = {
    "normal": RANDOM.normal(size=1000),
    "uniform": RANDOM.uniform(-3, 7, size=[10, 20, 5]),
    "integers": RANDOM.randint(-50, 50, size=400),
    "tiny": RANDOM.normal(size=300) * 1e-13,
    "huge": RANDOM.normal(size=300) * 1e19,
    "zeros": np.zeros(7),
    "one number": np.float32(2.5),
    "bytes": RANDOM.randint(0, 256, size=100).astype(np.uint8),
    "nothing": np.zeros([0, 3]),
}


def histogram(values):
    return histogram_summary("t", values).value[0].histo


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_histogram_adds_up_as_numpy_does(name):
    values = np.asarray(DISTRIBUTIONS[name], np.float64)
    histo = histogram(DISTRIBUTIONS[name])
    assert histo.num == values.size
    assert sum(histo.bucket) == values.size
    np.testing.assert_allclose(histo.sum, values.sum(), rtol=1e-12)
    np.testing.assert_allclose(histo.sum_squares, np.square(values).sum(), rtol=1e-12)
    if values.size:
        assert (histo.min, histo.max) == (values.min(), values.max())


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_buckets_hold_the_numbers_between_their_limits(name):
    values = np.asarray(DISTRIBUTIONS[name], np.float64).ravel()
    histo = histogram(DISTRIBUTIONS[name])
    limits = np.array(histo.bucket_limit)
    assert (np.diff(limits) > 0).all()
    assert limits[-1] == np.finfo(np.float64).max
    below = np.array([(values < limit).sum() for limit in limits])
    # The last limit is the largest number there is, which belongs to its bucket.
    below[-1] = values.size
    np.testing.assert_array_equal(np.cumsum(histo.bucket), below)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_no_two_empty_buckets_stand_together(name):
    counts = np.array(histogram(DISTRIBUTIONS[name]).bucket)
    assert not ((counts[:-1] == 0) & (counts[1:] == 0)).any()


@pytest.mark.parametrize("name", [n for n in DISTRIBUTIONS if n != "nothing"])
def test_histogram_is_that_of_tensorflow(graph, session, name):
    values = DISTRIBUTIONS[name]
    op = tf.summary.histogram("t", tf.constant(values))
    theirs = tf.Summary.FromString(session.run(op)).value[0].histo
    ours = histogram(values)
    # TensorFlow leaves out what is empty before the first bucket and after the last.
    wanted = {limit: n for limit, n in zip(theirs.bucket_limit, theirs.bucket, strict=True) if n}
    found = {limit: n for limit, n in zip(ours.bucket_limit, ours.bucket, strict=True) if n}
    assert found == pytest.approx(wanted)
    assert (ours.min, ours.max, ours.num) == (theirs.min, theirs.max, theirs.num)


@pytest.mark.parametrize(
    "value", [1, -2.5, True + 0, np.float16(0.5), np.int8(-3), np.array([[7]]), 1e300]
)
def test_scalar_is_a_float(value):
    (made,) = scalar_summary("t", value).value
    number = np.asarray(value, np.float64).item()
    assert made.simple_value == (np.float32(number) if abs(number) < 1e38 else np.inf)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_scalar_that_is_not_finite_comes_back(tmp_path, value):
    with summaries.SummaryWriter(tmp_path) as writer:
        writer.add_scalar("loss", value, 1)
    (event,) = summaries.read_events(tmp_path).scalars["loss"]
    np.testing.assert_equal(event.value, value)


@pytest.mark.parametrize("tag", ["loss", "a/b/c", "my loss", "Verlust ü 損失", "1.5", "x" * 500])
def test_tags_of_every_kind_come_back(tmp_path, tag):
    with summaries.SummaryWriter(tmp_path) as writer:
        writer.add_scalar(tag, 1, 0)
        writer.add_text(tag + "/text", tag, 0)
    log = summaries.read_events(tmp_path)
    assert list(log.scalars) == [tag]
    assert log.texts[tag + "/text"][0].value == tag


@pytest.mark.parametrize("name", ["run", "a run", "läufe/实验", "-run", "run.1", "100%"])
def test_folders_of_every_name_hold_a_run(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with summaries.SummaryWriter(name) as writer:
        writer.add_scalar("loss", 1, 0)
    assert list(summaries.read_events(name).scalars) == ["loss"]
    assert os.path.dirname(writer.path) == name


@pytest.mark.parametrize("step", [0, -1, 2**31, 2**63 - 1, np.int32(7), np.uint64(9)])
def test_step_may_be_any_int64(tmp_path, step):
    with summaries.SummaryWriter(tmp_path) as writer:
        writer.add_scalar("loss", 1, step)
    assert summaries.read_events(tmp_path).scalars["loss"][0].step == step


@pytest.mark.parametrize("step", [1.0, "1", None, [1], np.array([1, 2])])
def test_step_is_an_integer(tmp_path, step):
    with summaries.SummaryWriter(tmp_path) as writer:
        with pytest.raises(ArgumentTypeError, match="SummaryWriter: step must be an integer, got"):
            writer.add_scalar("loss", 1, step)
    assert summaries.read_events(tmp_path).scalars == {}


ADDING = {
    "add": (tf.Summary(), 1),
    "add_scalar": ("t", 1, 1),
    "add_histogram": ("t", [1], 1),
    "add_image": ("t", np.zeros([1, 1, 3], np.uint8), 1),
    "add_text": ("t", "s", 1),
    "add_graph": (tf.GraphDef(),),
    "add_run_metadata": (tf.RunMetadata(), "t", 1),
}


def test_every_way_to_add_is_tried_here():
    assert set(ADDING) == {n for n in dir(summaries.SummaryWriter) if n.startswith("add")}


@pytest.mark.parametrize("add", ADDING)
def test_every_way_to_add_is_refused_after_the_end(tmp_path, add):
    with summaries.SummaryWriter(tmp_path) as writer:
        getattr(writer, add)(*ADDING[add])
    size = os.path.getsize(writer.path)
    with pytest.raises(UsageError, match=r"SummaryWriter: .* is closed; nothing can be added"):
        getattr(writer, add)(*ADDING[add])
    writer.flush()
    writer.close()
    assert os.path.getsize(writer.path) == size


def test_error_inside_the_with_loses_nothing(tmp_path):
    with pytest.raises(ZeroDivisionError), summaries.SummaryWriter(tmp_path) as writer:
        writer.add_scalar("loss", 0.5, 1)
        raise ZeroDivisionError
    assert summaries.read_events(tmp_path).scalars["loss"][0].value == 0.5


def test_writer_that_is_killed_leaves_what_it_flushed(warm, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "import os, sys\n"
        "from graphkit.summaries import SummaryWriter\n"
        "writer = SummaryWriter(sys.argv[1], flush_secs=3600)\n"
        "writer.add_scalar('loss', 1, 1)\n"
        "writer.flush()\n"
        "writer.add_scalar('loss', 2, 2)\n"
        "os._exit(9)\n"
    )
    assert warm.run(program, tmp_path, folder=tmp_path).returncode == 9
    assert [e.step for e in summaries.read_events(tmp_path).scalars["loss"]] == [1]


def test_two_writers_of_one_folder_are_read_together(tmp_path):
    with summaries.SummaryWriter(tmp_path) as one, summaries.SummaryWriter(tmp_path) as other:
        for step in range(3):
            one.add_scalar("one", step, step)
            other.add_scalar("other", -step, step)
            one.add_scalar("both", step, 2 * step)
            other.add_scalar("both", step, 2 * step + 1)
    log = summaries.read_events(tmp_path)
    assert len(log.paths) == 2
    assert [e.value for e in log.scalars["one"]] == [0, 1, 2]
    assert [e.value for e in log.scalars["other"]] == [0, -1, -2]
    assert sorted(e.step for e in log.scalars["both"]) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("pixels", "error", "told"),
    [
        (np.zeros([4, 4]), ArgumentError, r"pixels must be of shape \[H, W, C\], .*got \[4, 4\]"),
        (np.zeros([4, 4, 2]), ArgumentError, r"with C 1, 3 or 4, got \[4, 4, 2\]"),
        (np.zeros([0, 4, 3]), ArgumentError, r"got \[0, 4, 3\]"),
        (np.full([2, 2, 1], 1.5), ArgumentError, "between 0 and 1 when floating, got '1.5 to 1.5'"),
        (np.full([2, 2, 1], -0.1), ArgumentError, "between 0 and 1 when floating"),
        (np.full([2, 2, 1], np.nan), ArgumentError, "between 0 and 1 when floating, got 'nan"),
        (np.zeros([2, 2, 1], np.int32), ArgumentTypeError, "uint8 or floating, got int32"),
        (np.zeros([2, 2, 1], bool), ArgumentTypeError, "uint8 or floating, got bool"),
        ("picture.png", ArgumentError, r"of shape \[H, W, C\], .*got \[\]"),
    ],
)
def test_pixels_that_are_no_image_are_refused(tmp_path, pixels, error, told):
    with summaries.SummaryWriter(tmp_path) as writer:
        with pytest.raises(error, match=rf"add_image\('tag'\): .*{told}"):
            writer.add_image("tag", pixels, 0)


@pytest.mark.parametrize("values", [[True], ["1"], [1j], [None], [[1], [2, 3]]])
def test_what_is_no_number_is_no_histogram(values):
    with pytest.raises(
        (ArgumentTypeError, ValueError), match=r"add_histogram\('t'\)|inhomogeneous"
    ):
        histogram(values)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_histogram_names_the_number_that_is_not_finite(bad):
    told = rf"add_histogram\('t'\): values must be finite, got {bad}"
    with pytest.raises(ArgumentError, match=told):
        histogram([1, bad, 2])
