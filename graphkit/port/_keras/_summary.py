"""`model.summary()` as Keras printed it in TensorFlow 1: no blank lines, no sizes in bytes."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

__all__ = ["HEADER", "print_summary"]

HEADER = ['Model: "{0.name}"']  # the package `keras` had none

_CHAIN: tuple[int, Sequence[float]] = (65, (0.45, 0.85, 1.0))
_NET: tuple[int, Sequence[float]] = (98, (0.33, 0.55, 0.67, 1.0))


def print_summary(
    model: Any,
    line_length: int | None = None,
    positions: Sequence[float] | None = None,
    print_fn: Callable[[str], Any] | None = None,
    **_of_today: Any,
) -> None:
    """Prints what a model is made of.

    Args:
        model: A built model.
        line_length: The width; 65, or 98 with a column of connections, unless given.
        positions: Where the columns end, in characters or as parts of the width.
        print_fn: Takes each line; prints it unless given.
    """
    say = print_fn or print
    nodes = _nodes(model)
    usual_width, usual_ends = _NET if nodes else _CHAIN
    width = line_length or usual_width
    ends = positions or usual_ends
    columns = [int(width * end) if ends[-1] <= 1 else int(end) for end in ends]
    for line in HEADER:
        say(line.format(model))
    say("_" * width)
    titles = ["Layer (type)", "Output Shape", "Param #", "Connected to"]
    say(_row(titles[: 4 if nodes else 3], columns))
    say("=" * width)
    for number, layer in enumerate(model.layers, 1):
        for row in _rows(layer, nodes):
            say(_row(row, columns))
        say(("=" if number == len(model.layers) else "_") * width)
    _say_parameters(model, say)
    say("_" * width)


def _nodes(model: Any) -> list[Any]:
    """The calls a model is made of; none for a chain, whose table has no connections."""
    depths = {} if type(model).__name__ == "Sequential" else getattr(model, "_nodes_by_depth", {})
    by_depth = list(depths.values())
    nodes = [node for depth in by_depth for node in depth]
    branches = any(len(depth) > 1 or len(list(_sources(depth[0]))) > 1 for depth in by_depth)
    shared = any(len(_calls(layer, nodes)) > 1 for layer in model.layers)
    return nodes if branches or shared else []


def _calls(layer: Any, nodes: list[Any]) -> list[Any]:
    return [node for node in getattr(layer, "_inbound_nodes", ()) if node in nodes]


def _sources(node: Any) -> Iterator[str]:
    for layer, node_index, tensor_index, _ in node.iterate_inbound():
        yield f"{layer.name}[{node_index}][{tensor_index}]"


def _rows(layer: Any, nodes: list[Any]) -> Iterator[list[str]]:
    """The first row of a layer, and one more for each further connection."""
    shape = str(getattr(layer, "output_shape", "multiple"))
    known = layer.built or getattr(layer, "_is_graph_network", False)
    count = layer.count_params() if known else "0 (unused)"
    found = [source for node in _calls(layer, nodes) for source in _sources(node)]
    first, *others = found or [""]
    row = [f"{layer.name} ({type(layer).__name__})", shape, str(count)]
    yield [*row, first] if nodes else row
    for source in others:
        yield ["", "", "", source]


def _row(fields: list[str], columns: list[int]) -> str:
    line = ""
    for text, end in zip(fields, columns, strict=True):
        # A full column keeps a space before the next.
        line = (line[:-1] + " " if line else "") + text
        line = line[:end].ljust(end)
    return line


def _say_parameters(model: Any, say: Callable[[str], Any]) -> None:
    count: Any = importlib.import_module("tf_keras.src.utils.layer_utils").count_params
    trained = count(getattr(model, "_collected_trainable_weights", model.trainable_weights))
    fixed = count(model.non_trainable_weights)
    say(f"Total params: {trained + fixed:,}")
    say(f"Trainable params: {trained:,}")
    say(f"Non-trainable params: {fixed:,}")
