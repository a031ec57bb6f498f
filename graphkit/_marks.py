"""Attributes that graphkit writes on nodes, and reads without TensorFlow in files.

TensorFlow of any version passes over attributes whose names begin with an underscore.
"""

from __future__ import annotations

__all__ = [
    "ELEMENT_MARK",
    "ENGINE_MARK",
    "GATE_MARK",
    "TAKEN_SINGLY",
    "TAKEN_TOGETHER",
    "VARIABLE_MARK",
    "WEIGHTS_MARK",
]

# On the op behind which tf.data delivers what another takes from a queue.
ELEMENT_MARK = "_graphkit_element"
# On the batch: what serves its batcher, as `readers.explain` says it.
ENGINE_MARK = "_graphkit_engine"
# What is said, in place of a mark, of an op that takes records for a session.
TAKEN_SINGLY = "no batcher collects its records, which a session takes one by one"
# The same of an op that takes many each step.
TAKEN_TOGETHER = "no batcher collects its records, which a session takes many at once"
# On the queue at which steps wait for the start of a pipeline on tf.data, and on how many go on.
GATE_MARK = "_graphkit_gate"
# On each constant that was a variable, or was made of one.
VARIABLE_MARK = "_graphkit_variable"
# On the op that restores weights which lie beside their graph: the SHA-256 of their index.
WEIGHTS_MARK = "_graphkit_weights"
