"""The whole TensorFlow 1 namespace, one table per area: name to provider, or to a refusal."""

from __future__ import annotations

from graphkit.tf1._entries import Area
from graphkit.tf1._tables import (
    _contrib,
    _contrib_devices,
    _contrib_distributions,
    _contrib_eager,
    _contrib_estimators,
    _contrib_learn,
    _contrib_learn_inputs,
    _contrib_learning,
    _contrib_opt,
    _contrib_paths,
    _contrib_rest,
    _contrib_slim,
    _contrib_training,
    _core,
    _estimator,
    _examples,
    _keras,
    _private,
)

__all__ = ["AREAS"]

_TABLES = (
    _core,
    _keras,
    _examples,
    _estimator,
    _contrib_paths,
    _contrib,
    _contrib_devices,
    _contrib_distributions,
    _contrib_eager,
    _contrib_estimators,
    _contrib_slim,
    _contrib_training,
    _contrib_learn,
    _contrib_learn_inputs,
    _contrib_learning,
    _contrib_opt,
    _contrib_rest,
    _private,
)

# The path below the root ("contrib.slim") to what is there.
AREAS: dict[str, Area] = {path: area for table in _TABLES for path, area in table.AREAS.items()}
