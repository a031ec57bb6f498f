"""contrib's TPUs and distribution over devices."""

from __future__ import annotations

from graphkit.tf1._entries import Area, offer, refuse

__all__ = ["AREAS"]

_V1 = "tensorflow.compat.v1"
_PYTHON = "tensorflow.python"
_ESTIMATOR = "tensorflow_estimator._api.v1.estimator"
_DISTRIBUTE = f"{_PYTHON}.distribute.distribute_lib"

_TPU = {
    **offer(
        f"{_ESTIMATOR}.tpu",
        "InputPipelineConfig RunConfig TPUConfig TPUEstimator TPUEstimatorSpec",
    ),
    **offer(
        f"{_V1}:tpu",
        "CrossShardOptimizer batch_parallel bfloat16_scope core cross_replica_sum "
        "initialize_system outside_compilation replicate rewrite shard shutdown_system",
    ),
    **offer(f"{_V1}:tpu.experimental", "DeviceAssignment Topology"),
    **offer(f"{_PYTHON}.tpu.training_loop", "repeat while_loop"),
    **offer(
        f"{_PYTHON}.tpu.ops.tpu_ops",
        "infeed_dequeue infeed_dequeue_tuple infeed_enqueue infeed_enqueue_tuple "
        "outfeed_dequeue outfeed_dequeue_tuple outfeed_enqueue outfeed_enqueue_tuple",
    ),
    "InfeedQueue": f"{_PYTHON}.tpu.tpu_feed:InfeedQueue",
    "device_assignment": f"{_PYTHON}.tpu.device_assignment:device_assignment",
    # Today's hook saves in the training thread; what it writes is the same.
    "AsyncCheckpointSaverHook": f"{_V1}:train.CheckpointSaverHook",
    "TPUDistributionStrategy": f"{_V1}:distribute.experimental.TPUStrategy",
    **refuse(
        "a Keras model moved to a TPU",
        "train it as it is, or make it under tf.distribute.experimental.TPUStrategy",
        "keras_to_tpu_model",
    ),
    "export_estimator_savedmodel": (
        "tensorflow_estimator.python.estimator.tpu.tpu_estimator:export_estimator_savedmodel"
    ),
}

_TPU_MODULES = {
    **{
        name: "graphkit.tf1.contrib.tpu"
        for name in (
            "async_checkpoint bfloat16 tpu tpu_config tpu_optimizer tpu_context training_loop"
        ).split()
    },
    "tpu_function": f"{_PYTHON}.tpu.tpu_function",
}

_STRATEGIES = {
    **offer(
        f"{_V1}:distribute",
        "CrossDeviceOps ReplicaContext get_loss_reduction get_replica_context get_strategy "
        "has_strategy in_cross_replica_context",
    ),
    **offer(
        "graphkit.tf1._contrib._strategies",
        "AllReduceCrossDeviceOps CollectiveAllReduceStrategy MirroredStrategy OneDeviceStrategy "
        "ParameterServerStrategy",
    ),
    **offer(_DISTRIBUTE, "UpdateContext get_cross_replica_context require_replica_context"),
    "DistributeConfig": f"{_PYTHON}.distribute.distribute_config:DistributeConfig",
    "DistributionStrategy": f"{_V1}:distribute.Strategy",
    "TPUStrategy": f"{_V1}:distribute.experimental.TPUStrategy",
    "get_distribution_strategy": f"{_V1}:distribute.get_strategy",
    "has_distribution_strategy": f"{_V1}:distribute.has_strategy",
    "initialize_tpu_system": f"{_V1}:tpu.experimental.initialize_tpu_system",
    **offer(f"{_PYTHON}.distribute.step_fn", "StandardInputStep StandardSingleLossStep Step"),
    "Monitor": "graphkit.tf1._contrib._distribute_monitor:Monitor",
    "run_standard_tensorflow_server": (
        f"{_PYTHON}.distribute.distribute_coordinator:run_standard_tensorflow_server"
    ),
    **refuse(
        "sums of gradients over several workers, chosen by hand",
        "leave cross_device_ops out: a strategy of several workers sums by collective ops",
        "MultiWorkerAllReduce",
    ),
}

AREAS = {
    "contrib.distribute": Area(_STRATEGIES),
    "contrib.distribute.python": Area(
        {
            name: "graphkit.tf1.contrib.distribute"
            for name in ("mirrored_strategy", "one_device_strategy", "parameter_server_strategy")
        }
    ),
    "contrib.tpu": Area(_TPU),
    "contrib.tpu.profiler": Area(
        offer(
            "tensorflow.tsl.profiler.protobuf.trace_events_pb2", "Device Resource Trace TraceEvent"
        )
    ),
    "contrib.tpu.python": Area(),
    "contrib.tpu.python.ops": Area({"tpu_ops": f"{_PYTHON}.tpu.ops.tpu_ops"}),
    "contrib.tpu.python.tpu": Area(_TPU_MODULES),
    "contrib.tpu.python.tpu.tpu_estimator": Area(
        {},
        (
            "graphkit.tf1.contrib.tpu",
            "tensorflow_estimator.python.estimator.tpu.tpu_estimator",
        ),
    ),
}
