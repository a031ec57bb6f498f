"""Prints what is in a checkpoint, in the words `inspect_checkpoint` had.

Replaces the function of `tensorflow.python.tools.inspect_checkpoint`, which today prints dtypes and
shapes in lines of another form.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from tensorflow.compat.v1 import errors, train

__all__ = ["print_tensors_in_checkpoint_file"]


def print_tensors_in_checkpoint_file(
    file_name: str,
    tensor_name: str | None,
    all_tensors: bool,
    all_tensor_names: bool = False,
    count_exclude_pattern: str = "",
) -> None:
    """Prints names, or values, of a checkpoint's tensors, and how many parameters they have.

    What goes wrong is printed as well; nothing is raised.

    Args:
        file_name: The checkpoint's prefix.
        tensor_name: The one tensor whose value is printed, or "" for all names with shapes.
        all_tensors: Whether every name and value is printed.
        all_tensor_names: Whether every name is printed.
        count_exclude_pattern: Tensors whose names contain a match are not counted.
    """
    try:
        reader = train.NewCheckpointReader(file_name)
        shapes = reader.get_variable_to_shape_map()
        names = [tensor_name]
        if all_tensors or all_tensor_names:
            names = sorted(shapes)
        if any(names):
            for name in names:
                _tell("tensor_name: ", name)
                if all_tensors or not all_tensor_names:
                    _tell(reader.get_tensor(name))
        else:
            _tell(reader.debug_string().decode("utf-8"))
        _tell(f"# Total number of params: {_count(shapes, count_exclude_pattern)}")
    except errors.OpError as error:
        _tell(error)
        _suggest_prefix(file_name, error)


def _count(shapes: dict[str, list[int]], left_out: str) -> int:
    """Counts the numbers in all tensors but those whose names match; says which these are."""
    sizes = {name: int(np.prod(shape)) for name, shape in shapes.items()}
    if left_out:
        out = [name for name in sizes if re.search(left_out, name)]
        _tell(
            f"# Excluding {len(out)} tensors ({sum(sizes[name] for name in out)} params) "
            f"that match {left_out} when counting."
        )
        sizes = {name: size for name, size in sizes.items() if name not in out}
    return sum(sizes.values())


def _suggest_prefix(file_name: str, error: Exception) -> None:
    parts = (".index", ".meta", ".data")
    if isinstance(error, errors.DataLossError) and any(part in file_name for part in parts):
        prefix = file_name.rpartition(".")[0]
        _tell(f"a checkpoint is named by its prefix: try {prefix}")


def _tell(*what: Any) -> None:
    print(*what)  # noqa: T201 - this is what the caller asked for
