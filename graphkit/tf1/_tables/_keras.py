"""`tf.keras` as it was: tf_keras through its version 1 interface."""

from __future__ import annotations

from graphkit.tf1._entries import Area, offer, refuse

__all__ = ["AREAS"]

_KERAS = "tf_keras.api._v1.keras"

_PARTS = "graphkit.tf1._core._keras_parts"
_COSINES = dict.fromkeys(
    ("cosine", "cosine_proximity", "cosine_similarity"), f"{_PARTS}:cosine_proximity"
)

_EXPERIMENTAL = refuse(
    "an early way to save models of tf.keras",
    "use tf.keras.models.save_model and load_model",
    "export_saved_model load_from_saved_model",
)

AREAS = {
    "keras": Area({"__version__": f"{_PARTS}:VERSION"}, (_KERAS,)),
    "keras.experimental": Area(
        {
            **_EXPERIMENTAL,
            **refuse(
                "a schedule that Keras dropped",
                "use tf.train.linear_cosine_decay or tf.train.noisy_linear_cosine_decay",
                "LinearCosineDecay NoisyLinearCosineDecay",
            ),
            **refuse(
                "an LSTM cell that Keras dropped",
                "use tf.nn.rnn_cell.LSTMCell(units, use_peepholes=True)",
                "PeepholeLSTMCell",
            ),
            **refuse(
                "the end of Keras's worker processes, which end by themselves now",
                "leave the call out",
                "terminate_keras_multiprocessing_pools",
            ),
        },
        (f"{_KERAS}.experimental",),
    ),
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
    "keras.utils": Area(
        refuse(
            "a matrix in an HDF5 file, for Keras's fit",
            "read it with h5py",
            "HDF5Matrix",
        )
        | refuse(
            "a conversion of Theano's weights",
            "transpose the kernels with NumPy",
            "convert_all_kernels_in_model",
        )
        | refuse(
            "a model copied to several GPUs",
            "use tf.distribute.MirroredStrategy",
            "multi_gpu_model",
        ),
        (f"{_KERAS}.utils",),
    ),
    "keras.wrappers": Area(),
    "keras.wrappers.scikit_learn": Area(
        refuse(
            "Keras models as scikit-learn estimators",
            "use the package scikeras",
            "KerasClassifier KerasRegressor",
        )
    ),
}
