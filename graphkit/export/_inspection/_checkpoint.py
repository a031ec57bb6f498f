"""What is in a checkpoint."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from graphkit._formats._checkpoint import read_checkpoint
from graphkit._formats._stored import StoredCheckpoint
from graphkit.export._tensor_info import TensorInfo

__all__ = ["CheckpointDetails", "describe_checkpoint"]

_STEP = "global_step"


@dataclass(frozen=True)
class CheckpointDetails:
    """What a checkpoint holds.

    Attributes:
        version: "V1" (one file) or "V2" (an index and its data).
        variables: Each variable, by name.
        parameters: How many numbers there are in all, those of optimizers included.
        global_step: The value of the step counter, None if there is none.
        has_graph: Whether the graph (`.meta`) lies beside it.
        bytes: The size of index and data on disk.
    """

    version: str
    variables: list[TensorInfo]
    parameters: int
    global_step: int | None
    has_graph: bool
    bytes: int


def describe_checkpoint(prefix: Path) -> CheckpointDetails:
    """Describes a checkpoint; of the values, only the step counter is read.

    Args:
        prefix: Its prefix; index or file exist.

    Returns:
        The description.

    Raises:
        CorruptFileError: It cannot be read, or its data is missing or cut short.
    """
    checkpoint = read_checkpoint(prefix)
    variables = checkpoint.variables.values()
    return CheckpointDetails(
        version=checkpoint.version,
        variables=[TensorInfo(one.name, one.dtype.name, one.shape) for one in variables],
        parameters=sum(one.elements for one in variables),
        global_step=_global_step(checkpoint),
        has_graph=Path(f"{prefix}.meta").is_file(),
        bytes=sum(file.stat().st_size for file in checkpoint.files),
    )


def _global_step(checkpoint: StoredCheckpoint) -> int | None:
    for name, variable in checkpoint.variables.items():
        last = name.rpartition("/")[2]
        if last == _STEP and not variable.shape and variable.dtype.name in ("int32", "int64"):
            return int(checkpoint.read(name))
    return None
