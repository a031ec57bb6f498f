"""contrib.learn, the estimators before `tf.estimator`."""

from __future__ import annotations

from graphkit.tf1._entries import Area, Refusal, offer
from graphkit.tf1._tables._contrib_learn_inputs import DASK, READERS

__all__ = ["AREAS"]

_PARTS = "graphkit.tf1._contrib._learn"
_BUNDLE = "graphkit.tf1._contrib._session_bundle"
_V1 = "tensorflow.compat.v1"

_OTHERWISE = Refusal(
    "a part of contrib.learn that tf.estimator replaced",
    "use tf.estimator with its input functions",
)

_HEADS = {
    "Head": f"{_PARTS}._heads:Head",
    **offer(
        f"{_PARTS}._head_makers",
        "binary_svm_head multi_class_head multi_label_head no_op_train_fn "
        "poisson_regression_head regression_head",
    ),
    **offer(f"{_PARTS}._several_heads", "loss_only_head multi_head"),
}

_LEARN = {
    **offer(f"{_PARTS}._estimator", "Estimator"),
    **offer(f"{_PARTS}._dnn", "DNNClassifier DNNEstimator DNNRegressor"),
    **offer(f"{_PARTS}._linear", "LinearClassifier LinearEstimator LinearRegressor"),
    "SVM": f"{_PARTS}._svm:SVM",
    "DynamicRnnEstimator": f"{_PARTS}._dynamic_rnn:DynamicRnnEstimator",
    "LogisticRegressor": f"{_PARTS}._logistic:LogisticRegressor",
    **offer(
        f"{_PARTS}._combined",
        "DNNLinearCombinedClassifier DNNLinearCombinedEstimator DNNLinearCombinedRegressor",
    ),
    **_HEADS,
    **offer(f"{_PARTS}._base_estimator", "BaseEstimator SKCompat"),
    **offer(
        f"{_PARTS}._columns",
        "infer_real_valued_columns_from_input infer_real_valued_columns_from_input_fn",
    ),
    **offer(f"{_PARTS}._pandas", "extract_pandas_data extract_pandas_labels extract_pandas_matrix"),
    **offer(f"{_PARTS}._graph_actions", "infer run_feeds run_n"),
    "evaluate": f"{_PARTS}._graph_evaluation:evaluate",
    "train": f"{_PARTS}._graph_training:train",
    **offer(f"{_PARTS}._keys", "InputFnOps PredictionKey ProblemType TaskType"),
    **offer(f"{_PARTS}._model_parts", "MetricSpec ModeKeys ModelFnOps"),
    **offer(f"{_PARTS}._run_config", "RunConfig"),
    "KMeansClustering": f"{_PARTS}._kmeans:KMeansClustering",
    **offer(f"{_PARTS}._interfaces", "Evaluable NotFittedError Trainable"),
    "Experiment": f"{_PARTS}._experiment:Experiment",
    "ExportStrategy": f"{_PARTS}._export_strategy:ExportStrategy",
    "NanLossDuringTrainingError": f"{_V1}:train.NanLossDuringTrainingError",
    "learn_runner": f"{_PARTS}._runner",
    **READERS,
    **DASK,
    **offer(f"{_PARTS}._serving_inputs", "build_parsing_serving_input_fn"),
    **offer(f"{_PARTS}._export_strategies", "make_export_strategy"),
}

_HOOKS = offer(
    f"{_V1}:train",
    "CheckpointSaverHook LoggingTensorHook NanLossDuringTrainingError NanTensorHook "
    "StepCounterHook StopAtStepHook SummarySaverHook",
)
_MONITORS = {
    **offer(f"{_V1}:train", "NanLossDuringTrainingError"),
    **offer(
        f"{_PARTS}._monitors",
        "BaseMonitor EveryN RunHookAdapterForMonitors StopAtStep replace_monitors_with_hooks",
    ),
    **offer(
        f"{_PARTS}._value_monitors",
        "CaptureVariable GraphDump LoggingTrainable NanLoss PrintTensor",
    ),
    **offer(
        f"{_PARTS}._writing_monitors",
        "CheckpointSaver ExportMonitor StepCounter SummarySaver get_default_monitors",
    ),
    **offer(f"{_PARTS}._validation", "ValidationMonitor"),
}

_VERSIONS = offer(
    f"{_BUNDLE}._versions",
    "Path get_paths largest_export_versions mod_export_version negation "
    "one_of_every_n_export_versions union",
)
_SERVING = {
    **offer(f"{_PARTS}._keys", "InputFnOps"),
    **offer(
        f"{_PARTS}._serving_inputs", "build_default_serving_input_fn build_parsing_serving_input_fn"
    ),
}
_EXPORT = offer(f"{_PARTS}._exports", "export_estimator")
_STRATEGY = offer(f"{_PARTS}._export_strategies", "make_export_strategy")

_UTILS = {
    "contrib.learn.utils": Area({**_SERVING, **_EXPORT, **_STRATEGY}),
    "contrib.learn.utils.export": Area(
        {
            **_EXPORT,
            **offer(
                f"{_PARTS}._signature_fns",
                "classification_signature_fn classification_signature_fn_with_prob "
                "generic_signature_fn logistic_regression_signature_fn regression_signature_fn",
            ),
        }
    ),
    "contrib.learn.utils.gc": Area(_VERSIONS),
    "contrib.learn.utils.input_fn_utils": Area(_SERVING),
    "contrib.learn.utils.inspect_checkpoint": Area(
        offer(f"{_PARTS}._inspect_checkpoint", "print_tensors_in_checkpoint_file")
    ),
    "contrib.learn.utils.saved_model_export_utils": Area(
        {
            **_STRATEGY,
            **offer(
                f"{_PARTS}._export_strategies",
                "BestModelSelector extend_export_strategy make_best_model_export_strategy "
                "make_parsing_export_strategy",
            ),
            **offer(
                f"{_PARTS}._export_folders",
                "MAX_DIRECTORY_CREATION_ATTEMPTS garbage_collect_exports get_most_recent_export "
                "get_temp_export_dir get_timestamped_export_dir",
            ),
            **offer(
                f"{_PARTS}._served_signatures",
                "DEFAULT_INPUT_ALTERNATIVE_KEY FEATURES_INPUT_ALTERNATIVE_KEY "
                "build_all_signature_defs build_standardized_signature_def "
                "get_input_alternatives get_output_alternatives",
            ),
        }
    ),
}

_MODELS = Area(
    offer(
        f"{_PARTS}._models",
        "bidirectional_rnn get_rnn_model linear_regression linear_regression_zero_init "
        "logistic_regression logistic_regression_zero_init",
    )
)
_OPS = {
    "embeddings_ops": "categorical_variable embedding_lookup",
    "losses_ops": "mean_squared_error_regressor softmax_classifier",
    "seq2seq_ops": "rnn_decoder rnn_seq2seq seq2seq_inputs sequence_classifier",
}
_ALL_OPS = Area(offer(f"{_PARTS}._ops", " ".join(_OPS.values())))

AREAS = {
    "contrib.learn.models": _MODELS,
    "contrib.learn.python.learn.models": _MODELS,
    "contrib.learn.ops": _ALL_OPS,
    "contrib.learn.python.learn.ops": _ALL_OPS,
    **{
        f"contrib.learn.python.learn.ops.{name}": Area(offer(f"{_PARTS}._ops", names))
        for name, names in _OPS.items()
    },
    "contrib.learn": Area(_LEARN, otherwise=_OTHERWISE),
    "contrib.learn.graph_actions": Area(
        {
            **offer(
                f"{_PARTS}._graph_actions",
                "clear_summary_writers get_summary_writer infer run_feeds run_feeds_iter run_n",
            ),
            "evaluate": f"{_PARTS}._graph_evaluation:evaluate",
            "train": f"{_PARTS}._graph_training:train",
        }
    ),
    "contrib.learn.monitors": Area(_MONITORS),
    "contrib.learn.python.learn.monitors": Area(_MONITORS),
    "contrib.learn.basic_session_run_hooks": Area(_HOOKS),
    "contrib.learn.python.learn.basic_session_run_hooks": Area(_HOOKS),
    **_UTILS,
    # The private path to the same.
    **{path.replace("learn.", "learn.python.learn.", 1): area for path, area in _UTILS.items()},
    "contrib.learn.head": Area(_HEADS),
    "contrib.learn.python": Area(),
    "contrib.learn.python.learn": Area(
        {"learn_runner": f"{_PARTS}._runner"},
        ("graphkit.tf1.contrib.learn",),
    ),
    "contrib.learn.python.learn.estimators": Area(
        {
            "constants": f"{_PARTS}._keys",
            "dynamic_rnn_estimator": f"{_PARTS}._dynamic_rnn",
            "head": "graphkit.tf1.contrib.learn.head",
            "model_fn": f"{_PARTS}._model_parts",
            "rnn_common": f"{_PARTS}._rnn_parts",
            "run_config": f"{_PARTS}._run_config",
        },
        ("graphkit.tf1.contrib.learn",),
    ),
}
