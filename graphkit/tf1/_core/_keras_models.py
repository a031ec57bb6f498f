"""What `tf.keras.utils` did to whole models: other kernels, copies on several GPUs, an end."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from graphkit._tf import Tensor, tf
from graphkit.tf1._namespace import load

__all__ = [
    "convert_all_kernels_in_model",
    "multi_gpu_model",
    "replicated",
    "terminate_keras_multiprocessing_pools",
]

_keras: Any = load("tf_keras")
_data: Any = load("tf_keras.src.utils.data_utils")

_CONVOLUTIONS = ("Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose")


def convert_all_kernels_in_model(model: Any) -> None:
    """Turns the kernels of all convolutions around, as Theano has them, or back.

    Args:
        model: The model.
    """
    for layer in model.layers:
        if type(layer).__name__ in _CONVOLUTIONS:
            kernel = _keras.backend.get_value(layer.kernel)
            turned = np.flip(kernel, axis=tuple(range(kernel.ndim - 2)))
            _keras.backend.set_value(layer.kernel, turned)


def multi_gpu_model(
    model: Any, gpus: int | Sequence[int], cpu_merge: bool = True, cpu_relocation: bool = False
) -> Any:
    """Makes a model that shares each batch among GPUs.

    In a graph, that is: where Keras runs eagerly it keeps no devices, and TensorFlow chooses.

    Args:
        model: The model.
        gpus: How many GPUs, or which.
        cpu_merge: Whether the results are put together on the CPU; on the first GPU otherwise.
        cpu_relocation: Whether a copy of the model with its weights on the CPU is used.

    Returns:
        The model, with the same weights.

    Raises:
        ValueError: There are fewer than two GPUs, or not these on this machine.
    """
    numbers = list(range(gpus)) if isinstance(gpus, int) else list(gpus)
    if len(numbers) < 2:
        raise ValueError(
            "For multi-gpu usage to be effective, call `multi_gpu_model` with two GPUs or more. "
            f"Received: `gpus={gpus}`"
        )
    wanted = ["/cpu:0", *(f"/gpu:{number}" for number in numbers)]
    there = ["/" + device.name.lower().split("device:")[1] for device in _devices()]
    if not set(wanted) <= set(there):
        raise ValueError(
            f"To call `multi_gpu_model` with `gpus={gpus}`, we expect the following devices to be "
            f"available: {wanted}. However this machine only has: {there}. Try reducing `gpus`."
        )
    if cpu_relocation:
        with tf.device("/cpu:0"):
            model = _keras.models.clone_model(model)
    return replicated(model, wanted[1:], wanted[0 if cpu_merge else 1])


def _devices() -> Any:
    return tf.config.experimental.list_logical_devices()


def replicated(model: Any, devices: Sequence[str], merged_on: str) -> Any:
    """Makes a model that shares each batch among devices.

    Args:
        model: The model.
        devices: Where its copies run; the last one takes what is left over.
        merged_on: Where the results are put together.

    Returns:
        The model, with the same weights.
    """
    found: list[list[Any]] = [[] for _ in model.outputs]
    for number, device in enumerate(devices):
        options = {"i": number, "parts": len(devices)}
        scope = f"replica_{device.rpartition(':')[2]}"
        with tf.device(device), tf.name_scope(scope):
            parts = [
                _keras.layers.Lambda(_part, tuple(x.shape.as_list()[1:]), arguments=options)(x)
                for x in model.inputs
            ]
            outputs = model(parts if len(parts) > 1 else parts[0])
        for place, output in enumerate(outputs if isinstance(outputs, list) else [outputs]):
            found[place].append(output)
    with tf.device(merged_on):
        merged = [
            _keras.layers.concatenate(outputs, axis=0, name=name)
            for name, outputs in zip(_output_names(model), found, strict=True)
        ]
    return _keras.Model(model.inputs, merged)


def _part(data: Any, i: int, parts: int) -> Tensor:
    step = tf.shape(data)[0] // parts
    return data[step * i :] if i == parts - 1 else data[step * i : step * (i + 1)]


def _output_names(model: Any) -> list[str]:
    """The names of the outputs; equal ones are numbered."""
    names: list[str] = list(model.output_names)
    return [
        f"{name}_{names[: place + 1].count(name)}" if names.count(name) > 1 else name
        for place, name in enumerate(names)
    ]


def terminate_keras_multiprocessing_pools(
    grace_period: float = 0.1, use_sigkill: bool = False
) -> list[str]:
    """Ends the processes that read data for `fit`.

    Args:
        grace_period: How many seconds they have to end.
        use_sigkill: Whether those that are left after that are killed.

    Returns:
        What went wrong, in words.
    """
    pools = list(_data._DATA_POOLS)  # noqa: SLF001 - there is no public list of them
    for pool in pools:
        pool.close()
        pool.terminate()
    workers = [worker for pool in pools for worker in pool._pool]  # noqa: SLF001
    last = time.monotonic() + grace_period
    for worker in workers:
        worker.join(max(0.0, last - time.monotonic()))
    left = [worker for worker in workers if worker.is_alive()]
    for worker in left:
        if use_sigkill:
            worker.kill()
    return [f"process {worker.pid} did not end" for worker in left]
