"""contrib.distribute's strategies, with the arguments they had there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphkit._tf import tf

__all__ = [
    "AllReduceCrossDeviceOps",
    "CollectiveAllReduceStrategy",
    "MirroredStrategy",
    "OneDeviceStrategy",
    "ParameterServerStrategy",
]


def AllReduceCrossDeviceOps(all_reduce_alg: str = "nccl", num_packs: int = 1, **unused: Any) -> Any:
    """Says how gradients are summed between devices.

    Args:
        all_reduce_alg: "nccl" or "hierarchical_copy".
        num_packs: How many packs they are summed in.
        unused: Kept for callers that pass more.

    Returns:
        The way, for `MirroredStrategy`.
    """
    if all_reduce_alg == "hierarchical_copy":
        return tf.distribute.HierarchicalCopyAllReduce(num_packs)
    return tf.distribute.NcclAllReduce(num_packs)


def MirroredStrategy(
    devices: Sequence[str] | None = None,
    num_gpus: int | None = None,
    num_gpus_per_worker: int | None = None,
    cross_device_ops: Any = None,
    **unused: Any,
) -> Any:
    """Trains one copy of a model on each device of this machine.

    Args:
        devices: The devices; all GPUs unless given.
        num_gpus: How many GPUs are used, when `devices` is not given.
        num_gpus_per_worker: The same, by its later name.
        cross_device_ops: How gradients are summed.
        unused: Kept for callers that pass more.

    Returns:
        The strategy.
    """
    count = num_gpus if num_gpus is not None else num_gpus_per_worker
    if devices is None and count is not None:
        devices = [f"/gpu:{number}" for number in range(count)] or ["/cpu:0"]
    return tf.distribute.MirroredStrategy(devices, cross_device_ops)


def OneDeviceStrategy(device: str, **unused: Any) -> Any:
    """Trains on one device.

    Args:
        device: The device.
        unused: Kept for callers that pass more.

    Returns:
        The strategy.
    """
    return tf.distribute.OneDeviceStrategy(device)


def ParameterServerStrategy(num_gpus_per_worker: int = 0) -> Any:
    """Trains with parameter servers, as TF_CONFIG lists them.

    Args:
        num_gpus_per_worker: Kept for callers that pass it; the cluster says it today.

    Returns:
        The strategy.
    """
    return tf.distribute.experimental.ParameterServerStrategy()


def CollectiveAllReduceStrategy(num_gpus_per_worker: int = 0, **unused: Any) -> Any:
    """Trains one copy on each of several machines, as TF_CONFIG lists them.

    Args:
        num_gpus_per_worker: Kept for callers that pass it; the cluster says it today.
        unused: Kept for callers that pass more.

    Returns:
        The strategy.
    """
    return tf.distribute.experimental.MultiWorkerMirroredStrategy()
