"""What is in a checkpoint."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphkit._tf import tf
from graphkit.errors import CorruptFileError
from graphkit.export._checkpoint_files import open_checkpoint
from graphkit.export._signature import TensorInfo

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
    reader: Any = open_checkpoint(prefix)
    shapes: dict[str, list[int]] = reader.get_variable_to_shape_map()
    dtypes: dict[str, Any] = reader.get_variable_to_dtype_map()
    index = Path(f"{prefix}.index")
    files = [index, *_data_files(prefix)] if index.is_file() else [prefix]
    if index.is_file():
        needed = sum(math.prod(shapes[name]) * dtypes[name].size for name in shapes)
        found = sum(file.stat().st_size for file in files[1:])
        if found < needed:
            reason = f"its data is cut short or missing: {found} bytes where {needed} are needed"
            raise CorruptFileError(prefix, reason)
    variables = [
        TensorInfo(name, dtypes[name].name, tuple(shapes[name])) for name in sorted(shapes)
    ]
    return CheckpointDetails(
        version="V2" if index.is_file() else "V1",
        variables=variables,
        parameters=sum(math.prod(shape) for shape in shapes.values()),
        global_step=_global_step(reader, prefix, variables),
        has_graph=Path(f"{prefix}.meta").is_file(),
        bytes=sum(file.stat().st_size for file in files),
    )


def _data_files(prefix: Path) -> list[Path]:
    start = f"{prefix.name}.data-"
    return sorted(file for file in prefix.parent.iterdir() if file.name.startswith(start))


def _global_step(reader: Any, prefix: Path, variables: list[TensorInfo]) -> int | None:
    for variable in variables:
        last = variable.name.rpartition("/")[2]
        if last == _STEP and variable.shape == () and variable.dtype in ("int32", "int64"):
            try:
                return int(reader.get_tensor(variable.name))
            except (tf.errors.OpError, IndexError, RuntimeError, ValueError) as exc:
                reason = f"{variable.name!r} cannot be read: {exc}"
                raise CorruptFileError(prefix, reason) from exc
    return None
