"""Every reader of strangers' bytes on files damaged by chance: told or refused, in little memory.

What a longer search of this kind found is kept in golden/damaged/, each with its own test.
"""

from __future__ import annotations

import json
import random
import shutil
import tracemalloc
from pathlib import Path

import pytest

from benchmarks._fuzz._damage import damaged
from benchmarks._fuzz._samples import onnx
from graphkit._formats._checkpoint import read_checkpoint
from graphkit.errors import GraphkitError
from graphkit.export import diff, draw_html, draw_svg, inspect_file
from graphkit.export._checkpoints._files import find_checkpoint
from graphkit.records import iterate_records
from graphkit.records._framing import frame

GOLDEN = Path(__file__).parents[1] / "golden"
STORED = GOLDEN / "stored"
GRAPHS = [
    GOLDEN / "export" / "recurrent.pb",
    GOLDEN / "flops" / "network.pb",
    GOLDEN / "flops" / "shapes.pb",
    GOLDEN / "freezing" / "loop_resource.meta",
    GOLDEN / "old_graphs" / "saved_model" / "saved_model.pb",
    STORED / "loop.pb",
]
MODELS = [GOLDEN / "tflite_files" / name for name in ("network.tflite", "quantized.tflite")]
CHECKPOINTS = [STORED / "kinds_v1", STORED / "kinds_v2.index", STORED / "old.index"]
EVENTS = GOLDEN / "summaries" / "run" / "events.out.tfevents.1.recorded"
MOST_MEMORY = 2**25


def told(path):
    """All that is told of a file, in every form."""
    report = inspect_file(path)
    json.dumps(report.to_dict())
    report.to_text()
    report.weights and report.to_tree()


@pytest.fixture
def chance(request):
    return random.Random(request.node.name)


@pytest.fixture(autouse=True)
def _little_memory():
    """No reader takes more than some times what its file holds."""
    tracemalloc.start()
    yield
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MOST_MEMORY


def refused_or_told(attempts, chance, data, path, use=told):
    """Damages a file again and again; gives how often it could be told and how often not."""
    outcomes = {True: 0, False: 0}
    for _ in range(attempts):
        path.write_bytes(damaged(data, chance))
        try:
            use(path)
            outcomes[True] += 1
        except GraphkitError as error:
            assert "\n" not in str(error)
            outcomes[False] += 1
    return outcomes


@pytest.mark.parametrize("file", GRAPHS, ids=lambda file: file.name)
def test_graphs(file, chance, tmp_path):
    outcomes = refused_or_told(25, chance, file.read_bytes(), tmp_path / "m.pb")
    assert outcomes[False] > 0


@pytest.mark.parametrize("file", MODELS, ids=lambda file: file.name)
def test_models_of_tflite(file, chance, tmp_path):
    refused_or_told(30, chance, file.read_bytes(), tmp_path / "m.tflite")


def test_models_of_onnx(chance, tmp_path):
    outcomes = refused_or_told(60, chance, onnx()[0]["m.onnx"], tmp_path / "m.onnx")
    assert min(outcomes.values()) > 0


@pytest.mark.parametrize("file", CHECKPOINTS, ids=lambda file: file.name)
def test_checkpoints(file, chance, tmp_path):
    for data in STORED.glob(f"{file.stem}.data*"):
        shutil.copy(data, tmp_path)

    def read(path):
        told(path)
        checkpoint = read_checkpoint(find_checkpoint(path))
        for name in checkpoint.variables:
            checkpoint.read(name)

    refused_or_told(30, chance, file.read_bytes(), tmp_path / file.name, read)


def test_records_and_events(chance, tmp_path):
    records = list(iterate_records(EVENTS))
    path = tmp_path / "events"
    for _ in range(30):
        changed = list(records)
        place = chance.randrange(len(changed))
        changed[place] = damaged(changed[place], chance)
        path.write_bytes(b"".join(map(frame, changed)))
        told(path)  # the frames are whole: what lies in them need not be
    refused_or_told(20, chance, EVENTS.read_bytes(), path)


@pytest.mark.parametrize("draw", [draw_svg, draw_html], ids=["svg", "html"])
def test_pictures_of_graphs(draw, chance, tmp_path):
    data = (STORED / "loop.pb").read_bytes()
    outcomes = refused_or_told(25, chance, data, tmp_path / "m.pb", draw)
    assert min(outcomes.values()) > 0


def test_differences_to_the_whole(chance, tmp_path):
    whole = STORED / "loop.pb"
    outcomes = refused_or_told(
        25, chance, whole.read_bytes(), tmp_path / "m.pb", lambda path: diff(whole, path).to_text()
    )
    assert min(outcomes.values()) > 0
