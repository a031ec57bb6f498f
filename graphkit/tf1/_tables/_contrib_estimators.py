"""contrib.estimator, factorization, feature_column, optimizer_v2, predictor, session_bundle."""

from __future__ import annotations

from graphkit.tf1._entries import Area, offer, refuse

__all__ = ["AREAS"]

_V1 = "tensorflow.compat.v1"
_PARTS = "tensorflow_estimator.python.estimator"
_CANNED = f"{_PARTS}.canned"
_BUNDLE = "graphkit.tf1._contrib._session_bundle"
_SEQUENCES = "tensorflow.python.feature_column.sequence_feature_column"
_GONE = "its kernels are deleted from TensorFlow's runtime"

_CONTRIB_ESTIMATOR = {
    "add_metrics": "graphkit.tf1.estimator:add_metrics",
    **offer(
        "graphkit.tf1._contrib._estimator._wrappers",
        "clip_gradients_by_norm export_all_saved_models export_saved_model_for_mode "
        "forward_features",
    ),
    **offer(
        "graphkit.tf1._contrib._estimator._heads",
        "binary_classification_head logistic_regression_head multi_class_head multi_head "
        "multi_label_head poisson_regression_head regression_head",
    ),
    **offer(
        "graphkit.tf1.estimator.experimental",
        "build_raw_supervised_input_receiver_fn call_logit_fn dnn_logit_fn_builder "
        "linear_logit_fn_builder",
    ),
    "SavedModelEstimator": f"{_CANNED}.saved_model_estimator:SavedModelEstimator",
    "build_supervised_input_receiver_fn_from_input_fn": (
        f"{_PARTS}.export.export:build_supervised_input_receiver_fn_from_input_fn"
    ),
    "stop_if_no_decrease_hook": "graphkit.tf1.estimator.experimental:stop_if_no_decrease_hook",
    "stop_if_no_increase_hook": "graphkit.tf1.estimator.experimental:stop_if_no_increase_hook",
    **refuse(
        f"gradient boosted trees; {_GONE}",
        "use xgboost, scikit-learn or another tree library",
        "boosted_trees_classifier_train_in_memory boosted_trees_regressor_train_in_memory",
    ),
    "TowerOptimizer": "graphkit.tf1._contrib._estimator._towers:TowerOptimizer",
    "replicate_model_fn": "graphkit.tf1._contrib._estimator._replicate:replicate_model_fn",
    **offer("graphkit.tf1._contrib._estimator._rnn", "RNNClassifier RNNEstimator"),
    **offer(
        "graphkit.tf1._contrib._estimator._annotations",
        "DNNClassifierWithLayerAnnotations DNNRegressorWithLayerAnnotations",
    ),
}

_FACTORIZATION = {
    **offer(
        "graphkit.tf1._contrib._factorization",
        "COSINE_DISTANCE KMEANS_PLUS_PLUS_INIT KMeans KMeansClustering RANDOM_INIT "
        "SQUARED_EUCLIDEAN_DISTANCE",
    ),
    **offer("graphkit.tf1._contrib._gaussian_mixtures", "GmmAlgorithm gmm"),
    "GMM": "graphkit.tf1._contrib._learn._gmm:GMM",
    **refuse(
        f"a factorization by weighted alternating least squares; {_GONE}",
        "use the package implicit, or train two embeddings with an optimizer",
        "WALSMatrixFactorization WALSModel",
    ),
}

_SEQUENCE_COLUMNS = {
    **offer(
        _SEQUENCES,
        "sequence_categorical_column_with_hash_bucket sequence_categorical_column_with_identity "
        "sequence_categorical_column_with_vocabulary_file "
        "sequence_categorical_column_with_vocabulary_list sequence_numeric_column",
    ),
    **offer("graphkit.tf1._contrib._feature_columns._sequence_input", "sequence_input_layer"),
}

_OPTIMIZERS = {
    **offer(
        f"{_V1}:train",
        "AdadeltaOptimizer AdagradOptimizer AdamOptimizer GradientDescentOptimizer "
        "MomentumOptimizer RMSPropOptimizer",
    ),
    **refuse(
        "the base class of optimizers that were written twice",
        "derive from tf.train.Optimizer",
        "OptimizerV2",
    ),
}

AREAS = {
    "contrib.estimator": Area(_CONTRIB_ESTIMATOR),
    "contrib.factorization": Area(_FACTORIZATION),
    "contrib.factorization.python": Area(),
    "contrib.factorization.python.ops": Area(
        {
            "clustering_ops": "graphkit.tf1.contrib.factorization",
            "kmeans": "graphkit.tf1.contrib.factorization",
        }
    ),
    "contrib.feature_column": Area(_SEQUENCE_COLUMNS),
    "contrib.linear_optimizer": Area(
        offer("graphkit.tf1._contrib._sdca", "SDCAOptimizer SdcaModel SparseFeatureColumn")
    ),
    "contrib.optimizer_v2": Area(_OPTIMIZERS),
    "contrib.predictor": Area(
        {
            **offer("graphkit.tf1._contrib._predictor", "from_estimator from_saved_model"),
            "from_contrib_estimator": "graphkit.tf1._contrib._predictor:from_estimator",
        }
    ),
    "contrib.quantize": Area(
        offer(
            "graphkit.tf1._contrib._quantize._rewrites",
            "create_eval_graph create_training_graph experimental_create_eval_graph "
            "experimental_create_training_graph",
        )
    ),
    "contrib.session_bundle": Area({"manifest_pb2": f"{_BUNDLE}._manifest"}),
    "contrib.session_bundle.constants": Area({}, (f"{_BUNDLE}._constants",)),
    "contrib.session_bundle.exporter": Area(
        offer(
            f"{_BUNDLE}._exporter",
            "Exporter classification_signature generic_signature gfile_copy_callback "
            "regression_signature",
        )
    ),
    "contrib.session_bundle.gc": Area(
        offer(
            f"{_BUNDLE}._versions",
            "Path get_paths largest_export_versions mod_export_version negation "
            "one_of_every_n_export_versions union",
        )
    ),
}
