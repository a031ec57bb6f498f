"""`tf.estimator`, from the package tensorflow-estimator."""

from __future__ import annotations

from graphkit.tf1._entries import Area, refuse

__all__ = ["AREAS"]

_ESTIMATOR = "tensorflow_estimator._api.v1.estimator"

_BOOSTED_TREES = refuse(
    "gradient boosted trees, whose kernels are deleted from TensorFlow's runtime",
    "use the package tensorflow-decision-forests, xgboost or scikit-learn",
    "BoostedTreesClassifier BoostedTreesEstimator BoostedTreesRegressor",
)

AREAS = {
    "estimator": Area(_BOOSTED_TREES, (_ESTIMATOR,)),
    "estimator.experimental": Area({}, (f"{_ESTIMATOR}.experimental",)),
    "estimator.export": Area({}, (f"{_ESTIMATOR}.export",)),
    "estimator.inputs": Area({}, (f"{_ESTIMATOR}.inputs",)),
    "estimator.tpu": Area({}, (f"{_ESTIMATOR}.tpu",)),
}
