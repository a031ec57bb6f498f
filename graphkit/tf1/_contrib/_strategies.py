"""contrib.distribute's strategies, with the arguments they had there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphkit._tf import tf
from graphkit.tf1._namespace import load

__all__ = [
    "AllReduceCrossDeviceOps",
    "CollectiveAllReduceStrategy",
    "MirroredStrategy",
    "OneDeviceStrategy",
    "ParameterServerStrategy",
]

_AllReduce: Any = load("tensorflow.python.distribute.cross_device_ops:AllReduceCrossDeviceOps")


class AllReduceCrossDeviceOps(_AllReduce):  # type: ignore[misc]
    """Says how gradients are summed between devices.

    Args:
        all_reduce_alg: "nccl" or "hierarchical_copy".
        num_packs: How many packs they are summed in.
        agg_small_grads_max_bytes: Kept for callers that pass it; small gradients are packed anyway.
        agg_small_grads_max_group: Kept for callers that pass it.
    """

    def __init__(
        self,
        all_reduce_alg: str = "nccl",
        num_packs: int = 1,
        agg_small_grads_max_bytes: int = 0,
        agg_small_grads_max_group: int = 10,
    ) -> None:
        super().__init__(all_reduce_alg, num_packs)


class MirroredStrategy(tf.distribute.MirroredStrategy):  # type: ignore[misc]
    """Trains one copy of a model on each device of this machine.

    Args:
        devices: The devices; all GPUs unless given.
        num_gpus: How many GPUs are used, when `devices` is not given.
        num_gpus_per_worker: The same, by its later name.
        cross_device_ops: How gradients are summed.
        auto_shard_dataset: Kept for callers that pass it; one machine reads everything.
        cross_tower_ops: The same as `cross_device_ops`, by its earlier name.

    Raises:
        ValueError: Two arguments say the same.
    """

    def __init__(
        self,
        devices: Sequence[str] | None = None,
        num_gpus: int | None = None,
        num_gpus_per_worker: int | None = None,
        cross_device_ops: Any = None,
        auto_shard_dataset: bool = False,
        cross_tower_ops: Any = None,
    ) -> None:
        if num_gpus is not None and num_gpus_per_worker is not None:
            raise ValueError("You cannot specify both `num_gpus` and `num_gpus_per_worker`.")
        count = num_gpus if num_gpus is not None else num_gpus_per_worker
        if devices is not None and count is not None:
            raise ValueError(
                f"MirroredStrategy got {len(devices)} devices and a number of GPUs, {count}; "
                "give one of the two"
            )
        if count is not None:
            devices = [f"/gpu:{number}" for number in range(count)] or ["/cpu:0"]
        super().__init__(devices, cross_device_ops or cross_tower_ops)


class OneDeviceStrategy(tf.distribute.OneDeviceStrategy):  # type: ignore[misc]
    """Trains on one device.

    Args:
        device: The device.
        prefetch_on_device: Kept for callers that pass it; what is read goes to the device.
    """

    def __init__(self, device: str, prefetch_on_device: bool | None = None) -> None:
        super().__init__(device)


class ParameterServerStrategy(
    tf.distribute.experimental.ParameterServerStrategy  # type: ignore[misc]
):
    """Trains with parameter servers, as TF_CONFIG lists them.

    Args:
        num_gpus_per_worker: Kept for callers that pass it; the cluster says it today.
    """

    def __init__(self, num_gpus_per_worker: int = 0) -> None:
        super().__init__()


class CollectiveAllReduceStrategy(
    tf.distribute.experimental.MultiWorkerMirroredStrategy  # type: ignore[misc]
):
    """Trains one copy on each of several machines, as TF_CONFIG lists them.

    Args:
        num_gpus_per_worker: Kept for callers that pass it; the cluster says it today.
        communication: How gradients are summed; chosen by what there is unless given.
    """

    def __init__(self, num_gpus_per_worker: int = 0, communication: Any = None) -> None:
        super().__init__(*([] if communication is None else [communication]))
