"""The tf.data engine: the chain from producer to batcher, lifted out of the graph.

A queue pipeline costs a step of Python per record, since a queue runner runs the session for each.
Here the same chain, producer → reader → the program's ops → batcher, becomes one `tf.data`
pipeline behind the same output tensors, and a batch costs one step of TensorFlow's own threads.

What cannot be lifted keeps the queues, and `explain` says why.
"""

from __future__ import annotations

from graphkit.readers._engine._built import (
    built_batcher,
    built_element,
    explain,
    give_back_collected,
    graphs_with_batchers,
    left_to_queue,
    looked_at,
)
from graphkit.readers._engine._choice import engine, set_default_engine
from graphkit.readers._engine._producer_gate import build_gate, opening_gate
from graphkit.readers._engine._report import PipelineReport

__all__ = [
    "PipelineReport",
    "build_gate",
    "built_batcher",
    "built_element",
    "engine",
    "explain",
    "give_back_collected",
    "graphs_with_batchers",
    "left_to_queue",
    "looked_at",
    "opening_gate",
    "set_default_engine",
]
