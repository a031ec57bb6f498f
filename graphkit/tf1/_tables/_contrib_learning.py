"""contrib's recurrent networks, decoders, training helpers and estimators."""

from __future__ import annotations

from graphkit.tf1._entries import Area, offer

__all__ = ["AREAS"]

_V1 = "tensorflow.compat.v1"
_RNN = "tensorflow.python.ops.rnn"

_RNN_NAMES = {
    **offer(f"{_V1}:nn", "static_bidirectional_rnn static_rnn static_state_saving_rnn"),
    "best_effort_input_batch_size": f"{_RNN}:_best_effort_input_batch_size",
    "transpose_batch_time": f"{_RNN}:_transpose_batch_time",
    "core_rnn_cell": "graphkit.tf1.nn.rnn_cell",
}

AREAS = {
    "contrib.rnn": Area(_RNN_NAMES, ("tf_keras.api._v1.keras.__internal__.legacy.rnn_cell",)),
    "contrib.training": Area(
        offer("graphkit.tf1._hparams", "HParams parse_values"),
        ("tf_slim.training.training", "tf_slim.training.evaluation"),
    ),
}
