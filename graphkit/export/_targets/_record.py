"""What is written down beside a model, in `MODEL.json`: what it is, and how it was proven."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from graphkit import __version__
from graphkit._tf import tf
from graphkit.export._tensor_info import TensorInfo

__all__ = ["file_hashes", "record_of", "record_text", "said_of_pictures"]

_BLOCK = 2**20


def record_of(model: Path) -> Path:
    """Where the record of a model lies: `net.pb.json` beside `net.pb`."""
    return model.with_name(f"{model.name}.json")


def record_text(
    *,
    target: str,
    engines: Iterable[str],
    inputs: Iterable[TensorInfo],
    outputs: Iterable[TensorInfo],
    preprocessing: Any,
    files: Mapping[str, str],
    source: Mapping[str, str],
    differences: Mapping[str, Mapping[str, float]],
    tolerance: float,
    batches: int,
) -> str:
    """Writes a record; the same model gives the same text.

    Args:
        target: The format.
        engines: The programs that ran it.
        inputs: What it takes.
        outputs: What it gives.
        preprocessing: How pictures are prepared for it; None if that was not told.
        files: The SHA-256 of each of its files, by name.
        source: The same of what it was made of; nothing of a session.
        differences: The largest difference of each output, by program.
        tolerance: The largest that was allowed.
        batches: How many batches were compared.
    """
    content = {
        "target": target,
        "inputs": [asdict(info) for info in inputs],
        "outputs": [asdict(info) for info in outputs],
        "preprocessing": said_of_pictures(preprocessing),
        "files": dict(files),
        "source": dict(source),
        "proof": {
            "engines": list(engines),
            "batches": batches,
            "tolerance": tolerance,
            "differences": {engine: dict(found) for engine, found in differences.items()},
        },
        "versions": {"graphkit": __version__, "tensorflow": tf.__version__},
    }
    return json.dumps(content, indent=2, allow_nan=False) + "\n"


def said_of_pictures(preprocessing: Any) -> dict[str, Any] | None:
    """What a preprocessing does that is not done by default."""
    if preprocessing is None:
        return None
    values = {field.name: getattr(preprocessing, field.name) for field in fields(preprocessing)}
    unlike = {
        field.name: values[field.name]
        for field in fields(preprocessing)
        if values[field.name] != field.default
    }
    return unlike or {"scale": 1.0}


def file_hashes(model: Path, name: str | None = None) -> dict[str, str]:
    """The SHA-256 of a file, or of each file in a folder.

    Args:
        model: The file or folder.
        name: What to call it; its own name unless given.
    """
    if model.is_dir():
        inside = sorted(file for file in model.rglob("*") if file.is_file())
        return {file.relative_to(model).as_posix(): _sha256(file) for file in inside}
    return {name or model.name: _sha256(model)} if model.is_file() else {}


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with open(file, "rb") as opened:
        while block := opened.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
