"""Names of layers and weights: 1.15 built recurrent cells in the scope of their layer alone."""

from __future__ import annotations

import importlib
from contextlib import nullcontext
from typing import Any

from graphkit.tf1._core._keras_names import to_snake_case

__all__ = ["name_layers_as_before"]

# Where a layer's name is made of that of its class.
_NAMING = ("tf_keras.src.utils.generic_utils", "tf_keras.src.engine.base_layer_v1")
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


def name_layers_as_before() -> None:
    """Names layers, and weights of recurrent ones by their layer, as 1.15 did, from now on.

    It is `lstm/kernel`, not `lstm/lstm_cell/kernel`, and `conv_lst_m2d`, not `conv_lstm2d`: a
    checkpoint that a `tf.train.Saver` of 1.15 wrote has these keys. It holds for all of tf_keras,
    since a program may also have it by the name `keras`, and derive layers from it.
    """
    for path in _NAMING:
        naming: Any = importlib.import_module(path)
        naming.to_snake_case = to_snake_case
    for path in _MODULES:
        module: Any = importlib.import_module(path)
        if not isinstance(module.backend, _Scopeless):
            module.backend = _Scopeless(module.backend)
