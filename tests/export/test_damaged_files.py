"""Every reader of strangers' bytes on files damaged by chance: told or refused, in little memory.

What a longer search of this kind found is kept in golden/damaged/, each with its own test.
"""

from __future__ import annotations

import json
import random
import shutil
import tracemalloc
from pathlib import Path

import google_crc32c
import pytest

from graphkit._formats._checkpoint import read_checkpoint
from graphkit._formats._table import masked_crc
from graphkit._formats._wire import write_bytes, write_int
from graphkit.errors import GraphkitError
from graphkit.export import diff, draw_html, draw_svg, inspect_file
from graphkit.export._checkpoints._files import find_checkpoint
from graphkit.records import iterate_records

GOLDEN = Path(__file__).parents[1] / "golden"
STORED = GOLDEN / "stored"
# Numbers that lengths, counts and sizes go wrong by.
NUMBERS = [
    b"\x00",
    b"\x7f",
    b"\x80\x01",
    b"\xff\xff\xff\xff\x07",
    b"\xff\xff\xff\xff\x0f",
    b"\xff" * 9 + b"\x01",
    b"\xff" * 8 + b"\x7f",
    b"\x00" * 8,
    b"\xff" * 4,
]
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


def damaged(data, chance):
    """A copy in which a few places are other, gone, repeated, or a number that is too large."""
    data = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        start = chance.randrange(len(data) or 1)
        end = start + chance.choice((1, 2, 4, 16, 64))
        number = chance.choice(NUMBERS)
        match chance.randrange(7):
            case 0:
                data[start : start + 1] = bytes([chance.randrange(256)])
            case 1:
                data[start : start + len(number)] = number
            case 2:
                data[start:start] = number
            case 3:
                del data[start:end]
            case 4:
                data[start:start] = data[start:end] * chance.choice((1, 40))
            case 5:
                source = chance.randrange(len(data) or 1)
                data[start:end] = data[source : source + end - start]
            case 6 if chance.random() < 0.3:
                del data[start:]
    return bytes(data)


def framed(record):
    """A record with the checksums that make a reader go on."""

    def crc(data):
        return masked_crc(int(google_crc32c.value(data))).to_bytes(4, "little")

    length = len(record).to_bytes(8, "little")
    return length + crc(length) + record + crc(record)


def onnx_model():
    def text(field, word):
        return write_bytes(field, word.encode())

    dims = write_bytes(2, write_bytes(1, write_int(1, 2)) + write_bytes(1, text(2, "N")))
    value = text(1, "x") + write_bytes(2, write_bytes(1, write_int(1, 1) + dims))
    weight = write_int(1, 3) + write_int(2, 1) + text(8, "w") + write_bytes(9, b"\0" * 12)
    node = text(1, "x") + text(1, "w") + text(2, "y") + text(4, "Mul")
    graph = write_bytes(1, node) + write_bytes(5, weight) + write_bytes(11, value)
    return (
        write_int(1, 8) + text(2, "me") + write_bytes(7, graph) + write_bytes(8, write_int(2, 13))
    )


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
    outcomes = refused_or_told(60, chance, onnx_model(), tmp_path / "m.onnx")
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
        path.write_bytes(b"".join(map(framed, changed)))
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
