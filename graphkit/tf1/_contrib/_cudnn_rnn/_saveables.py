"""What checkpoints hold of a cuDNN network: the variables of the cells that compute the same."""

from __future__ import annotations

from typing import Any, ClassVar

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._cudnn_rnn._formats import (
    CudnnParamsFormatConverter,
    CudnnParamsFormatConverterGRU,
    CudnnParamsFormatConverterLSTM,
    CudnnParamsFormatConverterRelu,
    CudnnParamsFormatConverterTanh,
)
from graphkit.tf1._namespace import load

__all__ = [
    "CudnnGRUSaveable",
    "CudnnLSTMSaveable",
    "CudnnOpaqueParamsSaveable",
    "CudnnRNNReluSaveable",
    "CudnnRNNTanhSaveable",
]

_saving: Any = load("tensorflow.python.training.saving.saveable_object")


class CudnnOpaqueParamsSaveable(_saving.SaveableObject):  # type: ignore[misc]
    """Saves a buffer of weights under the names that `dynamic_rnn` gives a cell's variables.

    In one direction these are the names in a `MultiRNNCell`, in both those of
    `stack_bidirectional_dynamic_rnn`.

    Args:
        opaque_params: The variable with the buffer.
        num_layers: How many layers there are.
        num_units: The size of a layer.
        input_size: The width of the inputs of the first layer.
        input_mode: "linear_input".
        direction: "unidirectional" or "bidirectional".
        scope: The variable scope of those cells, or its name.
        name: The name of what is saved.
    """

    _format_converter_cls: ClassVar[type[CudnnParamsFormatConverter]]
    _cell_name: ClassVar[str]
    _products: ClassVar[tuple[str, ...]] = ("",)

    def __init__(
        self,
        opaque_params: Any,
        num_layers: int,
        num_units: int,
        input_size: int,
        input_mode: str = "linear_input",
        direction: str = "unidirectional",
        scope: Any = None,
        name: str = "cudnn_rnn_saveable",
    ) -> None:
        self._variables = opaque_params
        self._num_layers = num_layers
        self._direction = direction
        self._converter = self._format_converter_cls(
            num_layers, num_units, input_size, input_mode=input_mode, direction=direction
        )
        weights, biases = self._converter.opaque_to_tf_canonical(opaque_params)
        prefix = getattr(scope, "name", scope)
        names = [f"{prefix}/{part}" if prefix else part for part in self._names()]
        specs = [
            _saving.SaveSpec(tensor, "", key)
            for tensor, key in zip(weights + biases, names, strict=True)
        ]
        super().__init__(tf.identity(opaque_params), specs, name)

    @property
    def format_converter(self) -> CudnnParamsFormatConverter:
        """What takes the buffer apart."""
        return self._converter

    def restore(self, restored_tensors: list[Tensor], restored_shapes: Any) -> Any:
        """Puts what a checkpoint holds into the buffer.

        Args:
            restored_tensors: The kernels of all cells, then their biases.
            restored_shapes: Not used.

        Returns:
            The op that does so.
        """
        buffer = self._converter.tf_canonical_to_opaque(restored_tensors)
        return tf.assign(self._variables, buffer, validate_shape=False)

    def _names(self) -> list[str]:
        cells = [
            self._prefix(layer, direction)
            for layer in range(self._num_layers)
            for direction in (("fw",) if self._direction == "unidirectional" else ("fw", "bw"))
        ]
        return [
            f"{cell}/{self._cell_name}/{product}{kind}"
            for kind in ("kernel", "bias")
            for cell in cells
            for product in self._products
        ]

    def _prefix(self, layer: int, direction: str) -> str:
        if self._direction == "unidirectional":
            return f"rnn/multi_rnn_cell/cell_{layer}"
        return f"stack_bidirectional_rnn/cell_{layer}/bidirectional_rnn/{direction}"


class CudnnLSTMSaveable(CudnnOpaqueParamsSaveable):
    """Saves the buffer of a `CudnnLSTM`, for `CudnnCompatibleLSTMCell`."""

    _format_converter_cls = CudnnParamsFormatConverterLSTM
    _cell_name = "cudnn_compatible_lstm_cell"


class CudnnGRUSaveable(CudnnOpaqueParamsSaveable):
    """Saves the buffer of a `CudnnGRU`, for `CudnnCompatibleGRUCell`."""

    _format_converter_cls = CudnnParamsFormatConverterGRU
    _cell_name = "cudnn_compatible_gru_cell"
    _products = ("gates/", "candidate/input_projection/", "candidate/hidden_projection/")


class CudnnRNNTanhSaveable(CudnnOpaqueParamsSaveable):
    """Saves the buffer of a `CudnnRNNTanh`, for `BasicRNNCell`."""

    _format_converter_cls = CudnnParamsFormatConverterTanh
    _cell_name = "basic_rnn_cell"


class CudnnRNNReluSaveable(CudnnOpaqueParamsSaveable):
    """Saves the buffer of a `CudnnRNNRelu`, for `BasicRNNCell` with relu."""

    _format_converter_cls = CudnnParamsFormatConverterRelu
    _cell_name = "basic_rnn_cell"
