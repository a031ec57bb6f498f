"""Checkpoints of 1.15.5 under other names and in today's format: TensorFlow restores them."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from graphkit._formats._checkpoint import read_checkpoint
from graphkit._tf import tf
from graphkit.errors import ArgumentError, CorruptFileError, MissingFileError, UnknownNameError
from graphkit.export import convert_checkpoint, diff, rename_checkpoint
from graphkit.export._checkpoints._change import write_checkpoint
from graphkit.export._checkpoints._names import new_names

STORED = Path(__file__).parents[1] / "golden" / "stored"
KINDS = [STORED / "kinds_v1", STORED / "kinds_v2"]
NAMES = ["net/a/kernel", "net/a/kernel/Adam", "net/b/kernel", "network", "step"]

with np.load(STORED / "kinds.npz") as recorded:
    VALUES = dict(recorded)


def _data(prefix):
    return Path(f"{prefix}.data-00000-of-00001").read_bytes()


def _restored(prefix, name, shape, dtype, **options):
    """What a session of today's TensorFlow reads under a name."""
    with tf.Graph().as_default(), tf.Session() as session:
        variable = tf.get_variable(name, shape, dtype, **options)
        tf.train.Saver().restore(session, str(prefix))
        return session.run(tf.convert_to_tensor(variable))


@pytest.mark.parametrize("source", KINDS, ids=lambda path: path.name)
@pytest.mark.parametrize("write", [convert_checkpoint, rename_checkpoint])
def test_every_value_stays_bit_identical(tmp_path, source, write):
    rules = [{"int64": "whole", "pieces": "parts"}] if write is rename_checkpoint else []
    report = write(source, tmp_path / "new", *rules)
    reader = tf.train.NewCheckpointReader(str(tmp_path / "new"))
    for name, value in VALUES.items():
        new = report.renamed.get(name, name)
        found = reader.get_tensor(new)
        assert (found.dtype, found.shape) == (value.dtype, value.shape)
        assert np.asarray(found).tobytes() == value.tobytes()
    assert report.variables == len(reader.get_variable_to_shape_map())


def test_data_files_are_copied_as_they_are(tmp_path):
    rename_checkpoint(STORED / "kinds_v2", tmp_path / "new", {"pieces/rows": "rows"})
    assert _data(tmp_path / "new") == _data(STORED / "kinds_v2")


def test_the_source_is_not_touched(tmp_path):
    for file in STORED.glob("old.*"):
        shutil.copy(file, tmp_path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    rename_checkpoint(tmp_path / "old", tmp_path / "new", {"net": "model"})
    after = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {"new.index", "new.data-00000-of-00001"}


@pytest.mark.parametrize("partitioner", [None, tf.fixed_size_partitioner(3)])
@pytest.mark.parametrize("write", ["converted", "renamed"])
def test_a_session_restores_whole_and_cut_variables(tmp_path, write, partitioner):
    if write == "converted":
        convert_checkpoint(STORED / "kinds_v1", tmp_path / "new")
    else:
        rename_checkpoint(STORED / "kinds_v2", tmp_path / "new", {"float32": "other"})
    found = _restored(tmp_path / "new", "pieces/rows", [7, 2], tf.float32, partitioner=partitioner)
    np.testing.assert_array_equal(found, VALUES["pieces/rows"])


def test_texts_arewrite_checkpoint_as_tensorflow_reads_them(tmp_path):
    convert_checkpoint(STORED / "kinds_v2", tmp_path / "new")
    found = tf.train.NewCheckpointReader(str(tmp_path / "new")).get_tensor("texts")
    assert found.tolist() == [[b"", b"a\0b"], ["ä".encode(), b"x" * 200]]


def test_what_diff_found_can_be_applied(tmp_path):
    found = diff(STORED / "old", STORED / "new").renamed
    rename_checkpoint(STORED / "old", tmp_path / "m", {one.old: one.new for one in found})
    again = diff(tmp_path / "m", STORED / "new")
    assert again.renamed == []
    assert {lone.name for lone in again.removed} == {
        "model/first/biases/Momentum",
        "model/first/weights/Momentum",
        "model/second/biases/Momentum",
        "model/second/weights/Momentum",
        "net/out/weights/Momentum",
    }


def test_renaming_there_and_back_gives_the_same_index(tmp_path):
    rename_checkpoint(STORED / "old", tmp_path / "there", {"net": "some/where"})
    rename_checkpoint(tmp_path / "there", tmp_path / "back", {"some/where": "net"})
    assert diff(STORED / "old", tmp_path / "back").same


def test_many_variables_fill_several_blocks_of_the_index(tmp_path):
    with tf.Graph().as_default(), tf.Session() as session:
        for number in range(300):
            tf.get_variable(f"layer_{number}/" + "long_name_" * 9, initializer=float(number))
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, str(tmp_path / "many"), write_meta_graph=False)
    report = rename_checkpoint(tmp_path / "many", tmp_path / "new", {r"^layer": "l"}, regex=True)
    reader = tf.train.NewCheckpointReader(str(tmp_path / "new"))
    assert (len(report.renamed), report.variables) == (300, 300)
    for number in (0, 7, 123, 299):
        assert reader.get_tensor(f"l_{number}/" + "long_name_" * 9) == number


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ({"net": "model"}, ["model/a/kernel", "model/a/kernel/Adam", "model/b/kernel"]),
        ({"net/a/kernel": "k"}, ["k", "k/Adam"]),
        ({"net/a": "x", "net": "y"}, ["x/kernel", "x/kernel/Adam", "y/b/kernel"]),
        ({"net": ""}, ["a/kernel", "a/kernel/Adam", "b/kernel"]),
        ({"step": "global_step"}, ["global_step"]),
        ({"step": "step"}, []),
        ({"net/a": "c", "net/b": "net/a"}, ["c/kernel", "c/kernel/Adam", "net/a/kernel"]),
    ],
    ids=str,
)
def test_scopes_take_what_is_below_them_along(rules, found):
    assert list(new_names(NAMES, rules, regex=False).values()) == found


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ({"kernel": "weights"}, ["net/a/weights", "net/a/weights/Adam", "net/b/weights"]),
        ({r"^net/(\w)/": r"\1_"}, ["a_kernel", "a_kernel/Adam", "b_kernel"]),
        ({"^net/": "", "^a": "first"}, ["first/kernel", "first/kernel/Adam", "b/kernel"]),
        ({"^net$|^step$": "s"}, ["s"]),
    ],
    ids=str,
)
def test_regular_expressions_are_replaced_wherever_they_are_found(rules, found):
    assert list(new_names(NAMES, rules, regex=True).values()) == found


@pytest.mark.parametrize(
    ("rules", "regex", "error", "said"),
    [
        (
            {"nat": "x"},
            False,
            UnknownNameError,
            "variable or scope named 'nat'; did you mean 'net'",
        ),
        ({"net/a/kernle": "x"}, False, UnknownNameError, "did you mean 'net/a/kernel'"),
        ({"net/a": "net/b"}, False, ArgumentError, "'net/b/kernel' for 'net/a/kernel' and 'net/b"),
        ({"step": ""}, False, ArgumentError, "no name for 'step'"),
        ({"conv": "x"}, True, UnknownNameError, "variable that matches named 'conv'"),
        ({"(": "x"}, True, ArgumentError, "a regular expression, got"),
        ({"net": r"\1"}, True, ArgumentError, "a regular expression, got"),
        ({"[ab]": "c"}, True, ArgumentError, "a name of its own for each variable"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused(rules, regex, error, said):
    with pytest.raises(error, match=said):
        new_names(NAMES, rules, regex=regex)


@pytest.mark.parametrize(
    ("name", "error", "said"),
    [
        ("taken", ArgumentError, "path must be a prefix that no checkpoint has yet"),
        ("new.index", ArgumentError, "path must be the prefix '.*new'"),
        ("new.data-00000-of-00001", ArgumentError, "path must be the prefix '.*new'"),
        ("none/new", MissingFileError, "folder does not exist"),
        (".", MissingFileError, "is a folder"),
    ],
)
def test_a_place_that_cannot_bewrite_checkpoint_is_refused(tmp_path, name, error, said):
    (tmp_path / "taken.index").write_bytes(b"")
    with pytest.raises(error, match=said):
        convert_checkpoint(STORED / "old", tmp_path / name)
    assert [file.name for file in tmp_path.iterdir()] == ["taken.index"]


def test_a_checkpoint_of_objects_is_refused(tmp_path):
    with tf.Graph().as_default(), tf.Session() as session:
        saved = tf.train.Checkpoint(weight=tf.get_variable("w", initializer=1.0))
        session.run(tf.global_variables_initializer())
        prefix = saved.save(str(tmp_path / "objects"), session=session)
    with pytest.raises(ArgumentError, match=r"a checkpoint of tf.train.Saver; the names in one of"):
        rename_checkpoint(prefix, tmp_path / "new", {"weight": "other"})


def test_a_damaged_value_leaves_nothing_behind(tmp_path):
    for file in STORED.glob("old.*"):
        shutil.copy(file, tmp_path)
    data = tmp_path / "old.data-00000-of-00001"
    data.write_bytes(b"\1" * data.stat().st_size)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(CorruptFileError, match="cannot be read: its checksum is wrong"):
        rename_checkpoint(tmp_path / "old", tmp_path / "new", {"net": "model"})
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("missing", ["net/first/biases", "net/out/weights"])
def test_what_reads_back_otherwise_is_not_kept(tmp_path, missing):
    source = read_checkpoint(STORED / "old")

    def write_without(checkpoint, target, names):
        for kind in ("index", "data-00000-of-00001"):
            shutil.copy(STORED / f"new.{kind}", f"{target}.{kind}")

    names = {missing: "net/none"}
    with pytest.raises(
        CorruptFileError, match=r"was not read back as it was in .*nothing was kept"
    ):
        write_checkpoint("rename_checkpoint", source, tmp_path / "new", names, write_without)
    assert list(tmp_path.iterdir()) == []
