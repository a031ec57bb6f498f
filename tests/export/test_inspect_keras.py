"""What inspect_file tells of models saved by Keras 2.2.4, tf.keras of 1.15.5 and today."""

from __future__ import annotations

import json
import random
import shutil
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from graphkit.errors import CorruptFileError, GraphkitError, UnsafeFileError
from graphkit.export import TensorInfo, inspect_file
from graphkit.export._inspection import _keras
from graphkit.export._inspection._keras import describe_keras
from graphkit.export._inspection._keras_apart import describe_keras_apart

SAVED = Path(__file__).parents[1] / "golden" / "keras_files"


def details(name):
    return describe_keras(SAVED / name)


@pytest.mark.parametrize(
    ("name", "kind", "model", "version", "optimizer"),
    [
        ("sequential.h5", "Keras model", "Sequential", "2.2.4", "Adam"),
        ("functional.h5", "Keras model", "Model", "2.2.4-tf", ""),
        ("weights.h5", "Keras weights", "", "2.2.4", ""),
        ("today.keras", "Keras model", "Sequential", "3.", "SGD"),
    ],
)
def test_what_it_is_and_who_wrote_it(name, kind, model, version, optimizer):
    report = inspect_file(SAVED / name)
    assert (report.kind, report.bytes) == (kind, (SAVED / name).stat().st_size)
    assert (report.details.model, report.details.optimizer) == (model, optimizer)
    assert report.details.keras_version.startswith(version)


@pytest.mark.parametrize("name", ["sequential.h5", "weights.h5"])
def test_weights_are_those_of_the_layers_alone(name):
    assert details(name).weights == [
        TensorInfo("conv/conv/bias", "float32", (2,)),
        TensorInfo("conv/conv/kernel", "float32", (3, 3, 1, 2)),
        TensorInfo("norm/norm/beta", "float32", (2,)),
        TensorInfo("norm/norm/gamma", "float32", (2,)),
        TensorInfo("norm/norm/moving_mean", "float32", (2,)),
        TensorInfo("norm/norm/moving_variance", "float32", (2,)),
        TensorInfo("out/out/bias", "float32", (3,)),
        TensorInfo("out/out/kernel", "float32", (8, 3)),
    ]


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("sequential.h5", 2 + 18 + 4 * 2 + 3 + 24),
        ("weights.h5", 2 + 18 + 4 * 2 + 3 + 24),
        ("functional.h5", 2 + 6 + 2),
        ("today.keras", 6 + 3),
    ],
)
def test_parameters_and_their_memory(name, parameters):
    found = details(name)
    assert (found.parameters, found.parameter_bytes) == (parameters, 4 * parameters)


def test_layers_of_models_inside_are_listed():
    assert details("functional.h5").layers == [
        "one (InputLayer)",
        "two (InputLayer)",
        "inside (Sequential)",
        "sum (Add)",
        "out (Dense)",
        "inner (Dense)",
    ]


def test_layers_that_hold_code_are_named():
    assert details("sequential.h5").unsafe_layers == ["twice (Lambda)"]
    assert details("today.keras").unsafe_layers == []


def test_layers_of_before_keras_2_2_3_are_a_plain_list(tmp_path):
    layers = [{"class_name": "Dense", "config": {"name": "out"}}]
    with h5py.File(tmp_path / "m.h5", "w") as file:
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": layers})
    assert inspect_file(tmp_path / "m.h5").details.layers == ["out (Dense)"]


@pytest.mark.parametrize("name", ["sequential.h5", "today.keras"])
def test_a_name_says_nothing(tmp_path, name):
    shutil.copy(SAVED / name, tmp_path / "model.pb")
    assert inspect_file(tmp_path / "model.pb").kind == "Keras model"


def test_the_report_can_be_text_json_and_a_tree():
    report = inspect_file(SAVED / "functional.h5")
    assert "  inner (Dense)" in report.to_text().splitlines()
    assert json.loads(json.dumps(report.to_dict()))["parameters"] == 10
    assert report.to_tree().splitlines()[1:] == [
        "inside/  8",
        "  inner/  8",
        "    bias  2  float32 [2]",
        "    kernel  6  float32 [3, 2]",
        "out/  2",
        "  out_1/  2",
        "    kernel  2  float32 [2, 1]",
    ]


def test_links_are_not_followed(tmp_path):
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["secret"] = np.ones(3)
    with h5py.File(tmp_path / "m.h5", "w") as file:
        file["inside/w"] = np.ones(2, np.float32)
        file["inside/soft"] = h5py.SoftLink("/inside/w")
        file["inside/outside"] = h5py.ExternalLink("other.h5", "/secret")
    assert inspect_file(tmp_path / "m.h5").details.weights == [
        TensorInfo("inside/w", "float32", (2,))
    ]


def test_groups_that_hold_themselves_have_an_end(tmp_path):
    with h5py.File(tmp_path / "m.h5", "w") as file:
        group = file.create_group("a")
        group["again"] = group
    with pytest.raises(UnsafeFileError, match="lie in each other without an end"):
        describe_keras(tmp_path / "m.h5")


def test_groups_with_many_ways_to_them_are_refused_at_once(tmp_path):
    """Forty groups in each other, each under two names: a million million ways to the last."""
    with h5py.File(tmp_path / "m.h5", "w") as file:
        group = file.create_group("a")
        for _ in range(40):
            inner = group.create_group("x")
            group["y"] = inner
            group = inner
    with pytest.raises(UnsafeFileError, match="lie in each other without an end"):
        describe_keras(tmp_path / "m.h5")


def test_one_dataset_may_have_two_names(tmp_path):
    with h5py.File(tmp_path / "m.h5", "w") as file:
        file["b"] = file.create_dataset("a", (2,), np.float32)
    names = [weight.name for weight in describe_keras(tmp_path / "m.h5").weights]
    assert names == ["a", "b"]


@pytest.mark.parametrize(
    ("limit", "value"), [("_MOST_OBJECTS", 5), ("_MOST_LETTERS", 300), ("_DEEPEST", 1)]
)
def test_groups_beyond_all_measure_are_refused(tmp_path, monkeypatch, limit, value):
    with h5py.File(tmp_path / "m.h5", "w") as file:
        for name in "abcdef":
            file.create_dataset(f"{'group' * 10}/inner/{name}", (1,), np.float32)
    assert len(describe_keras(tmp_path / "m.h5").weights) == 6
    monkeypatch.setattr(_keras, limit, value)
    with pytest.raises(UnsafeFileError, match="lie in each other without an end"):
        describe_keras(tmp_path / "m.h5")


def _packed_anew(target, compression):
    with (
        zipfile.ZipFile(SAVED / "today.keras") as old,
        zipfile.ZipFile(target, "w", compression) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name))


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_archive_may_be_packed_anew(tmp_path, compression):
    _packed_anew(tmp_path / "m.keras", compression)
    assert describe_keras(tmp_path / "m.keras") == details("today.keras")


def test_weights_are_unfolded_once(tmp_path, monkeypatch):
    """Going back in a compressed member would unfold it from the start, for every group."""
    _packed_anew(tmp_path / "m.keras", zipfile.ZIP_DEFLATED)

    def refuse(*_arguments):
        raise AssertionError("went back")

    monkeypatch.setattr(zipfile.ZipExtFile, "seek", refuse)
    assert inspect_file(tmp_path / "m.keras").details.weights


def test_weights_that_unfold_beyond_all_measure_are_refused(tmp_path, monkeypatch):
    _packed_anew(tmp_path / "m.keras", zipfile.ZIP_DEFLATED)
    monkeypatch.setattr(_keras, "_LARGEST_WEIGHTS", 1000)
    with pytest.raises(UnsafeFileError, match=r"its model\.weights\.h5 unfolds into more than"):
        describe_keras(tmp_path / "m.keras")


def test_a_huge_dataset_is_told_and_not_read(tmp_path):
    with h5py.File(tmp_path / "m.h5", "w") as file:
        file.create_dataset("w", (2**40,), np.float32, chunks=(1024,))
    found = describe_keras(tmp_path / "m.h5")
    assert (found.parameters, found.parameter_bytes) == (2**40, 2**42)


def test_a_configuration_that_unfolds_into_gigabytes_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(_keras, "_LARGEST_CONFIG", 1000)
    with zipfile.ZipFile(tmp_path / "m.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", "{}" + " " * 5000)
    with pytest.raises(
        UnsafeFileError, match=r"its config.json unfolds into more than 1,000 bytes"
    ):
        describe_keras(tmp_path / "m.keras")


@pytest.mark.parametrize(
    "config", ["[1, 2]", "{", "[" * 100_000, '{"config": 3}', '{"config": [1]}']
)
def test_configurations_that_cannot_be_are_refused(tmp_path, config):
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
        archive.writestr("config.json", config)
        archive.writestr("metadata.json", "{}")
        with zipfile.ZipFile(SAVED / "today.keras") as today:
            archive.writestr("model.weights.h5", today.read("model.weights.h5"))
    with pytest.raises(CorruptFileError, match=r"m.keras: is damaged, or no file of Keras"):
        inspect_file(tmp_path / "m.keras")


def test_members_that_cannot_be_unpacked_are_damage(tmp_path):
    """Found by changing bytes by chance: what is packed is damaged, and not what packs it."""
    with zipfile.ZipFile(tmp_path / "m.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("config.json", json.dumps({"config": list(range(500))}))
        start = archive.getinfo("config.json").header_offset + 30 + len("config.json")
    data = bytearray((tmp_path / "m.keras").read_bytes())
    data[start : start + 8] = b"\xff" * 8
    (tmp_path / "m.keras").write_bytes(data)
    with pytest.raises(CorruptFileError, match=r"is damaged, or no file of Keras: Error -3"):
        describe_keras(tmp_path / "m.keras")


@pytest.mark.parametrize("members", [(), ("config.json",), ("config.json", "metadata.json")])
def test_other_archives_are_refused(tmp_path, members):
    with zipfile.ZipFile(tmp_path / "m.zip", "w") as archive:
        archive.writestr("picture.png", b"")
        for name in members:
            archive.writestr(name, "{}")
    with pytest.raises(CorruptFileError, match="There is no item named"):
        describe_keras(tmp_path / "m.zip")


@pytest.mark.parametrize("name", ["weights.h5", "today.keras"])
def test_files_cut_short_are_refused(tmp_path, name):
    whole = (SAVED / name).read_bytes()
    for length in range(20, len(whole) - 1, len(whole) // 7):
        (tmp_path / "m").write_bytes(whole[:length])
        with pytest.raises(CorruptFileError, match="m: is damaged, or no file of Keras"):
            describe_keras(tmp_path / "m")


@pytest.mark.parametrize("name", ["weights.h5", "today.keras"])
def test_damage_is_read_or_refused(tmp_path, name):
    chance = random.Random(1)
    whole = (SAVED / name).read_bytes()
    for _ in range(60):
        data = bytearray(whole)
        for place in chance.sample(range(8, len(data)), 3):
            data[place] = chance.randrange(256)
        (tmp_path / "m").write_bytes(data)
        try:
            describe_keras(tmp_path / "m")
        except GraphkitError:
            continue


def test_what_hdf5_never_comes_back_from_is_refused():
    endless = SAVED.parent / "damaged" / "endless.h5"  # chance made it
    for seconds in (1, 60):
        with pytest.raises(
            GraphkitError, match=r"h5: (its HDF5 was not read to the end|is damaged)"
        ):
            describe_keras_apart(endless, seconds=seconds)


def test_a_process_apart_tells_the_same():
    file = SAVED / "functional.h5"
    assert describe_keras_apart(file) == describe_keras(file)


def test_what_ends_the_process_is_refused(monkeypatch, tmp_path):
    (tmp_path / "h5py.py").write_text("import os; os._exit(3)")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(CorruptFileError, match="reading its HDF5 ended the process"):
        describe_keras_apart(SAVED / "weights.h5")


def test_the_process_apart_imports_nothing_from_the_working_directory(monkeypatch, tmp_path):
    (tmp_path / "h5py.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    assert describe_keras_apart(SAVED / "weights.h5").weights
