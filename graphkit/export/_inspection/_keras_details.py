"""What is said of a file of Keras."""

from __future__ import annotations

from dataclasses import dataclass

from graphkit.export._tensor_info import TensorInfo

__all__ = ["KerasDetails"]


@dataclass(frozen=True)
class KerasDetails:
    """What a file of Keras holds.

    Attributes:
        model: The class of its model, "" where it holds weights alone.
        keras_version: The version of the Keras that wrote it, "" if it does not say.
        optimizer: The class of the optimizer it was trained with, "" if it does not say.
        layers: The layers, those of models inside too, as `name (Class)`.
        parameters: How many numbers its weights hold, the optimizer's left aside.
        parameter_bytes: The memory they take.
        unsafe_layers: Layers whose Python code is in the file, as `name (Class)`.
        outside: What leads into other files, which are not read, as `name (file)`.
        weights: The weights.
    """

    model: str
    keras_version: str
    optimizer: str
    layers: list[str]
    parameters: int
    parameter_bytes: int
    unsafe_layers: list[str]
    outside: list[str]
    weights: list[TensorInfo]
