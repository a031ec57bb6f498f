"""contrib.training and contrib.mixed_precision: what training loops are made of."""

from __future__ import annotations

from graphkit.tf1._entries import Area, offer

__all__ = ["AREAS"]

_T = "graphkit.tf1._contrib._training"
_RUNNERS = "tensorflow_estimator.python.estimator.inputs.queues"

_TRAINING = {
    **offer("graphkit.tf1._contrib._training._hparams", "HParams parse_values"),
    **offer("graphkit.readers", "bucket bucket_by_sequence_length"),
    **offer(
        "graphkit.tf1._contrib._training._ps_strategies",
        "GreedyLoadBalancingStrategy RandomStrategy byte_size_load_fn",
    ),
    **offer(
        f"{_T}._sampling", "rejection_sample resample_at_rate stratified_sample weighted_resample"
    ),
    "FeedingQueueRunner": f"{_RUNNERS}.feeding_queue_runner:_FeedingQueueRunner",
    **offer(f"{_T}._sequence_saver", "NextQueuedSequenceBatch SequenceQueueingStateSaver"),
    "batch_sequences_with_states": f"{_T}._sequence_batches:batch_sequences_with_states",
}

_MIXED = offer(
    "graphkit.tf1._contrib._mixed_precision",
    "ExponentialUpdateLossScaleManager FixedLossScaleManager LossScaleManager LossScaleOptimizer",
)

AREAS = {
    "contrib.training": Area(
        _TRAINING, ("tf_slim.training.training", "tf_slim.training.evaluation")
    ),
    "contrib.mixed_precision": Area(_MIXED),
    "contrib.mixed_precision.python": Area(
        dict.fromkeys(
            ("loss_scale_manager", "loss_scale_optimizer"), "graphkit.tf1.contrib.mixed_precision"
        )
    ),
}
