"""A TFLite model, made by TensorFlow's converter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from graphkit._tf import tf
from graphkit.errors import ConversionError
from graphkit.export._graphs._cases import cases_as_conditions
from graphkit.export._running._batches import Batch
from graphkit.export._targets._blame import check_ranks, ops_of_types, refusal
from graphkit.export._targets._frozen import Frozen
from graphkit.export._targets._options import Options
from graphkit.export._targets._quiet import held_back
from graphkit.export._targets._whole import write_whole

__all__ = ["write_tflite"]

_NAME = "tflite"
_REFUSED = re.compile(r"^(?:TF Select|Custom) ops: (.+)$", re.MULTILINE)


def write_tflite(frozen: Frozen, part: Path, options: Options) -> None:
    """Converts a graph.

    Raises:
        ConversionError: TFLite has no such op, or takes what an op is given otherwise. Ops that
            kernels of TensorFlow could run inside TFLite ("select ops") are refused too: the
            interpreter that comes with TensorFlow has them no longer, so nothing would be proven.
    """
    check_ranks(_NAME, frozen.inputs)
    _check_names(frozen)
    write_whole(part, _run(_converter(frozen, options), frozen))


def _converter(frozen: Frozen, options: Options) -> Any:
    graph_def = cases_as_conditions(frozen.graph.as_graph_def())
    _tell_tables_apart(graph_def)
    ends = [*frozen.inputs.values()], [*frozen.outputs.values()]
    converter = tf.lite.TFLiteConverter(graph_def, *ends)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    if options.weights != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if options.weights == "float16":
        converter.target_spec.supported_types = [tf.float16]
    elif options.weights == "int8":
        converter.representative_dataset = lambda: _samples(frozen, options.batches)
    return converter


def _tell_tables_apart(graph_def: Any) -> None:
    """Tables of one shared name, as of none, would be one in TFLite."""
    for node in graph_def.node:
        if node.op == "HashTableV2":
            node.attr["shared_name"].s = node.name.encode()


def _samples(frozen: Frozen, batches: Sequence[Batch]) -> Iterator[list[Any]]:
    """The values of all inputs for each batch, in their order."""
    for batch in batches:
        yield [batch[name] for name in frozen.inputs]


def _run(converter: Any, frozen: Frozen) -> bytes:
    try:
        with held_back():
            return bytes(converter.convert())
    except Exception as exc:  # the converter raises classes of its own, and of all its parts
        kinds = [*_refused(str(exc))]
        if not kinds:
            raise refusal(_NAME, frozen.graph_def, exc) from exc
        ops = ops_of_types(frozen.graph_def, kinds) or [(kind, kind) for kind in kinds]
        raise refusal(_NAME, frozen.graph_def, "TFLite has no such op", ops) from exc


def _refused(message: str) -> Iterator[str]:
    """The types of ops in the converter's `"TF Select ops: A, B(C)"`."""
    for listed in _REFUSED.findall(message):
        for part in listed.split(","):
            yield re.split(r"[({ ]", part.strip())[0].removeprefix("Flex")


def _check_names(frozen: Frozen) -> None:
    """Refuses outputs that TFLite would give the name of another tensor, of which they are one."""
    known: dict[str, str] = {}
    for name, tensor in frozen.outputs.items():
        origin = tensor
        while origin.op.type in ("Identity", "StopGradient"):
            origin = origin.op.inputs[0]
        if origin.op.type == "Placeholder":
            reason = f"its output {name!r} is its input {origin.op.name!r}, which needs no model"
            raise ConversionError(_NAME, reason, [(name, tensor.op.type)], "leave it out")
        if origin.name in known:
            reason = f"its outputs {known[origin.name]!r} and {name!r} are one tensor"
            raise ConversionError(_NAME, reason, [(name, tensor.op.type)], "leave one out")
        known[origin.name] = name
