"""Saving, restoring and resuming, and every usual mistake explained."""

import os
import re
import shutil
from pathlib import Path

import pytest

from graphkit._formats._table import read_table, write_table
from graphkit._formats._wire import write_bytes, write_int
from graphkit._tf import tf
from graphkit.errors import ArgumentError, CorruptFileError, MissingFileError, RunError
from graphkit.session import SessionRunner


def counting_graph(name="count", start=0.0, shape=(), other=None):
    graph = tf.Graph()
    with graph.as_default():
        initial = tf.fill(shape, start)
        count = tf.get_variable(name, initializer=initial)
        with tf.control_dependencies([tf.assign_add(count, tf.ones(shape))]):
            tf.no_op(name="add")
        if other is not None:
            tf.get_variable(other, initializer=1.0)
    return graph


@pytest.fixture
def saved(tmp_path):
    """A checkpoint in which `count` is 7."""
    with SessionRunner(counting_graph(start=7.0)) as runner:
        return runner.save(tmp_path / "deep" / "model.ckpt")


def test_saved_value_comes_back(saved):
    assert saved.endswith("deep/model.ckpt")
    with SessionRunner(counting_graph()) as runner:
        assert runner.run("count") == 0
        runner.restore(saved)
        assert runner.run("count") == 7


def test_save_without_a_path_goes_to_the_folder(tmp_path):
    with SessionRunner(counting_graph(), checkpoint_dir=tmp_path / "run") as runner:
        assert runner.save() == str(tmp_path / "run" / "model.ckpt-0")
    with SessionRunner(counting_graph()) as runner:
        with pytest.raises(
            ArgumentError, match=r"save: path must be given .* no checkpoint_dir, got N"
        ):
            runner.save()


def test_save_names_the_global_step(tmp_path):
    graph = counting_graph()
    with graph.as_default():
        step = tf.train.get_or_create_global_step()
        with tf.control_dependencies([tf.assign(step, 12)]):
            tf.no_op(name="jump")
    with SessionRunner(graph, checkpoint_dir=tmp_path) as runner:
        runner.run("jump")
        assert runner.save().endswith("model.ckpt-12")


@pytest.mark.parametrize(
    "path", ["folder", "folder/", "x.index", "x.meta", "x.data-00000-of-00001"]
)
def test_save_refuses_what_cannot_be_a_prefix(tmp_path, path):
    (tmp_path / "folder").mkdir()
    full = os.path.join(tmp_path, path)
    with SessionRunner(counting_graph()) as runner:
        with pytest.raises(ArgumentError, match=rf"save: path must be a prefix such as .*{path}"):
            runner.save(full)


def test_restore_explains_a_folder(saved):
    folder = os.path.dirname(saved)
    with SessionRunner(counting_graph()) as runner:
        with pytest.raises(
            ArgumentError, match=r"not a folder \(such as '.*model.ckpt'\), got '.*deep'"
        ):
            runner.restore(folder)
        with pytest.raises(ArgumentError, match="not a folder, got '/'"):
            runner.restore("/")


@pytest.mark.parametrize("part", [".index", ".meta", ".data-00000-of-00001"])
def test_restore_explains_a_part(saved, part):
    with SessionRunner(counting_graph()) as runner:
        with pytest.raises(ArgumentError, match=rf"not one of its files: '.*ckpt', got '.*{part}'"):
            runner.restore(saved + part)


def test_restore_lists_what_is_there(saved):
    with SessionRunner(counting_graph()) as runner:
        with pytest.raises(
            MissingFileError, match=r"model.ckpt-9: no checkpoint .* holds model.ckpt"
        ):
            runner.restore(saved + "-9")
        with pytest.raises(MissingFileError, match=r"/no/such/x: .*/no/such holds none"):
            runner.restore("/no/such/x")


def test_missing_variable_is_named_with_its_likely_rename(saved):
    with SessionRunner(counting_graph(name="counter", other="bias")) as runner:
        with pytest.raises(RunError, match=r"model.ckpt' does not fit the graph") as caught:
            runner.restore(saved)
    assert isinstance(caught.value, tf.errors.NotFoundError)
    assert "it lacks 'counter' [] (perhaps its 'count', of the same shape" in str(caught.value)
    assert "it lacks 'bias' []" in str(caught.value)


def test_other_shape_is_named_and_no_rename_is_guessed(saved):
    with SessionRunner(counting_graph(shape=(2,))) as runner:
        with pytest.raises(RunError, match=r"'count' is \[\] there and \[2\] in the graph"):
            runner.restore(saved)
    with SessionRunner(counting_graph(name="other", shape=(2,))) as runner:
        with pytest.raises(RunError, match=r"it lacks 'other' \[2\]$"):
            runner.restore(saved)


def test_many_missing_variables_are_counted(saved):
    graph = tf.Graph()
    with graph.as_default():
        for number in range(15):
            tf.get_variable(f"v{number:02}", initializer=1.0)
    with SessionRunner(graph) as runner, pytest.raises(RunError, match=r"v09'.*; and 5 more$"):
        runner.restore(saved)


def test_saver_with_its_own_names_is_compared_by_them(saved, graph):
    weight = tf.get_variable("weight", initializer=tf.zeros(()))
    good = tf.train.Saver({"count": weight})
    bad = tf.train.Saver({"old/weight": weight})
    with SessionRunner(graph, saver=good) as runner:
        runner.restore(saved)
        assert runner.run("weight") == 7
    with SessionRunner(graph, saver=bad) as runner:
        with pytest.raises(RunError, match=r"it lacks 'old/weight' .perhaps its 'count'"):
            runner.restore(saved)


@pytest.mark.parametrize("part", [".index", ".data-00000-of-00001"])
def test_damaged_checkpoint_is_told(saved, part):
    with open(saved + part, "r+b") as file:
        content = bytearray(file.read())
        content[len(content) // 2] ^= 255
        content[0] ^= 255
        file.seek(0)
        file.write(content[: max(4, len(content) - 20)] if part == ".index" else content)
        file.truncate()
    with (
        SessionRunner(counting_graph()) as runner,
        pytest.raises(CorruptFileError, match=r"model.ckpt"),
    ):
        runner.restore(saved)


def rewrite(table, entry, place=-1):
    """Puts another value under a table's last key, or that in a place; its checksums are right."""
    entries = [(key, bytes(value)) for key, value in read_table(memoryview(table.read_bytes()))]
    entries[place] = (entries[place][0], entry)
    table.write_bytes(write_table(entries))


def floats(*sizes):
    """The entry of a variable of this shape."""
    return write_int(1, 1) + write_bytes(
        2, b"".join(write_bytes(2, write_int(1, n)) for n in sizes)
    )


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        pytest.param(b"\x2a\x05", "field 5 is cut short", id="cut short"),
        pytest.param(b"\x08\x01\0\0", "field 0 does not exist", id="no field"),
        pytest.param(write_bytes(2, write_bytes(2, b"\x12\1\xff")), "not UTF-8", id="no text"),
        pytest.param(floats(-5), "an entry contradicts itself", id="negative"),
        pytest.param(floats(*[2] * 300), "a shape of 300 dimensions", id="dimensions"),
        pytest.param(floats(*[2**40] * 3), "more elements than a tensor can have", id="elements"),
    ],
)
def test_an_index_that_would_end_the_process_is_told(saved, entry, reason):
    rewrite(Path(f"{saved}.index"), entry)
    with SessionRunner(counting_graph()) as runner:
        with pytest.raises(CorruptFileError, match=rf"model\.ckpt: .*{reason}"):
            runner.restore(saved)
        assert runner.run("count") == 0


def test_an_index_of_an_impossible_version_is_told(saved):
    version = write_bytes(3, write_int(1, -1))
    rewrite(Path(f"{saved}.index"), write_int(1, 1) + version, place=0)
    with SessionRunner(counting_graph()) as runner:
        with pytest.raises(CorruptFileError, match=r"model\.ckpt: .*producer version -1"):
            runner.restore(saved)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="all may be read by root")
def test_an_index_that_may_not_be_read_is_told(saved):
    os.chmod(f"{saved}.index", 0)
    with SessionRunner(counting_graph()) as runner:
        with pytest.raises(CorruptFileError, match=r"model\.ckpt: .*[Pp]ermission denied"):
            runner.restore(saved)


@pytest.mark.parametrize("sharded", [False, True])
def test_a_damaged_checkpoint_of_the_first_format_is_told(graph, tmp_path, sharded):
    tf.get_variable("count", initializer=5.0, use_resource=False)
    old = tf.train.Saver(write_version=tf.train.SaverDef.V1, sharded=sharded)
    with SessionRunner(graph, saver=old) as runner:
        path = runner.save(tmp_path / "old.ckpt")
        assert path.endswith("-?????-of-00001") is sharded
        runner.restore(path)
        rewrite(Path(path.replace("?????", "00000")), b"\x12\x05")
        with pytest.raises(CorruptFileError, match=r"old\.ckpt.*: field 2 is cut short"):
            runner.restore(path)


def test_checkpoint_of_the_first_format_is_restored(graph, tmp_path):
    tf.get_variable("count", initializer=5.0, use_resource=False)
    old = tf.train.Saver(write_version=tf.train.SaverDef.V1)
    with SessionRunner(graph, saver=old) as runner:
        path = runner.save(tmp_path / "old.ckpt")
    assert os.path.isfile(path)
    with SessionRunner(counting_graph()) as runner:
        runner.restore(path)
        assert runner.run("count") == 5


def test_resume_starts_fresh_without_a_checkpoint(tmp_path):
    for folder in (tmp_path, tmp_path / "not yet"):
        with SessionRunner(counting_graph(), checkpoint_dir=folder, resume=True) as runner:
            assert runner.run("count") == 0


def test_resume_takes_the_latest_even_when_the_folder_moved(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    with SessionRunner(counting_graph(), checkpoint_dir=first) as runner:
        for _ in runner.steps("add", num_steps=3, checkpoint_every=1):
            pass
    first.rename(second)
    with SessionRunner(counting_graph(), checkpoint_dir=second, resume=True) as runner:
        assert runner.run("count") == 3
        assert [step.step for step in runner.steps("add", max_steps=5)] == [4, 5]


def test_resume_takes_a_foreign_folder_with_absolute_paths(tmp_path):
    graph = counting_graph(start=4.0)
    with graph.as_default():
        saver = tf.train.Saver()
    with SessionRunner(graph, saver=saver) as runner:
        runner.save(tmp_path / "old" / "net-30")
    (tmp_path / "old").rename(tmp_path / "new")
    with SessionRunner(counting_graph(), checkpoint_dir=tmp_path / "new", resume=True) as runner:
        assert runner.run("count") == 4
        assert next(runner.steps("add")).step == 31


def test_resume_refuses_a_folder_whose_latest_is_gone(tmp_path):
    with SessionRunner(counting_graph(), checkpoint_dir=tmp_path) as runner:
        runner.save(tmp_path / "a")
        runner.save(tmp_path / "b")
    (tmp_path / "b.index").unlink()
    with pytest.raises(
        CorruptFileError, match=r"checkpoint: names '.*b', which is gone; .* holds a\."
    ):
        SessionRunner(counting_graph(), checkpoint_dir=tmp_path, resume=True).__enter__()
    (tmp_path / "checkpoint").unlink()
    with pytest.raises(CorruptFileError, match=r"is missing or unreadable; the folder holds a\."):
        SessionRunner(counting_graph(), checkpoint_dir=tmp_path, resume=True).__enter__()


def test_resume_needs_a_folder():
    with pytest.raises(
        ArgumentError, match="checkpoint_dir must be given with resume=True, got None"
    ):
        SessionRunner(tf.Graph(), resume=True)


def test_resume_into_a_changed_graph_is_explained(saved):
    folder = os.path.dirname(saved)
    with pytest.raises(RunError, match="it lacks 'renamed'"):
        SessionRunner(counting_graph("renamed"), checkpoint_dir=folder, resume=True).__enter__()


def test_only_the_newest_checkpoints_stay(tmp_path):
    for _ in range(2):
        with SessionRunner(
            counting_graph(), checkpoint_dir=tmp_path, resume=True, keep_checkpoints=2
        ) as runner:
            for _ in runner.steps("add", num_steps=3, checkpoint_every=1):
                pass
    assert sorted(path.name for path in tmp_path.glob("*.index")) == [
        "model.ckpt-5.index",
        "model.ckpt-6.index",
    ]


def test_resume_without_variables_starts_fresh(graph, tmp_path, saved):
    tf.constant(1, name="one")
    with SessionRunner(graph, checkpoint_dir=tmp_path) as runner:
        with pytest.raises(RunError, match=r"save: the graph has no tf.train.Saver"):
            runner.save()
        with pytest.raises(RunError, match=r"restore: the graph has no tf.train.Saver"):
            runner.restore(saved)
    with pytest.raises(RunError, match=r"restore: the graph has no tf.train.Saver"):
        SessionRunner(graph, checkpoint_dir=os.path.dirname(saved), resume=True).__enter__()


def test_graph_finalised_before_is_run_but_not_saved(tmp_path):
    graph = counting_graph(start=2.0)
    graph.finalize()
    with SessionRunner(graph) as runner:
        assert runner.run("count") == 2
        with pytest.raises(RunError, match="finalised before the runner opened"):
            runner.save(tmp_path / "x")
    with pytest.raises(RunError, match=r"checkpoint_dir=.*: the graph has no tf.train.Saver"):
        SessionRunner(graph, checkpoint_dir=tmp_path).__enter__()


def test_saver_of_the_graph_is_used(saved):
    graph = counting_graph()
    with graph.as_default():
        tf.add_to_collection(tf.GraphKeys.SAVERS, tf.train.Saver())
    ops = len(graph.get_operations())
    with SessionRunner(graph) as runner:
        runner.restore(saved)
    assert len(graph.get_operations()) == ops


def test_checkpoint_of_objects_is_restored(graph, tmp_path):
    count = tf.get_variable("count", initializer=6.0)
    objects = tf.train.Checkpoint(anything=count)
    with SessionRunner(graph, finalize=False) as runner:
        path = objects.save(str(tmp_path / "objects"), runner.session)
    with SessionRunner(counting_graph(), finalize=False) as runner:
        runner.restore(path)
        assert runner.run("count") == 6
    with SessionRunner(counting_graph()) as runner:
        with pytest.raises(RunError, match=r"written by tf.train.Checkpoint.*finalize=False"):
            runner.restore(path)


def test_resume_in_a_copied_folder_leaves_the_original_alone(graph, tmp_path):
    with tf.Session() as session:
        count = tf.get_variable("count", initializer=3.0)
        session.run(tf.global_variables_initializer())
        saver = tf.train.Saver()  # writes absolute paths into its state file
        for step in (1, 2):
            saver.save(session, str(tmp_path / "run" / "m"), step)
        shutil.copytree(tmp_path / "run", tmp_path / "copy")
        session.run(count.assign(4.0))
        saver.save(session, str(tmp_path / "run" / "m"), 2)
    original = sorted(os.listdir(tmp_path / "run"))
    folder = tmp_path / "copy"
    with SessionRunner(
        counting_graph(), checkpoint_dir=folder, resume=True, keep_checkpoints=1
    ) as runner:
        assert runner.run("count") == 3
        runner.save()
    assert sorted(os.listdir(tmp_path / "run")) == original
    assert not list(folder.glob("m-1*"))


def test_save_to_no_name_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with SessionRunner(counting_graph()) as runner:
        with pytest.raises(ArgumentError, match=r"save: path must be a prefix .*, got ''"):
            runner.save("")
    assert not os.listdir(tmp_path)


@pytest.mark.parametrize("folder", ["a file", "/proc"])
def test_save_that_cannot_be_written_is_told(tmp_path, folder):
    (tmp_path / "a file").write_text("")
    prefix = str(tmp_path / folder / "model")
    with SessionRunner(counting_graph()) as runner:
        told = f"the checkpoint {re.escape(repr(prefix))} could not be written: "
        with pytest.raises(RunError, match=told) as raised:
            runner.save(prefix)
    assert isinstance(raised.value, OSError | tf.errors.OpError)
    assert "Detected at" not in str(raised.value)


def test_checkpoint_folder_that_is_a_file_is_refused_before_training(tmp_path):
    (tmp_path / "run").write_text("")
    with pytest.raises(MissingFileError, match=r"run: is a file; checkpoint_dir has to be"):
        SessionRunner(counting_graph(), checkpoint_dir=tmp_path / "run").__enter__()
