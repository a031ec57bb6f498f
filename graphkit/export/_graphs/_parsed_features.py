"""What an op that parses Examples expects to find in them: its keys, dtypes, shapes, defaults."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from graphkit._tf import tf
from graphkit.export._graphs._readers_of import ReadersOf

__all__ = ["ParsedFeature", "parsed_features"]

_PARTS = ("", "context_", "feature_list_")
_DTYPES = {"dense": ("T{}dense", "{}dense_types"), "sparse": ("{}sparse_types",)}
_DTYPES["ragged"] = ("{}ragged_value_types",)


@dataclass(frozen=True)
class ParsedFeature:
    """One feature of an Example.

    Attributes:
        key: Its name.
        dtype: Of its values.
        shape: How many there are, a dimension of which may be open; None for any number.
        may_miss: Whether an Example may lack it.
        in_steps: Whether a SequenceExample has it once for each step.
        output: The tensor of its values.
    """

    key: str
    dtype: Any
    shape: tuple[int | None, ...] | None
    may_miss: bool
    in_steps: bool
    output: str


def parsed_features(readers: ReadersOf, node: Any) -> list[ParsedFeature]:
    """Reads the features off a node.

    Args:
        readers: The graph.
        node: One of the ops that parse Examples, in any version.

    Returns:
        The features; those whose keys are computed are left out.
    """
    definition = readers.graph.op_def_for_type(node.op)
    inputs = dict(_spread(node, definition.input_arg, node.input))
    outputs = dict(_spread(node, definition.output_arg, None))
    found = []
    for part in _PARTS:
        for kind, attributes in _DTYPES.items():
            name = f"{part}{kind}"
            keys = _keys(readers, node, inputs, f"{name}_keys")
            dtypes = [t for a in attributes for t in node.attr[a.format(part)].list.type]
            shapes = (
                node.attr[f"{name}_shapes"].list.shape if kind == "dense" else [None] * len(keys)
            )
            defaults = inputs.get(f"{name}_defaults", [])
            found += [
                ParsedFeature(
                    key,
                    tf.as_dtype(dtypes[place]),
                    None if shapes[place] is None else _sizes(shapes[place]),
                    kind != "dense" or _has_default(readers, shapes[place], defaults[place:]),
                    part == "feature_list_",
                    outputs[f"{name}_values"][place],
                )
                for place, key in enumerate(keys)
            ]
    return found


def _spread(
    node: Any, arguments: Iterable[Any], given: Sequence[str] | None
) -> Iterator[tuple[str, list[str]]]:
    """The inputs of each argument, or the outputs where no inputs are given."""
    place = 0
    for argument in arguments:
        size = 1
        if argument.number_attr:
            size = node.attr[argument.number_attr].i
        elif argument.type_list_attr:
            size = len(node.attr[argument.type_list_attr].list.type)
        places = range(place, place + size)
        yield argument.name, [f"{node.name}:{i}" if given is None else given[i] for i in places]
        place += size


def _keys(readers: ReadersOf, node: Any, inputs: dict[str, list[str]], name: str) -> list[str]:
    """Keys are an attribute, a vector, or an input each, as the op's version has it."""
    stored = list(node.attr[name].list.s) if name in node.attr else []
    for reference in inputs.get(name, []):
        value = readers.constant(reference)
        stored += [] if value is None else value.ravel().tolist()
    return [key.decode(errors="surrogateescape") for key in stored]


def _sizes(shape: Any) -> tuple[int | None, ...]:
    return tuple(None if dim.size < 0 else int(dim.size) for dim in shape.dim)


def _has_default(readers: ReadersOf, shape: Any, defaults: Sequence[str]) -> bool:
    """Tells whether there is a default; an open number of values may be none."""
    if not defaults:
        return False  # of a list of steps
    value = readers.constant(defaults[0])
    return None in _sizes(shape) or (value is not None and value.size > 0)
