"""A checkpoint and the graph beside it into one file of structure and constants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from graphkit.export._freezing._freeze import freeze_opened
from graphkit.export._freezing._report import FrozenReport
from graphkit.export._freezing._request import FreezeRequest, check_graph_request
from graphkit.export._graphs._libraries import Libraries, load_libraries
from graphkit.export._sources._checkpoint import checkpoint_for, open_checkpoint

__all__ = ["freeze_checkpoint"]

_WHERE = "freeze_checkpoint"


def freeze_checkpoint(
    checkpoint: str | PathLike[str],
    path: str | PathLike[str],
    *,
    outputs: str | Sequence[str] | None = None,
    inputs: str | Sequence[str] | None = None,
    pins: Mapping[str, Any] | None = None,
    feeds: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    tolerance: float = 1e-5,
    text: bool = False,
    clear_devices: bool = True,
    libraries: Libraries = (),
    weights_apart: bool = False,
) -> FrozenReport:
    """Writes what a saved training computes as one `.pb`, proven equal to the restored session.

    TF1: the script `freeze_graph.py`. The graph comes from the `.meta` file that
    `tf.train.Saver.save` writes beside the values. It is not trusted: nothing of it runs but what
    restores the variables and what the outputs need, and neither may touch other files.

    Args:
        checkpoint: The prefix (`model.ckpt-100`), its `.meta`, or its folder, whose latest
            checkpoint is taken.
        path: The file to write, in a folder that exists.
        outputs: The names of the tensors the file shall compute; found out unless given.
        inputs: As for `freeze_session`.
        pins: As for `freeze_session`.
        feeds: As for `freeze_session`.
        tolerance: As for `freeze_session`.
        text: As for `freeze_session`.
        clear_devices: As for `freeze_session`.
        libraries: As for `freeze_session`.
        weights_apart: As for `freeze_session`.

    Returns:
        What was written and compared.

    Raises:
        MissingFileError: There is no checkpoint, or no `.meta` beside it.
        ArgumentError: One of the checkpoint's parts was given instead of its prefix, or as the
            file to write; several tensors could be the outputs (they are listed with reasons), or
            as `freeze_session`.
        UnknownNameError: A name the graph does not have.
        CorruptFileError: A file is damaged, or values and graph do not belong together.
        UnsafeFileError: Restoring or computing would touch other files, run code, or fill the
            memory.
        VerificationError: The reloaded file computes something else; it was not kept.
    """
    target = Path(path)
    check_graph_request(_WHERE, target, tolerance)
    loaded = load_libraries(_WHERE, libraries)
    source = open_checkpoint(checkpoint_for(_WHERE, Path(checkpoint), target))
    request = FreezeRequest(
        _WHERE,
        target,
        feeds,
        tolerance,
        text,
        clear_devices,
        libraries=loaded,
        weights_apart=weights_apart,
    )
    return freeze_opened(source, request, outputs=outputs, inputs=inputs, pins=pins)
