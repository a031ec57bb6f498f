"""Which checkpoint a place means, told without TensorFlow; checkpoints of several shards."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from graphkit._formats._checkpoint import read_checkpoint
from graphkit._tf import tf
from graphkit.errors import CorruptFileError, MissingFileError
from graphkit.export import convert_checkpoint, diff, inspect_file, rename_checkpoint
from graphkit.export._checkpoints._files import find_checkpoint


def _state(folder, text, *names):
    (folder / "checkpoint").write_text(text, encoding="utf-8")
    for name in names:
        (folder / f"{name}.index").write_bytes(b"")


@pytest.mark.parametrize(
    "name", ["model.ckpt-7", "two words", "it's", 'a "quoted" one', "back\\slash", "größe", "模型"]
)
def test_names_are_read_as_tensorflow_writes_them(tmp_path, name):
    tf.train.update_checkpoint_state(str(tmp_path), name, [name])
    (tmp_path / f"{name}.index").write_bytes(b"")
    assert find_checkpoint(tmp_path) == tmp_path / name
    assert tf.train.get_checkpoint_state(str(tmp_path)).model_checkpoint_path.endswith(name)


@pytest.mark.parametrize(
    "text",
    [
        'model_checkpoint_path: "m"\n',
        'all_model_checkpoint_paths: "other"\nmodel_checkpoint_path: "m"\n',
        '  model_checkpoint_path  :  "m"',
        'model_checkpoint_path: "/somewhere/else/m"',
        'model_checkpoint_path: "\\155"',
    ],
)
def test_the_latest_is_the_one_beside_the_state_file(tmp_path, text):
    _state(tmp_path, text, "m", "other")
    assert find_checkpoint(tmp_path) == tmp_path / "m"
    assert find_checkpoint(tmp_path / "checkpoint") == tmp_path / "m"


@pytest.mark.parametrize(
    "text", ["", "words", 'all_model_checkpoint_paths: "m"', 'model_checkpoint_path: "m', "\0\1"]
)
def test_a_state_file_that_names_none_is_refused(tmp_path, text):
    _state(tmp_path, text, "m")
    with pytest.raises(CorruptFileError, match="checkpoint: is no checkpoint state file"):
        find_checkpoint(tmp_path)


def test_a_state_file_cannot_lead_out_of_its_folder(tmp_path):
    (tmp_path / "inside").mkdir()
    (tmp_path / "m.index").write_bytes(b"")
    _state(tmp_path / "inside", 'model_checkpoint_path: "../m"')
    with pytest.raises(MissingFileError, match="though the file 'checkpoint' names it"):
        find_checkpoint(tmp_path / "inside")


@pytest.fixture
def sharded(tmp_path):
    """A checkpoint whose variables lie in two data files: the prefix, and the values by name."""
    values = {f"net/v{n}": np.arange(n + 1, dtype=np.float32) for n in range(4)}
    config = tf.ConfigProto(device_count={"CPU": 2})
    with tf.Graph().as_default(), tf.Session(config=config) as session:
        for number, (name, value) in enumerate(values.items()):
            with tf.device(f"/cpu:{number % 2}"):
                tf.get_variable(name, initializer=tf.constant(value), use_resource=False)
        session.run(tf.global_variables_initializer())
        saver = tf.train.Saver(sharded=True)
        saver.save(session, str(tmp_path / "sharded"), write_meta_graph=False)
    return tmp_path / "sharded", values


def _shards(prefix):
    return sorted(prefix.parent.glob(f"{prefix.name}.data-*"))


def test_several_shards_are_read(sharded):
    prefix, values = sharded
    assert len(_shards(prefix)) == 2
    found = read_checkpoint(prefix)
    for name, value in values.items():
        np.testing.assert_array_equal(found.read(name), value)
    assert inspect_file(prefix).details.parameters == 1 + 2 + 3 + 4


def test_several_shards_stay_as_they_are_when_names_change(sharded, tmp_path):
    prefix, _ = sharded
    rename_checkpoint(prefix, tmp_path / "renamed", {"net": "model"})
    before, after = _shards(prefix), _shards(tmp_path / "renamed")
    assert [file.read_bytes() for file in before] == [file.read_bytes() for file in after]
    assert len(diff(prefix, tmp_path / "renamed").renamed) == 4


def test_several_shards_become_one_when_converted(sharded, tmp_path):
    prefix, values = sharded
    convert_checkpoint(prefix, tmp_path / "whole")
    assert len(_shards(tmp_path / "whole")) == 1
    reader = tf.train.NewCheckpointReader(str(tmp_path / "whole"))
    for name, value in values.items():
        np.testing.assert_array_equal(reader.get_tensor(name), value)


def test_a_missing_shard_is_named(sharded):
    prefix, _ = sharded
    _shards(prefix)[1].unlink()
    with pytest.raises(CorruptFileError, match=r"sharded.data-00001-of-00002, .* not beside it"):
        read_checkpoint(Path(prefix))


@pytest.mark.parametrize("files", [["export"], ["export-00000-of-00002", "export-00001-of-00002"]])
def test_one_of_version_1_is_found_by_the_graph_beside_it(tmp_path, files):
    for name in (*files, "export.meta", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    assert find_checkpoint(tmp_path) == tmp_path / "export"


def test_a_graph_alone_is_no_checkpoint(tmp_path):
    (tmp_path / "model.meta").write_bytes(b"")
    with pytest.raises(MissingFileError, match=r"holds no checkpoint \(no file \*\.index\)$"):
        find_checkpoint(tmp_path)


def test_a_folder_of_versions_names_its_last_model(tmp_path):
    for version in ("00000123", "00000124"):
        (tmp_path / version).mkdir()
        (tmp_path / version / "saved_model.pb").write_bytes(b"")
    with pytest.raises(MissingFileError, match=r"; a SavedModel lies in its folder 00000124$"):
        find_checkpoint(tmp_path)
