"""The layers networks are written with: TensorFlow 1's own, checked before the first node.

Each takes its input tensor first and works in that tensor's graph, made by a builder or by hand.
Names of variables, checkpoint keys, collections, static shapes and seeded initial values are those
of `tf.layers`, `tf.nn.rnn_cell` and `tf.nn.dynamic_rnn` in TensorFlow 1.15.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from graphkit.graph.layers._cells import (
    basic_lstm_cell,
    basic_rnn_cell,
    gru_cell,
    lstm_cell,
    multi_rnn_cell,
)
from graphkit.graph.layers._contrast import local_contrast_normalization
from graphkit.graph.layers._conv import conv2d, conv3d
from graphkit.graph.layers._dense import dense, flatten
from graphkit.graph.layers._dropout import dropout
from graphkit.graph.layers._embedding import embedding
from graphkit.graph.layers._norm import batch_normalization
from graphkit.graph.layers._pool import (
    average_pooling2d,
    average_pooling3d,
    max_pooling2d,
    max_pooling3d,
)
from graphkit.graph.layers._rnn import RnnOutput, dynamic_rnn
from graphkit.graph.layers._unknown import refuse_unknown

__all__ = [
    "RnnOutput",
    "average_pooling2d",
    "average_pooling3d",
    "basic_lstm_cell",
    "basic_rnn_cell",
    "batch_normalization",
    "conv2d",
    "conv3d",
    "dense",
    "dropout",
    "dynamic_rnn",
    "embedding",
    "flatten",
    "gru_cell",
    "local_contrast_normalization",
    "lstm_cell",
    "max_pooling2d",
    "max_pooling3d",
    "multi_rnn_cell",
]

if not TYPE_CHECKING:  # type checkers know the names themselves
    __getattr__ = partial(refuse_unknown, layers=__all__)
