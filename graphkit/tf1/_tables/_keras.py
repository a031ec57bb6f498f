"""`tf.keras` as it was: tf_keras through its version 1 interface."""

from __future__ import annotations

from graphkit.tf1._entries import Area, offer

__all__ = ["AREAS"]

_KERAS = "tf_keras.api._v1.keras"

_PARTS = "graphkit.tf1._core._keras_parts"
_COSINES = dict.fromkeys(
    ("cosine", "cosine_proximity", "cosine_similarity"), f"{_PARTS}:cosine_proximity"
)

_READING = "graphkit.tf1._core._keras_reading"
_CLASSES = offer(_READING, "Model Sequential")
_LAYERS = {
    **offer(_READING, "deserialize"),
    **offer(
        "graphkit.tf1._core._keras_recurrent",
        """
        RNN SimpleRNN GRU LSTM CuDNNGRU CuDNNLSTM ConvLSTM2D StackedRNNCells Bidirectional
        TimeDistributed
        """,
    ),
}
_MODELS = {
    **_CLASSES,
    **offer(_READING, "clone_model load_model model_from_config model_from_json"),
}

_EXPERIMENTAL = {
    **offer("graphkit.tf1._core._keras_exports", "export_saved_model load_from_saved_model"),
    **offer(
        "tf_keras.src.optimizers.schedules.learning_rate_schedule",
        "LinearCosineDecay NoisyLinearCosineDecay",
    ),
    **offer("graphkit.tf1._core._keras_peephole", "PeepholeLSTMCell"),
    **offer("graphkit.tf1._core._keras_models", "terminate_keras_multiprocessing_pools"),
}

_UTILS = {
    **offer("graphkit.tf1._core._keras_hdf5", "HDF5Matrix"),
    **offer("graphkit.tf1._core._keras_models", "convert_all_kernels_in_model multi_gpu_model"),
}

AREAS = {
    "keras": Area({"__version__": f"{_PARTS}:VERSION", **_CLASSES}, (_KERAS,)),
    "keras.experimental": Area(_EXPERIMENTAL, (f"{_KERAS}.experimental",)),
    "keras.layers": Area(_LAYERS, ("graphkit.tf1._core._layers_before:keras_layers",)),
    "keras.losses": Area(
        {**_COSINES, "CosineSimilarity": f"{_PARTS}:CosineSimilarity"}, (f"{_KERAS}.losses",)
    ),
    "keras.metrics": Area(_COSINES, (f"{_KERAS}.metrics",)),
    "keras.mixed_precision": Area({}, (f"{_KERAS}.mixed_precision",)),
    "keras.mixed_precision.experimental": Area(
        {
            **offer("tf_keras.mixed_precision", "LossScaleOptimizer Policy global_policy"),
            "set_policy": "tf_keras.mixed_precision:set_global_policy",
        }
    ),
    "keras.models": Area(_MODELS, (f"{_KERAS}.models",)),
    "keras.utils": Area(_UTILS, (f"{_KERAS}.utils",)),
    "keras.wrappers": Area(),
    "keras.wrappers.scikit_learn": Area(
        offer("graphkit.tf1._core._keras_scikit", "KerasClassifier KerasRegressor")
    ),
}
