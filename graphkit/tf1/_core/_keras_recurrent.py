"""Recurrent layers of `tf.keras` whose weights are named by their layer, `lstm/kernel`, as in 1.15.

Today's layers open a scope for their cell, `lstm/lstm_cell/kernel`. Those here are subclasses of
them, so that nobody else who uses tf_keras in the process meets other names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from graphkit._tf import tf
from graphkit.tf1._core._keras_configs import Marked, config_as_before, read_models
from graphkit.tf1._core._keras_names import to_snake_case
from graphkit.tf1._namespace import load

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "Bidirectional",
    "ConvLSTM2D",
    "CuDNNGRU",
    "CuDNNLSTM",
    "SimpleRNN",
    "StackedRNNCells",
    "TimeDistributed",
    "reading_layers",
]

_layers: Any = load("tf_keras.api._v1.keras.layers")
_utils: Any = load("tf_keras.utils")
_unique_object_name: Any = load("tf_keras.src.backend:unique_object_name")


@contextmanager
def _without_scopes(cells: Any) -> Iterator[None]:
    """Makes the scopes that are opened for cells the one that is open now."""
    around = tf.compat.v2.get_current_name_scope()
    named = [cell for cell in cells if isinstance(cell, _layers.Layer)]
    names = [cell.name for cell in named]
    for cell in named:
        cell._name = f"{around}/" if around else ""  # noqa: SLF001  # there is no public way
    try:
        yield
    finally:
        for cell, name in zip(named, names, strict=True):
            cell._name = name  # noqa: SLF001  # there is no public way


@contextmanager
def reading_layers(custom_objects: Mapping[str, Any] | None = None) -> Iterator[None]:
    """Lets what is read from a file or a config be made of these layers.

    Args:
        custom_objects: What the caller gives names to; as any class of his own, it goes before.
    """
    known = {name for name in _CLASSES if _utils.get_registered_object(name) is not None}
    mine = {name: kind for name, kind in _CLASSES.items() if name not in known}
    with _utils.custom_object_scope({**mine, **(custom_objects or {})}):
        yield


class _Readable(Marked):
    """A layer that holds others, and finds those of this module in its config."""

    @classmethod
    def from_config(cls, config: Any, custom_objects: Any = None) -> Any:
        """Makes the layer anew.

        Args:
            config: What `get_config` gave.
            custom_objects: Name to class, for cells and layers of one's own.

        Returns:
            The layer, without weights.
        """
        base: Any = super()
        with reading_layers(custom_objects):
            return base.from_config(config_as_before(config))


class StackedRNNCells(_Readable, _layers.StackedRNNCells):  # type: ignore[misc]
    """Several cells one upon another; see `tf_keras.layers.StackedRNNCells`."""

    def build(self, input_shape: Any) -> None:
        """Makes the cells' weights.

        Args:
            input_shape: The shape of what the first cell gets, `[B, ...]`.
        """
        with _without_scopes(self.cells):
            super().build(input_shape)


class RNN(_Readable, _layers.RNN):  # type: ignore[misc]
    """Any cell along a sequence; see `tf_keras.layers.RNN`."""

    def __init__(self, cell: Any, *args: Any, **kwargs: Any) -> None:
        cells = StackedRNNCells(cell) if isinstance(cell, list | tuple) else cell
        super().__init__(cells, *args, **kwargs)

    def _init_set_name(self, name: str | None, zero_based: bool = True) -> None:
        if name is None:
            name = _unique_object_name(to_snake_case(type(self).__name__), zero_based=zero_based)
        super()._init_set_name(name, zero_based)

    def build(self, input_shape: Any) -> None:
        """Makes the cell's weights.

        Args:
            input_shape: The shape of the sequences, `[B, T, ...]`.
        """
        with _without_scopes([self.cell]):
            super().build(input_shape)


# The parent RNN comes between tf_keras's layer and its RNN.


class SimpleRNN(_layers.SimpleRNN, RNN):  # type: ignore[misc]
    """A plain recurrent layer; see `tf_keras.layers.SimpleRNN`."""


class GRU(_layers.GRU, RNN):  # type: ignore[misc]
    """A layer of gated recurrent units; see `tf_keras.layers.GRU`."""


class LSTM(_layers.LSTM, RNN):  # type: ignore[misc]
    """A layer of long short-term memory; see `tf_keras.layers.LSTM`."""


class CuDNNGRU(_layers.CuDNNGRU, RNN):  # type: ignore[misc]
    """A GRU by cuDNN; see `tf_keras.layers.CuDNNGRU`."""


class CuDNNLSTM(_layers.CuDNNLSTM, RNN):  # type: ignore[misc]
    """An LSTM by cuDNN; see `tf_keras.layers.CuDNNLSTM`."""


class ConvLSTM2D(_layers.ConvLSTM2D, RNN):  # type: ignore[misc]
    """An LSTM of pictures; see `tf_keras.layers.ConvLSTM2D`."""


class Bidirectional(_Readable, _layers.Bidirectional):  # type: ignore[misc]
    """A recurrent layer in both directions; see `tf_keras.layers.Bidirectional`."""


class TimeDistributed(_Readable, _layers.TimeDistributed):  # type: ignore[misc]
    """A layer at each step by itself; see `tf_keras.layers.TimeDistributed`."""


_CLASSES: dict[str, Any] = {
    kind.__name__: kind
    for kind in (
        *(RNN, SimpleRNN, GRU, LSTM, CuDNNGRU, CuDNNLSTM, ConvLSTM2D),
        *(StackedRNNCells, Bidirectional, TimeDistributed),
    )
}
for _kind in _CLASSES.values():
    # A config names the class by its module: one that every program with tf_keras can read.
    _kind.__module__ = getattr(_layers, _kind.__name__).__module__
read_models(reading_layers)
