"""Names of recurrent layers' weights: 1.15 built cells in the scope of their layer alone."""

from __future__ import annotations

import importlib
from contextlib import nullcontext
from typing import Any

__all__ = ["name_weights_by_layer"]

# They open a scope for nothing but a cell's weights.
_MODULES = ("tf_keras.src.layers.rnn.base_rnn", "tf_keras.src.layers.rnn.stacked_rnn_cells")


class _Scopeless:
    """A Keras backend in which a name scope changes no names."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)

    def name_scope(self, name: str) -> Any:
        return nullcontext(name)


def name_weights_by_layer() -> None:
    """Names weights of recurrent layers `lstm/kernel`, not `lstm/lstm_cell/kernel`, from now on.

    A checkpoint that a `tf.train.Saver` of 1.15 wrote has these keys.
    """
    for path in _MODULES:
        module: Any = importlib.import_module(path)
        if not isinstance(module.backend, _Scopeless):
            module.backend = _Scopeless(module.backend)
