"""Models that Keras 3 saved: frozen and run, they give what its `predict` gave; what is refused."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest
from click.testing import CliRunner

from graphkit._tf import tf
from graphkit.cli._app import app
from graphkit.errors import CorruptFileError, UnsafeFileError, VerificationError
from graphkit.export import freeze, inspect_file, load_graph, open_model
from graphkit.export._inspection._keras import describe_keras
from graphkit.export._running._engines._keras_three import check_answer, export_apart
from graphkit.export._running._engines._keras_three_child import _predictions, innermost
from graphkit.export._running._engines._keras_trust import check_keras
from graphkit.export._sources import _keras_three
from graphkit.export._sources._keras_three import compare_predictions

SAVED = Path(__file__).parents[1] / "golden" / "keras_three"
WHOLE = SAVED / "two.keras"

with np.load(SAVED / "expected.npz") as recorded:
    ARRAYS = dict(recorded)
FED = {
    "places": ARRAYS["in/places"],
    "some_values": ARRAYS["in/values"],
    "words": np.char.encode(ARRAYS["in/words"]).astype(object),
}
PARAMETERS = 5 * 2 + 3 * 2 + 4 * 4 + (6 + 2 + 4) * 3 + 3 + 3 * 2 + 2


def assert_as_predicted(found):
    for name in ("scores", "hidden"):
        assert found[name].dtype == np.float32
        np.testing.assert_allclose(found[name], ARRAYS[f"out/{name}"], rtol=1e-5, atol=1e-6)


def test_a_frozen_file_gives_what_keras_predicted(tmp_path):
    report = freeze(WHOLE, tmp_path / "m.pb")
    shapes = {info.name: (info.dtype, info.shape) for info in (*report.inputs, *report.outputs)}
    assert shapes == {
        "places": ("int32", (None, 3)),
        "some_values": ("float32", (None, 4)),
        "words": ("string", (None, 1)),
        "hidden": ("float32", (None, 3)),
        "scores": ("float32", (None, 2)),
    }
    assert report.parameters == PARAMETERS
    with load_graph(report.path) as graph:
        assert_as_predicted(graph.run(FED))
    record = json.loads((tmp_path / "m.pb.json").read_text())
    assert list(record["source"]) == ["two.keras"]
    assert report.uncompared == ""
    assert "uncompared" not in record["proof"]


def test_a_file_in_hdf5_runs_under_the_same_names():
    with open_model(SAVED / "two.h5") as model:
        assert (model.path, model.engine) == (SAVED / "two.h5", "tensorflow")
        assert_as_predicted(model.run(FED))


@pytest.mark.parametrize("name", ["two.keras", "two.h5"])
def test_what_is_in_it_is_told_without_building_it(name):
    details = inspect_file(SAVED / name).details
    assert (details.model, details.optimizer) == ("Functional", "Adam")
    assert details.keras_version.startswith("3.")
    assert details.parameters == PARAMETERS
    assert "table (Embedding)" in details.layers
    assert (details.unsafe_layers, details.outside) == ([], [])


def rewritten(path, change=lambda config: None, weights=None, **more):
    """The archive with its configuration changed, other weights, or more members."""
    with zipfile.ZipFile(WHOLE) as old, zipfile.ZipFile(path, "w") as new:
        members = {name: old.read(name) for name in old.namelist()}
        config = json.loads(members["config.json"])
        change(config)
        members["config.json"] = json.dumps(config).encode()
        members["model.weights.h5"] = weights or members["model.weights.h5"]
        for name, data in {**members, **more}.items():
            new.writestr(name, data)
    return path


def refused(path, allow=()):
    with pytest.raises(UnsafeFileError) as caught:
        check_keras(path, describe_keras(path), allow)
    return caught.value.reason


def layer(name, **entries):
    """Changes what the configuration says of a layer."""

    def change(config):
        (found,) = (one for one in config["config"]["layers"] if one["config"]["name"] == name)
        found.update(entries)

    return change


CODE = [
    ("Lambda", layer("flat", class_name="Lambda")),
    ("Mine>Own", layer("flat", module=None, class_name="Own", registered_name="Mine>Own")),
    ("Own", layer("flat", module=None, class_name="Own", registered_name="Own")),
    ("os.system", layer("flat", module="os", class_name="system")),
    ("os.path.Flatten", layer("flat", module="os.path")),
    ("keras.utils.get_file", layer("flat", module="keras.utils", class_name="get_file")),
    ("TFSMLayer", layer("flat", class_name="TFSMLayer", config={"filepath": "elsewhere"})),
    ("TorchModuleWrapper", layer("flat", class_name="TorchModuleWrapper")),
    ("JaxLayer", layer("flat", class_name="JaxLayer")),
    (
        "StringLookup of /etc/passwd",
        layer("flat", class_name="StringLookup", config={"vocabulary": "/etc/passwd"}),
    ),
    (
        "builtins.function",
        layer("hidden", config={"activation": {"module": "builtins", "class_name": "function"}}),
    ),
    ("__lambda__", layer("hidden", config={"activation": {"class_name": "__lambda__"}})),
]


@pytest.mark.parametrize(("named", "change"), CODE, ids=[name for name, _ in CODE])
def test_nothing_is_built_but_layers_of_keras(tmp_path, named, change):
    path = rewritten(tmp_path / "m.keras", change)
    told = f"it names {named!r}, which is code, or could run some; no model was made of it"
    assert refused(path).startswith(told)
    check_keras(path, describe_keras(path), {named})


def test_a_layer_with_code_is_allowed_with_its_function(tmp_path):
    function = {"function": {"class_name": "__lambda__", "config": {"code": "4wEA"}}}
    path = rewritten(tmp_path / "m.keras", layer("flat", class_name="Lambda", config=function))
    assert "'Lambda'" in refused(path, {"__lambda__"})
    check_keras(path, describe_keras(path), {"Lambda"})


@pytest.mark.parametrize(
    "change",
    [
        layer("flat", module="keras.src.ops.numpy", class_name="Add", registered_name="Add"),
        layer("flat", class_name="StringLookup", config={"vocabulary": ["a", "b"]}),
        lambda config: config["compile_config"].update(loss={"module": "os", "class_name": "x"}),
    ],
    ids=["an operation", "words in the file", "what trained it"],
)
def test_what_computes_or_is_not_built_is_no_code(tmp_path, change):
    path = rewritten(tmp_path / "m.keras", change)
    check_keras(path, describe_keras(path), ())


@pytest.mark.parametrize("name", ["../out", "/etc/out", "assets/../../out", "..\\out", "c:/out"])
def test_archives_stay_in_their_folder(tmp_path, name):
    path = rewritten(tmp_path / "m.keras", **{name: b"harm"})
    assert refused(path).endswith("would be unfolded outside a folder of its own")


def test_archives_beyond_all_measure_are_not_unfolded(tmp_path):
    path = rewritten(tmp_path / "m.keras", **{f"assets/{number}": b"x" for number in range(5)})
    data = bytearray(path.read_bytes())
    for number in range(5):  # the directory at the end says how large each part is, and may lie
        place = data.rindex(f"assets/{number}".encode()) - 46
        assert data[place : place + 4] == b"PK\x01\x02"
        data[place + 24 : place + 28] = (2**32 - 2).to_bytes(4, "little")
    path.write_bytes(data)
    assert re.fullmatch(r"it unfolds into 21,47\d,\d{3},\d{3} bytes", refused(path))


def linked(kind):
    """Weights that lie in another file."""
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        group = file.create_group("layers/table/vars")
        if kind == "link":
            group["0"] = h5py.ExternalLink("/etc/other.h5", "/secret")
        else:
            group.create_dataset("0", (5, 2), "f4", external=[("/etc/passwd", 0, 40)])
    return content.getvalue()


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("link", "layers/table/vars/0 (/etc/other.h5)"),
        ("data", "layers/table/vars/0 (/etc/passwd)"),
    ],
)
def test_weights_in_other_files_are_named_and_not_read(tmp_path, kind, told):
    path = rewritten(tmp_path / "m.keras", weights=linked(kind))
    assert inspect_file(path).details.outside == [told]
    with pytest.raises(UnsafeFileError, match="which was not read"):
        open_model(path)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (None, r"^Keras 3 cannot build it: the process ended \(-9\) Killed$"),
        ("Keras 3.1 cannot build it: no units", r"^Keras 3\.1 cannot build it: no units$"),
    ],
)
def test_what_keras_cannot_build_is_said_in_its_words(tmp_path, answer, told):
    if answer is not None:
        (tmp_path / "answer.json").write_text(json.dumps({"error": answer}))
    done = subprocess.CompletedProcess([], -9, b"", b"a warning\nKilled\n")
    with pytest.raises(CorruptFileError) as caught:
        check_answer(WHOLE, tmp_path, done)
    assert re.search(told, caught.value.reason)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Unknown layer\nand advice", "Unknown layer"),
        ("", "ValueError"),
        (
            "Layer 'a' failed.\n\nException encountered: Layer 'b' failed.\n\n"
            "Exception encountered: no units\n",
            "no units",
        ),
    ],
)
def test_the_innermost_of_its_errors_is_told(said, told):
    assert innermost(ValueError(said)) == told


def test_building_has_an_end(tmp_path):
    with pytest.raises(UnsafeFileError, match=r"did not build it in 0\.01 seconds"):
        export_apart(WHOLE, describe_keras(WHOLE), (), tmp_path, seconds=0.01)


@pytest.mark.parametrize(("predicted", "agrees"), [(3.00001, True), (3.1, False)])
def test_a_graph_has_to_give_what_keras_predicted(session, tmp_path, predicted, agrees):
    tf.multiply(tf.placeholder(tf.float32, [None], name="x"), 3.0, name="y")
    arrays = {"0/in/a": np.float32([1]), "0/out/b": np.float32([predicted])}
    np.savez(tmp_path / "predictions.npz", **arrays)
    compared = (session, tmp_path / "predictions.npz", {"a": "x"}, {"b": "y"})
    if agrees:
        assert compare_predictions(*compared) == 1
        return
    with pytest.raises(VerificationError, match=r"y.*0\.1"):
        compare_predictions(*compared)


@pytest.mark.parametrize(
    ("takes", "batches"),
    [
        (lambda value: True, 2),
        (lambda value: set(value.ravel()) <= {0, 1}, 2),
        (lambda value: value.min() > 100, 0),
    ],
    ids=["anything", "indices", "what nobody thinks of"],
)
def test_a_model_predicts_for_values_that_it_takes(takes, batches):
    def compute(value):
        if not takes(value):
            raise ValueError("no such row")
        return {"y": value}

    found = _predictions({"x": tf.TensorSpec([None, 2], tf.float32)}, compute)
    assert len(found) == batches
    assert _predictions({"x": tf.TensorSpec(None, tf.float32)}, compute) == []


@pytest.fixture
def unpredicted(monkeypatch):
    """Lets Keras 3 make y = 3 x of any file, and predict nothing."""

    def written(path, details, allow, folder):
        with tf.Graph().as_default(), tf.Session() as session:
            x = tf.placeholder(tf.float32, [None, 2], name="x")
            ends = ({"x": x}, {"y": tf.multiply(x, tf.get_variable("w", initializer=3.0))})
            session.run(tf.global_variables_initializer())
            tf.saved_model.simple_save(session, str(folder / "model"), *ends)
        np.savez(folder / "predictions.npz")
        return folder / "model"

    monkeypatch.setattr(_keras_three, "export_apart", written)


@pytest.mark.parametrize(("verb", "name"), [("freeze", "m.pb"), ("convert", "m.pbtxt")])
def test_a_model_that_could_not_be_compared_is_told(unpredicted, tmp_path, verb, name):
    target = tmp_path / name
    result = CliRunner().invoke(app, [verb, str(WHOLE), "-o", str(target)])
    told = "what Keras predicts was not compared"
    assert (result.exit_code, f"  careful {told}" in result.stdout) == (0, True)
    record = json.loads((tmp_path / f"{name}.json").read_text())
    assert record["proof"]["uncompared"].startswith(told)


def test_weights_alone_say_what_is_missing(tmp_path):
    with zipfile.ZipFile(WHOLE) as archive, open(tmp_path / "w.weights.h5", "wb") as file:
        shutil.copyfileobj(archive.open("model.weights.h5"), file)
    assert inspect_file(tmp_path / "w.weights.h5").kind == "Keras weights"
    told = r"holds the weights of a Keras model, but no model; save the model whole"
    with pytest.raises(CorruptFileError, match=told):
        freeze(tmp_path / "w.weights.h5", tmp_path / "m.pb")
