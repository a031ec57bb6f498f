"""A checkpoint's variables, whichever format it has, without TensorFlow."""

from __future__ import annotations

from pathlib import Path

from graphkit._formats._bundle import read_bundle
from graphkit._formats._stored import StoredCheckpoint
from graphkit._formats._version_one import read_version_one
from graphkit._formats._wire import FormatError
from graphkit.errors import CorruptFileError

__all__ = ["read_checkpoint"]


def read_checkpoint(prefix: Path) -> StoredCheckpoint:
    """Opens a checkpoint; of the values, none is read yet.

    Args:
        prefix: Its prefix, of index (V2), file or shards (V1); nothing is in one that is not there.

    Returns:
        Its variables.

    Raises:
        CorruptFileError: It is damaged or cut short, or data that it names are missing.
    """
    is_bundle = Path(f"{prefix}.index").is_file()
    try:
        return read_bundle(prefix) if is_bundle else read_version_one(prefix)
    except FormatError as exc:
        raise CorruptFileError(prefix, f"the checkpoint cannot be read: {exc}") from exc
