"""contrib.learn, the estimators before `tf.estimator`."""

from __future__ import annotations

from graphkit.tf1._entries import Area, Refusal, offer

__all__ = ["AREAS"]

_PARTS = "graphkit.tf1._contrib._learn"
_BUNDLE = "graphkit.tf1._contrib._session_bundle"
_V1 = "tensorflow.compat.v1"
_INPUTS = "tensorflow_estimator.python.estimator.inputs"

_OTHERWISE = Refusal(
    "a part of contrib.learn that tf.estimator replaced",
    "use tf.estimator with its input functions",
)

_EXPORTS = Refusal(
    "an export of contrib.learn's estimators",
    "use tf.estimator.LatestExporter or BestExporter in tf.estimator.EvalSpec, or the estimator's "
    "export_saved_model",
)

_LEARN = {
    **offer(
        f"{_PARTS}._estimators",
        "DNNClassifier DNNEstimator DNNLinearCombinedClassifier DNNLinearCombinedEstimator "
        "DNNLinearCombinedRegressor DNNRegressor Estimator LinearClassifier LinearEstimator "
        "LinearRegressor",
    ),
    **offer(f"{_PARTS}._graph_actions", "run_feeds run_n"),
    **offer(f"{_PARTS}._keys", "InputFnOps PredictionKey ProblemType TaskType"),
    **offer(f"{_PARTS}._model_parts", "MetricSpec ModeKeys ModelFnOps"),
    **offer(f"{_PARTS}._run_config", "RunConfig"),
    **offer("graphkit.tf1.contrib.factorization", "KMeansClustering"),
    "Experiment": "graphkit.tf1._contrib._learn._experiment:Experiment",
    "NanLossDuringTrainingError": f"{_V1}:train.NanLossDuringTrainingError",
    "learn_runner": "graphkit.tf1._contrib._learn._experiment",
    "read_batch_features": "graphkit.tf1._contrib._data._steps:read_batch_features",
}

_PREPROCESSING = offer(
    "graphkit.tf1._contrib._learn._vocabulary",
    "CategoricalVocabulary VocabularyProcessor tokenizer",
)

_IO = {
    "numpy_input_fn": f"{_INPUTS}.numpy_io:numpy_input_fn",
    "pandas_input_fn": f"{_INPUTS}.pandas_io:pandas_input_fn",
    "read_batch_features": "graphkit.tf1._contrib._data._steps:read_batch_features",
}

AREAS = {
    "contrib.learn": Area(_LEARN, otherwise=_OTHERWISE),
    "contrib.learn.graph_actions": Area(
        offer(f"{_PARTS}._graph_actions", "run_feeds run_feeds_iter run_n"), otherwise=_OTHERWISE
    ),
    "contrib.learn.monitors": Area(
        {
            "NanLossDuringTrainingError": f"{_V1}:train.NanLossDuringTrainingError",
            "ValidationMonitor": f"{_PARTS}._validation:ValidationMonitor",
        },
        otherwise=Refusal(
            "a monitor, which hooks replaced",
            "use a hook of tf.train: CheckpointSaverHook, LoggingTensorHook, NanTensorHook, "
            "StepCounterHook, StopAtStepHook, SummarySaverHook, or a SessionRunHook of your own",
        ),
    ),
    "contrib.learn.utils": Area({"InputFnOps": f"{_PARTS}._keys:InputFnOps"}, otherwise=_EXPORTS),
    "contrib.learn.utils.gc": Area(
        offer(
            f"{_BUNDLE}._versions",
            "Path get_paths largest_export_versions mod_export_version negation "
            "one_of_every_n_export_versions union",
        )
    ),
    "contrib.learn.io": Area(_IO, otherwise=_OTHERWISE),
    "contrib.learn.preprocessing": Area(_PREPROCESSING, otherwise=_OTHERWISE),
    "contrib.learn.python": Area(),
    "contrib.learn.python.learn": Area(
        {"learn_runner": "graphkit.tf1._contrib._learn._experiment"},
        ("graphkit.tf1.contrib.learn",),
    ),
    "contrib.learn.python.learn.preprocessing": Area(
        {"text": "graphkit.tf1._contrib._learn._vocabulary"},
        ("graphkit.tf1.contrib.learn.preprocessing",),
    ),
}
