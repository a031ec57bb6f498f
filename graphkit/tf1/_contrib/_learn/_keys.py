"""Names that contrib.learn's parts agreed on."""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["Environment", "InputFnOps", "PredictionKey", "ProblemType", "TaskType"]


class PredictionKey:
    """What predictions are called."""

    CLASSES = "classes"
    PROBABILITIES = "probabilities"
    LOGITS = "logits"
    LOGISTIC = "logistic"
    SCORES = "scores"
    TOP_K = "top_k"
    GENERIC = "output"


class ProblemType:
    """What kind of question a model answers."""

    UNSPECIFIED = 0
    CLASSIFICATION = 1
    LINEAR_REGRESSION = 2
    LOGISTIC_REGRESSION = 3


class TaskType:
    """What a process of a cluster does."""

    MASTER = "master"
    PS = "ps"
    WORKER = "worker"


class Environment:
    """Where a cluster runs."""

    CLOUD = "cloud"
    GOOGLE = "google"
    LOCAL = "local"


class InputFnOps(NamedTuple):
    """What a serving input function of contrib.learn returns.

    Args:
        features: Name to tensor.
        labels: None, or labels.
        default_inputs: Name to the tensor that is fed.
    """

    features: Any
    labels: Any
    default_inputs: Any
