"""A position as a `tf.train.Saver` takes it: saved with the variables, restored if it is there."""

from __future__ import annotations

from typing import Any, NamedTuple

from graphkit._tf import Operation, SaveableObject, SaveSpec, Tensor, tf
from graphkit.readers._engine._functions import plain_function

__all__ = ["PositionSaveable"]


class PositionSaveable(SaveableObject):  # type: ignore[misc]  # TensorFlow is untyped
    """What saves a position, as `…/position`, and restores it.

    A checkpoint may be older than the wish to resume. All that a Saver restores is read by one op,
    which fails if one entry is absent, so there this asks for an entry that the Saver restores
    anyhow, and reads its own by itself.

    Its name is that of a tensor, by which a program that imports the MetaGraph finds the variable.

    Args:
        variable: The variable (int64, `[N]`).
        value: A tensor of its value.
        saved: What is saved.
        absent: What the variable becomes where the checkpoint has no entry.
    """

    def __init__(self, variable: Any, value: Tensor, saved: Tensor, absent: Tensor) -> None:
        self.op = variable  # TensorFlow's own constructor would set `specs` for good
        self.name = value.name
        self.key = variable.op.name
        self._saved = saved
        self._absent = absent

    @property
    def specs(self) -> list[Any]:
        """What a Saver saves; as it builds what restores, what it reads."""
        others = _saved_beside(self.key)
        if not others:
            return [SaveSpec(self._saved, "", self.key)]
        other = min(others, key=lambda entry: entry.size)
        return [SaveSpec(lambda: self._saved, "", other.key, other.dtype, self._saved.device)]

    def restore(self, restored_tensors: list[Tensor], restored_shapes: Any) -> Operation:
        """Takes the position over from a checkpoint."""
        read = restored_tensors[0].op
        if self.key in tf.get_static_value(read.inputs[1]).astype(str):
            return self.op.assign(restored_tensors[0]).op
        found = (
            tf.data.Dataset.from_tensors(read.inputs[0])
            .map(plain_function(self._entry))
            .ignore_errors()
        )
        absent = tf.data.Dataset.from_tensors(self._absent)
        return self.op.assign(found.concatenate(absent).take(1).get_single_element()).op

    def _entry(self, prefix: Tensor) -> Tensor:
        (value,) = tf.raw_ops.RestoreV2(
            prefix=prefix, tensor_names=[self.key], shape_and_slices=[""], dtypes=[tf.int64]
        )
        return tf.ensure_shape(value, self._absent.shape)


class _Entry(NamedTuple):
    """An entry of a checkpoint."""

    key: str
    dtype: Any
    size: int


def _saved_beside(key: str) -> list[_Entry]:
    """Lists the variables of the Saver that is being built; none before it saves that key."""
    graph = tf.get_default_graph()
    positions = {
        saveable.key
        for saveable in graph.get_collection(tf.GraphKeys.SAVEABLE_OBJECTS)
        if isinstance(saveable, PositionSaveable)
    }
    scope = f"{graph.get_name_scope()}/"
    saves = [op for op in graph.get_operations() if op.type == "SaveV2"]
    entries = [entry for op in saves if op.name.startswith(scope) for entry in _entries(op)]
    if not any(entry.key == key for entry in entries):
        return []
    return [entry for entry in entries if entry.key not in positions]


def _entries(save: Operation) -> list[_Entry]:
    """What an op saves, but for parts of variables."""
    keys, parts = (tf.get_static_value(given).astype(str) for given in save.inputs[1:3])
    return [
        _Entry(key, tensor.dtype.base_dtype, tensor.shape.num_elements() or 0)
        for key, part, tensor in zip(keys, parts, save.inputs[3:], strict=True)
        if not part
    ]
