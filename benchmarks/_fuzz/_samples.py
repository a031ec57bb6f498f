"""Sound files of every format, small, to be damaged."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import tarfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from graphkit._formats._wire import write_bytes, write_int
from graphkit.records import encode_example
from graphkit.records._framing import frame
from graphkit.records._pickle_writer import write_python2_pickle

__all__ = [
    "GOLDEN",
    "Files",
    "archives",
    "arrays",
    "digits",
    "golden",
    "notebooks",
    "onnx",
    "pickles",
    "pictures",
    "preprocessing",
    "records",
    "words",
]

Files = dict[str, bytes]

GOLDEN = Path(__file__).parents[2] / "tests" / "golden"


def golden(*names: str, **renamed: str) -> Files:
    """Files recorded for the tests, by their own names, or those of a folder as they lie in it.

    Args:
        names: Files and folders below tests/golden.
        renamed: Files by the name, without suffix, they shall have.
    """
    files = {}
    for name in names:
        place = GOLDEN / name
        inside = [place] if place.is_file() else [p for p in place.rglob("*") if p.is_file()]
        files |= {file.relative_to(place.parent).as_posix(): file.read_bytes() for file in inside}
    for stem, name in renamed.items():
        files[stem + Path(name).suffix] = (GOLDEN / name).read_bytes()
    return files


def onnx() -> list[Files]:
    """A product of an input and a weight that lies in a file of its own, and a model without."""

    def text(field: int, word: str) -> bytes:
        return write_bytes(field, word.encode())

    def model(weight: bytes) -> bytes:
        sizes = write_bytes(1, text(2, "N")) + write_bytes(1, write_int(1, 3))
        kind = write_bytes(1, write_int(1, 1) + write_bytes(2, sizes))
        ends = [text(1, name) + write_bytes(2, kind) for name in "xy"]
        named = text(1, "x") + text(1, "w") + text(2, "y") + text(3, "product") + text(4, "Mul")
        weight = write_int(1, 3) + write_int(2, 1) + text(8, "w") + weight
        body = write_bytes(1, named) + text(2, "main") + write_bytes(5, weight)
        body += write_bytes(11, ends[0]) + write_bytes(12, ends[1])
        opset = write_bytes(8, text(1, "") + write_int(2, 13))
        return write_int(1, 8) + text(2, "by hand") + write_bytes(7, body) + opset

    values = np.arange(3, dtype="<f4").tobytes()
    entries = {"location": "m.data", "offset": "0", "length": str(len(values))}
    outside = b"".join(write_bytes(13, text(1, k) + text(2, v)) for k, v in entries.items())
    apart = {"m.onnx": model(outside + write_int(14, 1)), "m.data": values}
    return [{"m.onnx": model(write_bytes(9, values))}, apart]


def records() -> list[Files]:
    """Examples, plain and packed."""
    size = {"height": 4, "width": 4, "channels": 3}
    features = {"x": [1.5, -2.0], "words": [b"a", b""], "image": bytes(48), **size}
    whole = b"".join(frame(encode_example(features | {"label": n})) for n in range(3))
    return [{"m": whole}, {"m": gzip.compress(whole, 1, mtime=0)}]


def arrays() -> list[Files]:
    """What `infer` reads: arrays, archives of them, tables, records, pictures."""
    rows = np.arange(6, dtype=np.float32).reshape(2, 3)
    with io.BytesIO() as one, io.BytesIO() as several:
        np.save(one, rows)
        np.savez(several, x=rows)
        written = [{"m.npy": one.getvalue()}, {"m.npz": several.getvalue()}]
    table = b"a,b,c\n1,2.5,-3\n4,5e-3,6\n"
    record = {"m.tfrecord": frame(encode_example({"x": rows[0]}))}
    return [*written, {"m.csv": table}, {"m.tsv": table.replace(b",", b"\t")}, record]


def pictures() -> list[Files]:
    """Pictures of several formats."""
    pixels = np.arange(192, dtype=np.uint8).reshape(8, 8, 3)
    kinds = (".png", ".jpg", ".bmp", ".webp")
    return [{f"m{kind}": cv2.imencode(kind, pixels)[1].tobytes()} for kind in kinds]


def words() -> list[Files]:
    """Names of classes, of every form."""
    label_map = b"item {\n  id: 1\n  name: 'cat'\n}\nitem {\n  id: 2\n  display_name: \"dog\"\n}\n"
    forms = [
        b"n01440764 tench\nn01443537 goldfish\n",
        b"0:background\n1:cat\n",
        label_map,
        b'["cat", "dog"]',
        b'{"0": ["n01440764", "tench"], "1": ["n01443537", "goldfish"]}',
        b'{"cat": 0, "dog": 1}',
    ]
    return [{"m": form} for form in forms]


def preprocessing() -> list[Files]:
    """What lies beside a model."""
    said = {"size": [8, 8], "scale": 0.5, "mean": [1, 2, 3], "std": 2, "colour": "BGR"}
    return [{"m.pb.json": json.dumps({"inputs": [], "preprocessing": said}).encode()}]


def notebooks() -> list[Files]:
    """Notebooks of the formats 3 and 4."""
    cell = {"cell_type": "code", "source": ["%matplotlib inline\n", "x = !ls\n", "print(x)"]}
    notes = {"kernelspec": {"name": "python2"}, "language_info": {"version": "2.7"}}
    four = {"cells": [cell, {"cell_type": "markdown"}], "metadata": notes, "nbformat": 4}
    three = {"worksheets": [{"cells": [{"cell_type": "code", "input": "1 + 1"}]}], "nbformat": 3}
    return [{"m.ipynb": json.dumps(one).encode()} for one in (four, three)]


def archives() -> list[Files]:
    """Archives of tar, plain and packed."""
    with io.BytesIO() as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for name, size in (("data/one.txt", 700), ("data/" + "long" * 40, 3), ("ö", 0)):
                info = tarfile.TarInfo(name)
                info.size = size
                archive.addfile(info, io.BytesIO(b"x" * size))
        whole = file.getvalue()
    return [{"m": whole}, {"m": gzip.compress(whole, 1, mtime=0)}]


def pickles() -> list[Files]:
    """A folder of CIFAR-10 with two images in each batch, of Python 2 and 3."""
    folders: list[Files] = [{}, {}]
    for name in ("data_batch_1", "test_batch", "batches.meta"):
        content: dict[bytes, Any] = {
            b"batch_label": b"one",
            b"labels": [0, 1],
            b"data": np.arange(2 * 3072).reshape(2, 3072).astype(np.uint8),
            b"filenames": [b"a.png", b"b.png"],
        }
        if name == "batches.meta":
            content = {b"label_names": [b"cat", b"dog"], b"num_vis": 3072}
        folders[0][name] = write_python2_pickle(content)
        folders[1][name] = pickle.dumps({key.decode(): v for key, v in content.items()}, 4)
    return folders


def digits() -> list[Files]:
    """MNIST's files, plain and packed."""
    images = bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2]) + bytes(8)
    labels = bytes([0, 0, 8, 1, 0, 0, 0, 2, 3, 4])
    plain = {"images": images, "labels": labels}
    packed = {f"{name}.gz": gzip.compress(data, 1, mtime=0) for name, data in plain.items()}
    return [plain, packed]
