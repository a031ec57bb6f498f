"""Which device each op asked for, and which it was given."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphkit._tf import Graph, tf
from graphkit.session._config import SessionConfig
from graphkit.session._graphs import graph_of
from graphkit.session._runner import SessionRunner
from graphkit.session._translate import translated_op_error

__all__ = ["PlacedOp", "PlacementReport", "placement_report"]

_LOCAL = "/job:localhost/replica:0/task:0"
_PROBE = "placement_probe"


@dataclass(frozen=True)
class PlacedOp:
    """One op and its devices.

    Args:
        name: The op's name.
        type: Its type, such as `MatMul`.
        asked: The device its builder asked for, empty for none.
        given: The device it runs on, such as `/device:CPU:0`.
    """

    name: str
    type: str
    asked: str
    given: str


@dataclass(frozen=True)
class PlacementReport:
    """The devices of a graph's ops, in the order they were built.

    Args:
        rows: One `PlacedOp` for each op.
    """

    rows: Sequence[PlacedOp]

    def filter(
        self,
        name: str = "*",
        *,
        type: str = "*",
        device: str | None = None,
        asked_only: bool = False,
    ) -> PlacementReport:
        """The rows that fit every condition.

        Args:
            name: A pattern for the op's name, such as `layer1/*`.
            type: A pattern for its type.
            device: A device it was given, such as `CPU:0`, in any case.
            asked_only: Only ops that asked for a device.

        Returns:
            A report of these rows.
        """
        fits = [
            row
            for row in self.rows
            if fnmatch.fnmatchcase(row.name, name)
            and fnmatch.fnmatchcase(row.type, type)
            and (device is None or row.given.lower().endswith(device.lower()))
            and (row.asked or not asked_only)
        ]
        return PlacementReport(fits)

    def to_text(self) -> str:
        """A table of one line per op."""
        table = [("op", "type", "asked", "given")]
        table += [(row.name, row.type, row.asked or "-", row.given) for row in self.rows]
        widths = [max(len(line[column]) for line in table) for column in range(3)]
        cells = [
            [cell.ljust(width) for cell, width in zip(row, widths, strict=False)] for row in table
        ]
        return "\n".join("  ".join([*left, row[3]]) for left, row in zip(cells, table, strict=True))


def placement_report(graph: Any, *, config: SessionConfig | None = None) -> PlacementReport:
    """Finds the device of every op of a graph, without computing any of them.

    Args:
        graph: A `tf.Graph`, an object with one as its attribute `graph`, or a `SessionRunner`,
            whose configuration then counts.
        config: What the session may use of the machine; `None` is the runner's, or
            `SessionConfig()`.

    Returns:
        One row for each op.

    Raises:
        ArgumentTypeError: `graph` is not a graph.
        RunError: An op asks for a device that is not there and may not be moved.
    """
    if isinstance(graph, SessionRunner) and config is None:
        config = graph.config
    found = graph_of(graph, "placement_report")
    given = _given_devices(found, config or SessionConfig())
    rows = [PlacedOp(op.name, op.type, op.device, given[op.name]) for op in found.get_operations()]
    return PlacementReport(rows)


def _given_devices(graph: Graph, config: SessionConfig) -> Mapping[str, str]:
    """Runs a copy of the graph in which no op is ever executed.

    TensorFlow tells the devices of what a run executed. In the copy every op without inputs waits
    for the branch of a switch that is not taken: such ops, and all that depend on them, are passed
    over, so that no variable changes, no queue blocks and no placeholder is missed, and still
    every op is placed.
    """
    definition = graph.as_graph_def()
    names = [node.name for node in definition.node]
    probe = graph.unique_name(_PROBE, mark_as_used=False)
    for node in definition.node:
        if not node.input:
            node.input.append(f"^{probe}/never")
    definition.node.extend(_never(probe).node)
    copy = tf.Graph()
    with copy.as_default():
        tf.import_graph_def(definition, name="")
    proto = config.to_proto()
    proto.graph_options.rewrite_options.disable_meta_optimizer = True
    proto.graph_options.optimizer_options.opt_level = tf.OptimizerOptions.L0
    told = tf.RunMetadata()
    with tf.Session(graph=copy, config=proto) as session:
        ops = [copy.get_operation_by_name(name) for name in names]
        try:
            session.run(ops, options=tf.RunOptions(output_partition_graphs=True), run_metadata=told)
        except tf.errors.OpError as error:
            raise translated_op_error(error, graph) from error
    placed = [node for partition in told.partition_graphs for node in partition.node]
    return {node.name: node.device.removeprefix(_LOCAL) for node in placed}


def _never(scope: str) -> Any:
    """Nodes whose `scope/never` is behind the branch that a switch does not take."""
    graph = tf.Graph()
    with graph.as_default(), tf.name_scope(scope + "/"):
        no = tf.constant(False)
        branch = tf.raw_ops.Switch(data=no, pred=no)
        tf.identity(branch.output_true, name="never")
    return graph.as_graph_def()
