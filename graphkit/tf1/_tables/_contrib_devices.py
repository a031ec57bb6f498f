"""contrib's TPUs, distribution over devices, distributions of probability."""

from __future__ import annotations

from graphkit.tf1._entries import Area, Refusal, offer, refuse

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
    **refuse(
        "an export of a TPUEstimator for TPU serving",
        "use the estimator's export_saved_model",
        "export_estimator_savedmodel",
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
    **refuse(
        "a step function of early distribution strategies",
        "use strategy.run with a function of your own",
        "Monitor MultiWorkerAllReduce StandardInputStep StandardSingleLossStep Step "
        "run_standard_tensorflow_server",
    ),
}

_NEEDS_PROBABILITY = Refusal(
    "a distribution that moved to TensorFlow Probability",
    "pip install 'graphkit[probability]', which then provides it under this name",
)

_DISTRIBUTIONS = {
    **offer(
        f"{_PYTHON}.ops.distributions.util",
        "fill_triangular fill_triangular_inverse matrix_diag_transform reduce_weighted_logsumexp "
        "softplus_inverse tridiag",
    ),
    **offer("graphkit.tf1._contrib._distributions._normal_diag", "MultivariateNormalDiag"),
    **offer(
        "graphkit.tf1._contrib._distributions._transformed",
        "BetaWithSoftplusConcentration ConditionalDistribution ConditionalTransformedDistribution "
        "ExponentialWithSoftplusRate GammaWithSoftplusConcentrationRate LaplaceWithSoftplusScale "
        "MultivariateNormalDiagWithSoftplusScale NormalWithSoftplusScale TransformedDistribution",
    ),
    **refuse(
        "a distribution that TensorFlow Probability replaced",
        "use TransformedDistribution with bijectors.Affine, or "
        "tensorflow_probability.distributions.MultivariateNormalDiag and its relatives",
        "VectorDiffeomixture VectorExponentialDiag VectorLaplaceDiag VectorSinhArcsinhDiag "
        "quadrature_scheme_softmaxnormal_gauss_hermite quadrature_scheme_softmaxnormal_quantiles",
    ),
    **refuse(
        "a Wishart distribution",
        "use WishartTriL of tensorflow_probability.distributions",
        "WishartCholesky WishartFull",
    ),
    **refuse(
        "a distribution one of whose parameters was made positive",
        "call tf.nn.softplus or tf.abs and tf.floor on the parameter",
        "Chi2WithAbsDf InverseGammaWithSoftplusConcentrationRate StudentTWithAbsDfSoftplusScale",
    ),
    **refuse(
        "statistics of samples",
        "use tensorflow_probability.stats, or tf.train.ExponentialMovingAverage",
        "assign_log_moving_mean_exp assign_moving_mean_variance auto_correlation "
        "moving_mean_variance percentile",
    ),
    **refuse(
        "an estimator's head made of a distribution",
        "write a model function whose loss is -distribution.log_prob(labels)",
        "estimator_head_distribution_regression",
    ),
    **refuse("a stream of seeds", "count the seeds yourself", "SeedStream"),
}

_BIJECTOR = "graphkit.tf1._contrib._distributions._bijectors"

_BIJECTORS = {
    **offer(
        f"{_BIJECTOR}._elementwise",
        "AffineScalar Exp Gumbel Kumaraswamy PowerTransform Sigmoid SinhArcsinh Softplus Softsign "
        "Square",
    ),
    **offer(f"{_BIJECTOR}._affine", "Affine"),
    **offer(f"{_BIJECTOR}._composed", "Chain Invert"),
    **offer(f"{_BIJECTOR}._conditional", "ConditionalBijector"),
    **offer(f"{_BIJECTOR}._inline", "Inline"),
    **offer(f"{_BIJECTOR}._permute", "Permute"),
    **offer(f"{_BIJECTOR}._softmax_centered", "SoftmaxCentered"),
    **refuse(
        "an affine transformation by a linear operator",
        "use Affine with scale_diag or scale_tril",
        "AffineLinearOperator",
    ),
    **refuse(
        "a bijector of vectors that TensorFlow Probability renamed",
        "use Ascending or FillScaleTriL of tensorflow_probability.bijectors",
        "Ordered ScaleTriL",
    ),
    "Bijector": f"{_PYTHON}.ops.distributions.bijector:Bijector",
    "Identity": f"{_PYTHON}.ops.distributions.identity_bijector:Identity",
}

AREAS = {
    "contrib.distribute": Area(_STRATEGIES),
    "contrib.distribute.python": Area(
        {
            name: "graphkit.tf1.contrib.distribute"
            for name in ("mirrored_strategy", "one_device_strategy", "parameter_server_strategy")
        }
    ),
    "contrib.distributions": Area(
        _DISTRIBUTIONS,
        (f"{_V1}:distributions", "tensorflow_probability:distributions"),
        _NEEDS_PROBABILITY,
    ),
    "contrib.distributions.bijectors": Area(
        _BIJECTORS, ("tensorflow_probability:bijectors",), _NEEDS_PROBABILITY
    ),
    "contrib.distributions.python": Area(),
    "contrib.distributions.python.ops": Area({}, ("graphkit.tf1.contrib.distributions",)),
    "contrib.tpu": Area(_TPU),
    "contrib.tpu.profiler": Area(
        refuse(
            "the profile of a TPU",
            "use TensorBoard's profiler",
            "Device Resource Trace TraceEvent",
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
