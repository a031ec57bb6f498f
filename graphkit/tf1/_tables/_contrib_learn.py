"""contrib.learn, the estimators before `tf.estimator`."""

from __future__ import annotations

from graphkit.tf1._entries import Area, Refusal, offer

__all__ = ["AREAS"]

_ESTIMATORS = "graphkit.tf1._learn_estimators"
_V1 = "tensorflow.compat.v1"
_INPUTS = "tensorflow_estimator.python.estimator.inputs"

_OTHERWISE = Refusal(
    "a part of contrib.learn that tf.estimator replaced",
    "use tf.estimator with its input functions",
)

_LEARN = {
    **offer(
        _ESTIMATORS,
        "DNNClassifier DNNLinearCombinedClassifier DNNLinearCombinedRegressor DNNRegressor "
        "Estimator LinearClassifier LinearRegressor MetricSpec ModeKeys ModelFnOps RunConfig",
    ),
    "Experiment": "graphkit.tf1._learn_experiment:Experiment",
    "NanLossDuringTrainingError": f"{_V1}:train.NanLossDuringTrainingError",
    "learn_runner": "graphkit.tf1._learn_experiment",
    "read_batch_features": "graphkit.tf1._dataset_steps:read_batch_features",
}

_PREPROCESSING = offer(
    "graphkit.tf1._vocabulary", "CategoricalVocabulary VocabularyProcessor tokenizer"
)

_IO = {
    "numpy_input_fn": f"{_INPUTS}.numpy_io:numpy_input_fn",
    "pandas_input_fn": f"{_INPUTS}.pandas_io:pandas_input_fn",
    "read_batch_features": "graphkit.tf1._dataset_steps:read_batch_features",
}

AREAS = {
    "contrib.learn": Area(_LEARN, otherwise=_OTHERWISE),
    "contrib.learn.io": Area(_IO, otherwise=_OTHERWISE),
    "contrib.learn.preprocessing": Area(_PREPROCESSING, otherwise=_OTHERWISE),
    "contrib.learn.python": Area(),
    "contrib.learn.python.learn": Area(
        {"learn_runner": "graphkit.tf1._learn_experiment"}, ("graphkit.tf1.contrib.learn",)
    ),
    "contrib.learn.python.learn.preprocessing": Area(
        {"text": "graphkit.tf1._vocabulary"}, ("graphkit.tf1.contrib.learn.preprocessing",)
    ),
}
