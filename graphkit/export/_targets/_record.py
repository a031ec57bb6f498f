"""What is written down beside a model, in `MODEL.json`: what it is, and how it was proven."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import Any

from graphkit import __version__
from graphkit._tf import tf
from graphkit.errors import GraphkitError
from graphkit.export._apart._beside import weight_files
from graphkit.export._checkpoints._files import find_checkpoint, is_checkpoint, prefix_of
from graphkit.export._graphs._signature_names import SignatureNames
from graphkit.export._other_kinds import is_saved_model
from graphkit.export._predicting._preprocessing import Preprocessing, recorded_preprocessing
from graphkit.export._tensor_info import TensorInfo

__all__ = ["Origin", "file_hashes", "origin_of", "record_of", "record_text", "recorded_names"]

_BLOCK = 2**20


@dataclass(frozen=True)
class Origin:
    """What a model is made of.

    Attributes:
        files: The SHA-256 of each file of the source; nothing of a session.
        preprocessing: How pictures are prepared for it, if that is known.
        uncompared: What of the source could not be compared, as a sentence.
    """

    files: dict[str, str] = field(default_factory=dict)
    preprocessing: Preprocessing | None = None
    uncompared: str = ""


def origin_of(source: Any, preprocessing: Preprocessing | None) -> Origin:
    """What is known of a source: a session, or the path of a file, a folder or a checkpoint.

    Args:
        source: The source.
        preprocessing: What was told of pictures; what is written beside the source unless given.
    """
    if not isinstance(source, (str, PathLike)):
        return Origin({}, preprocessing)
    recorded = None if preprocessing else recorded_preprocessing(source)
    return Origin(_source_hashes(Path(source)), recorded[1] if recorded else preprocessing)


def _source_hashes(place: Path) -> dict[str, str]:
    """Of a checkpoint, the files of its name, the graph among them."""
    if place.is_dir() and is_saved_model(place):
        return file_hashes(place)
    files = _checkpoint_files(place)
    if not files and place.is_file():
        files = [place, *(file for file in weight_files(place) if file.is_file())]
    return {name: value for file in files for name, value in file_hashes(file).items()}


def _checkpoint_files(place: Path) -> list[Path]:
    """The files of the checkpoint that a path means; none where it means something else."""
    if place.suffix != ".meta" and not is_checkpoint(place):
        return []
    try:
        prefix = find_checkpoint(place)
    except GraphkitError:  # a graph without values; what else is wrong is told by who opens it
        return []
    files = prefix.parent.iterdir()
    return sorted(file for file in files if file.is_file() and prefix_of(file) == prefix)


def record_of(model: Path) -> Path:
    """Where the record of a model lies: `net.pb.json` beside `net.pb`."""
    return model.with_name(f"{model.name}.json")


def record_text(
    *,
    target: str,
    inputs: Iterable[TensorInfo],
    outputs: Iterable[TensorInfo],
    files: Mapping[str, str],
    origin: Origin,
    differences: Mapping[str, Mapping[str, float]],
    tolerance: float,
    batches: int,
    weights: Path | None = None,
    forced: Sequence[str] = (),
    unproven: Mapping[str, str] = MappingProxyType({}),
    signature: SignatureNames | None = None,
) -> str:
    """Writes a record; the same model gives the same text.

    Args:
        target: The format.
        inputs: What it takes.
        outputs: What it gives.
        files: The SHA-256 of each of its files, by name.
        origin: What it was made of.
        differences: The largest difference of each output, by program.
        tolerance: The largest that was allowed.
        batches: How many batches were compared.
        weights: The prefix of the weights, where they lie beside the graph.
        forced: The branches that were compared by telling conditions what to be.
        unproven: The branches that could not be compared, with the reason.
        signature: What the signature of the source calls inputs and outputs, if it has one.
    """
    apart = {} if weights is None else {"weights": weights.name}
    named = asdict(signature) if signature is not None and signature != SignatureNames() else None
    limits = {
        "uncompared": origin.uncompared,
        "forced branches": list(forced),
        "unproven branches": dict(unproven),
    }
    content = {
        "target": target,
        "inputs": [asdict(info) for info in inputs],
        "outputs": [asdict(info) for info in outputs],
        **({"signature": named} if named else {}),
        "preprocessing": _said_of_pictures(origin.preprocessing),
        "files": dict(files),
        **apart,
        "source": dict(origin.files),
        "proof": {
            "engines": list(differences),
            "batches": batches,
            "tolerance": tolerance,
            "differences": {engine: dict(found) for engine, found in differences.items()},
            **{name: said for name, said in limits.items() if said},
        },
        "versions": {"graphkit": __version__, "tensorflow": tf.__version__},
    }
    return json.dumps(content, indent=2, allow_nan=False) + "\n"


def recorded_names(model: Path) -> SignatureNames:
    """What the signature of a model's source calls its tensors, as it is written beside the model.

    Nothing where no record says so, or not as graphkit writes it.
    """
    try:
        content = json.loads(record_of(model).read_bytes())
        named = content["signature"]
        names = SignatureNames(*({**named[key]} for key in ("inputs", "outputs")))
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return SignatureNames()
    tensors = (*names.inputs.values(), *names.outputs.values())
    return names if all(isinstance(name, str) for name in tensors) else SignatureNames()


def _said_of_pictures(preprocessing: Preprocessing | None) -> dict[str, Any] | None:
    """What a preprocessing does that is not done by default."""
    if preprocessing is None:
        return None
    values = {one.name: getattr(preprocessing, one.name) for one in fields(preprocessing)}
    unlike = {
        one.name: values[one.name]
        for one in fields(preprocessing)
        if values[one.name] != one.default
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
