"""contrib.checkpoint: arrays and numbered parts in object-based checkpoints, and their picture."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from graphkit._tf import tf
from graphkit.tf1._namespace import load

__all__ = ["NumpyState", "UniqueNameTracker", "dot_graph_from_checkpoint", "split_dependency"]

_base: Any = load("tensorflow.python.trackable.base")
_AutoTrackable: Any = load("tensorflow.python.trackable.autotrackable:AutoTrackable")
_PythonState: Any = load("tensorflow.python.trackable.python_state:PythonState")
_Saveable: Any = load("tensorflow.python.training.saving.saveable_object:SaveableObject")
_SaveSpec: Any = load("tensorflow.python.training.saving.saveable_object:SaveSpec")
_object_metadata: Any = load("tensorflow.python.checkpoint.checkpoint:object_metadata")


class _Array(_PythonState):  # type: ignore[misc]
    """An array as a checkpoint holds it: the bytes of NumPy's own file format."""

    def __init__(self, array: Any) -> None:
        self.array = array

    def serialize(self) -> bytes:
        """Gives the bytes that are saved."""
        file = io.BytesIO()
        np.save(file, self.array, allow_pickle=False)
        return file.getvalue()

    def deserialize(self, string_value: bytes) -> None:
        """Takes the array from bytes that were saved; they cannot run code."""
        self.array = np.load(io.BytesIO(string_value), allow_pickle=False)


class NumpyState(_base.Trackable):  # type: ignore[misc]
    """Arrays as attributes, which a checkpoint saves and, restored, makes again."""

    def _lookup_dependency(self, name: str, cached_dependencies: Any = None) -> Any:
        """What is saved under a name; one that only the checkpoint knows is made."""
        known = super()._lookup_dependency(name, cached_dependencies)
        if known is None:
            known = _Array(np.array([]))
            part = _base.TrackableReference(name=name, ref=known)
            self._unconditional_checkpoint_dependencies.append(part)
            self._unconditional_dependency_names[name] = known
            object.__setattr__(self, name, known)
        return known

    def __getattribute__(self, name: str) -> Any:
        value = super().__getattribute__(name)
        return value.array if isinstance(value, _Array) else value

    def __setattr__(self, name: str, value: Any) -> None:
        known = self.__dict__.get(name)
        if isinstance(known, _Array) and isinstance(value, np.ndarray | np.generic):
            known.array = value
        elif isinstance(value, np.ndarray | np.generic):
            wrapped = self._track_trackable(_Array(value), name=name, overwrite=True)
            super().__setattr__(name, wrapped)
        elif name.startswith("_self_") or isinstance(getattr(type(self), name, None), property):
            # What TensorFlow notes about every object.
            super().__setattr__(name, value)
        else:
            raise NotImplementedError(
                f"Assigned {value} to the {name} property of {self}, which is not a NumPy array. "
                "Mixing NumPy arrays and other trackable objects is not supported."
            )


class UniqueNameTracker(_AutoTrackable):  # type: ignore[misc]
    """Parts of a checkpoint whose names are numbered where they would be the same."""

    def __init__(self) -> None:
        super().__init__()
        self._maybe_initialize_trackable()
        counts: dict[str, int] = {}
        object.__setattr__(self, "_counts", counts)

    def track(self, trackable: Any, base_name: str) -> Any:
        """Adds a part.

        Args:
            trackable: The part.
            base_name: Its name; the second of that name is `name_1`.

        Returns:
            The part.

        Raises:
            ValueError: A checkpoint cannot save it.
        """
        if not isinstance(trackable, _base.Trackable):
            raise ValueError(f"Expected a trackable value, got {trackable}.")
        count = self._counts.get(base_name, 0)
        while self._lookup_dependency(_numbered(base_name, count)) is not None:
            count += 1
        self._counts[base_name] = count + 1
        self._track_trackable(trackable, name=_numbered(base_name, count))
        return trackable


def _numbered(name: str, number: int) -> str:
    return f"{name}_{number}" if number else name


class _Shared:
    """What the parts wait in until all are there."""

    def __init__(self, count: int, fill: Callable[..., Any], consume: Callable[..., Any]) -> None:
        self._count, self._fill, self._consume = count, fill, consume
        self._saved: dict[str, Any] = {}
        self._restored: dict[str, Any] = {}

    def saved(self, name: str) -> Any:
        """The value of a part; the first asked for fills them all."""
        if name not in self._saved:
            if self._saved:
                raise AssertionError(
                    f"Split dependency {name} unsynchronized. Split dependencies must be saved "
                    "together."
                )
            self._fill(self._saved)
        return self._saved.pop(name)

    def restored(self, name: str, tensor: Any) -> Any:
        """Takes the value of a part; the last one gives them all away."""
        if name in self._restored:
            raise AssertionError(
                f"Split dependency {name} unsynchronized. Split dependencies must be restored "
                "together."
            )
        self._restored[name] = tensor
        if len(self._restored) < self._count:
            return tf.no_op()
        done = self._consume(self._restored)
        self._restored.clear()
        return done


class _CallbackSaveable(_Saveable):  # type: ignore[misc]
    def __init__(self, restored: Callable[[Any], Any], spec: Any, name: str) -> None:
        super().__init__(None, [spec], name)
        self._restored = restored

    def restore(self, restored_tensors: Sequence[Any], restored_shapes: Any) -> Any:
        """Gives the value away."""
        return self._restored(restored_tensors[0])


class _Split(_base.Trackable):  # type: ignore[misc]
    """One of several parts that are saved and restored together."""

    def __init__(self, name: str, dtype: Any, device: str, shared: _Shared) -> None:
        self._settings = (name, dtype, device, shared)

    def _gather_saveables_for_checkpoint(self) -> dict[str, Any]:
        part, dtype, device, shared = self._settings

        def saveable(name: str = "") -> Any:
            spec = _SaveSpec(lambda: shared.saved(part), "", name, dtype, device)
            return _CallbackSaveable(lambda tensor: shared.restored(part, tensor), spec, name)

        return {_base.VARIABLE_VALUE_KEY: saveable}


def split_dependency(
    component_names: Sequence[str],
    component_dtypes: Sequence[Any],
    fill_save_buffer_fn: Callable[[dict[str, Any]], Any],
    consume_restore_buffer_fn: Callable[[Mapping[str, Any]], Any],
    device: str,
) -> dict[str, Any]:
    """Makes parts of a checkpoint that are saved and restored together.

    Args:
        component_names: Their names.
        component_dtypes: Their dtypes.
        fill_save_buffer_fn: Puts a tensor for each name into a dictionary.
        consume_restore_buffer_fn: Name to restored tensor to the op that takes them.
        device: Where they are saved.

    Returns:
        Name to part.
    """
    shared = _Shared(len(component_names), fill_save_buffer_fn, consume_restore_buffer_fn)
    return {
        name: _Split(name, dtype, device, shared)
        for name, dtype in zip(component_names, component_dtypes, strict=True)
    }


def dot_graph_from_checkpoint(save_path: str) -> str:
    """Draws what an object-based checkpoint holds, as text in the language of Graphviz.

    Args:
        save_path: The checkpoint, as `tf.train.Checkpoint.save` named it.

    Returns:
        The text.
    """
    reader = tf.train.load_checkpoint(save_path)
    nodes = _object_metadata(save_path).nodes
    slots = {slot.slot_variable_node_id for node in nodes for slot in node.slot_variables}
    lines = ["digraph {"]
    for number, node in enumerate(nodes):
        lines.append(f"N_{number} [{_drawn(node, number in slots, reader)}]")
        lines += [
            f'N_{number} -> N_{child.node_id} [label="{_quoted(child.local_name)}"]'
            for child in node.children
        ]
        for slot in node.slot_variables:
            target = f"N_{slot.slot_variable_node_id}"
            label = _quoted(slot.slot_name)
            lines.append(f'N_{number} -> {target} [label="{label}" style=dotted]')
            lines.append(f"N_{slot.original_variable_node_id} -> {target} [style=dotted]")
    return "\n".join([*lines, "}", ""])


def _drawn(node: Any, is_slot: bool, reader: Any) -> str:
    """How an object is drawn: variables and optimizers in their colours."""
    values = [part for part in node.attributes if part.name == _base.VARIABLE_VALUE_KEY]
    if len(node.attributes) == 1 and values:
        color, lead = ("orange", "Slot variable") if is_slot else ("blue", "Variable")
        key = values[0].checkpoint_key
        shape = reader.get_variable_to_shape_map()[key]
        dtype = reader.get_variable_to_dtype_map()[key].name
        told = f"{lead} {_quoted(values[0].full_name)} shape={shape} {dtype}"
        return f'shape=point label="" color={color} width=.25 tooltip="{told}"'
    if node.slot_variables:
        return 'shape=point label="" width=.25 color=red,tooltip="Optimizer"'
    return 'shape=point label="" width=.25'


def _quoted(name: str) -> str:
    return name.replace('"', '\\"')
