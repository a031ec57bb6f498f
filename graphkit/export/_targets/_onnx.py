"""An ONNX model, made by tf2onnx."""

from __future__ import annotations

import os
import re
from itertools import chain
from pathlib import Path
from typing import Any

from graphkit._tf import tf
from graphkit.errors import ConversionError
from graphkit.export._graphs._cases import cases_as_conditions
from graphkit.export._optional import optional_package
from graphkit.export._targets._blame import check_ranks, refusal
from graphkit.export._targets._frozen import Frozen
from graphkit.export._targets._garbage import collected_often
from graphkit.export._targets._onnx_tables import (
    DOMAIN,
    DOMAIN_VERSION,
    enclosed_lookups,
    lookup_handlers,
)
from graphkit.export._targets._options import Options
from graphkit.export._targets._quiet import held_back, logged
from graphkit.export._targets._whole import write_whole

__all__ = ["write_onnx"]

_NAME = "onnx"
_LOG_LEVEL = "TF_CPP_MIN_LOG_LEVEL"
_LIMIT = 2**31 - 1
_LOOPS = ("While", "StatelessWhile")
_TAKEN_APART = "_lower_using_switch_merge"
_UNSUPPORTED = re.compile(r"Tensorflow op \[(.+?): (\w+)\] is not supported")


def write_onnx(frozen: Frozen, part: Path, options: Options) -> None:
    """Converts a graph.

    Raises:
        ConversionError: ONNX, or tf2onnx, has no such op, or the model is larger than a file of
            ONNX can be.
        UsageError: tf2onnx is not installed.
    """
    converter = _converter()
    check_ranks(_NAME, frozen.inputs)
    tensors = [*frozen.inputs.items(), *frozen.outputs.items()]
    with held_back(), collected_often(), logged("tf2onnx") as lines:
        try:
            model, _ = converter.from_graph_def(
                _with_whole_loops(frozen),
                name="graphkit",
                input_names=[tensor.name for tensor in frozen.inputs.values()],
                output_names=[tensor.name for tensor in frozen.outputs.values()],
                tensors_to_rename={tensor.name: name for name, tensor in tensors},
                **_for_tables(frozen.graph_def),
            )
        except Exception as exc:  # whatever its rewriters stumble over
            raise _refusal(frozen, lines, exc) from exc
    if unsupported := _unsupported(lines):
        raise refusal(_NAME, frozen.graph_def, "tf2onnx has no such op", unsupported)
    if model.ByteSize() > _LIMIT:
        raise ConversionError(_NAME, "its weights exceed the 2 GiB that one file can hold")
    write_whole(part, model.SerializeToString(deterministic=True))


def _for_tables(graph_def: Any) -> dict[str, Any]:
    """What tf2onnx has to be told so that it writes lookup tables."""
    handlers = lookup_handlers(graph_def)
    if not handlers:
        return {}
    helper = optional_package("onnx", "writing an ONNX model").helper
    opset = helper.make_opsetid(DOMAIN, DOMAIN_VERSION)
    return {"custom_op_handlers": handlers, "extra_opset": [opset]}


def _with_whole_loops(frozen: Frozen) -> Any:
    """The graph with loops over lists of tensors kept whole.

    tf2onnx knows the lists, which recurrent networks and `map_fn` fill, only in a loop that is one
    op; other loops only where TensorFlow has taken them apart, as it does unless told not to.
    """
    graph_def = cases_as_conditions(frozen.graph.as_graph_def())
    bodies = [function.node_def for function in graph_def.library.function]
    for node in chain(graph_def.node, *bodies):
        if node.op in _LOOPS and tf.variant.as_datatype_enum in node.attr["T"].list.type:
            node.attr.pop(_TAKEN_APART, None)
    return graph_def


def _converter() -> Any:
    """The module of tf2onnx, which sets TensorFlow's log level for the process it is loaded in."""
    before = os.environ.get(_LOG_LEVEL)
    try:
        return optional_package("tf2onnx", "writing an ONNX model").convert
    finally:
        os.environ.pop(_LOG_LEVEL, None)
        if before is not None:
            os.environ[_LOG_LEVEL] = before


def _refusal(frozen: Frozen, lines: list[str], error: Exception) -> ConversionError:
    if lookups := enclosed_lookups(frozen.graph_def):
        reason = "tf2onnx writes no lookup inside a loop or branch"
        return ConversionError(_NAME, reason, lookups, "name outputs before it")
    unsupported = _unsupported(lines)
    message = "tf2onnx has no such op" if unsupported else error
    return refusal(_NAME, frozen.graph_def, message, unsupported or None)


def _unsupported(lines: list[str]) -> list[tuple[str, str]]:
    found = _UNSUPPORTED.findall("\n".join(lines))
    return list(dict.fromkeys(found))
