"""Two graphs made one: what the first gives goes into the second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from graphkit._tf import tf
from graphkit.errors import ArgumentError, UnknownNameError
from graphkit.export._apart._beside import check_whole
from graphkit.export._graphs._model_file import import_graph, imported_graph, read_graph_def
from graphkit.export._graphs._nodes import function_names, needed_nodes, op_of
from graphkit.export._graphs._op_kinds import PLACEHOLDERS
from graphkit.export._graphs._outputs import clear_marks, file_outputs
from graphkit.export._graphs._surgery import clear_placement
from graphkit.export._transforms._network import Baseline, Network, copied, rewire
from graphkit.export._transforms._rename import renamed_network

__all__ = ["merge"]


def merge(
    network: Network, *, file: str, connect: tuple[str, ...] = (), prefix: str = ""
) -> Network:
    """Puts another graph behind the network: its inputs take the network's outputs.

    Args:
        network: The network.
        file: The frozen graph to put behind it.
        connect: `INPUT=OUTPUT` pairs of an input of the file and an output of the network; in
            their order where both have as many, unless given.
        prefix: A scope for all nodes of the file; none unless names collide, then the file's name.

    Returns:
        The network, whose outputs are those that were not connected, then those of the file.

    Raises:
        MissingFileError: The file does not exist.
        CorruptFileError: It holds no graph, or an output does not fit the input it goes to.
        UnknownNameError: It has no such input, or the network no such output.
        ArgumentError: It is not clear what goes where.
    """
    second = _opened(Path(file))
    pairs = _pairs(network, second, connect)
    behind = _placed(network, second, prefix or Path(file).stem, always=bool(prefix))
    graph_def = copied(network.graph_def)
    added = copied(behind.graph_def)
    _separate_functions(graph_def, added)
    placeholders = {behind.inputs[name]: output for name, output in pairs.items()}
    moved = {f"{name}:0": output for name, output in placeholders.items()}
    moved |= {f"^{name}": f"^{op_of(output)}" for name, output in placeholders.items()}
    rewire(added.node, moved)
    graph_def.node.extend(node for node in added.node if node.name not in placeholders)
    present = {function.signature.name for function in graph_def.library.function}
    graph_def.library.function.extend(
        function for function in added.library.function if function.signature.name not in present
    )
    graph_def.versions.producer = min(graph_def.versions.producer, added.versions.producer)
    left = [name for name in network.outputs if name not in pairs.values()]
    inputs = {name: name for name in network.inputs.values()}
    inputs |= {name: name for key, name in behind.inputs.items() if key not in pairs}
    return Network(
        graph_def,
        inputs,
        (*left, *(moved.get(name, name) for name in behind.outputs)),
        _apart(Path(file), network, second, pairs, behind.inputs),
        network.libraries,
    )


def _opened(path: Path) -> Network:
    graph_def = read_graph_def(path)
    check_whole("merge", "file", path, graph_def.node)
    clear_placement(graph_def, devices=False)
    graph = imported_graph(path, copied(graph_def))
    outputs = [
        tensor.name
        for name, place in file_outputs(graph_def)
        for number, tensor in enumerate(graph.get_operation_by_name(name).outputs)
        if place in (None, number)
    ]
    if not outputs:
        raise ArgumentError("merge", "file", str(path), "a graph with an output")
    needed = needed_nodes(graph_def, map(op_of, outputs))
    clear_marks(graph_def)
    inputs = {node.name: node.name for node in needed if node.op in PLACEHOLDERS}
    return Network(graph_def, inputs, tuple(outputs)).with_graph(graph_def)


def _pairs(network: Network, second: Network, connect: Sequence[str]) -> dict[str, str]:
    """The output that goes into each input."""
    if not connect:
        if len(network.outputs) != len(second.inputs):
            given = f"{len(network.outputs)} outputs and {len(second.inputs)} inputs"
            wanted = f"INPUT=OUTPUT for inputs among {', '.join(second.inputs)}"
            raise ArgumentError("merge", "connect", connect, wanted, shown=given)
        return dict(zip(second.inputs, network.outputs, strict=True))
    found = {}
    for pair in connect:
        name, _, output = pair.partition("=")
        full = output if ":" in output else f"{output}:0"
        if name not in second.inputs:
            raise UnknownNameError("input of the second graph", name, second.inputs)
        if full not in network.outputs:
            raise UnknownNameError("output of the first graph", output, network.outputs)
        found[name] = full
    return found


def _apart(
    path: Path,
    network: Network,
    second: Network,
    pairs: Mapping[str, str],
    names: Mapping[str, str],
) -> Baseline:
    """Both graphs as TensorFlow puts one behind the other, to compare with.

    Args:
        path: The file of the second, for messages.
        network: The first.
        second: The second.
        pairs: The output that goes into each input.
        names: What the inputs of the second are called in the merged graph.
    """
    graph = tf.Graph()
    with graph.as_default():
        import_graph(path, copied(network.graph_def), name="first")
        given = {f"{i}:0": graph.get_tensor_by_name(f"first/{o}") for i, o in pairs.items()}
        import_graph(path, copied(second.graph_def), name="second", input_map=given)
    inputs = {n: graph.get_tensor_by_name(f"first/{n}:0") for n in network.inputs.values()}
    inputs |= {
        names[n]: graph.get_tensor_by_name(f"second/{n}:0") for n in second.inputs if n not in pairs
    }
    left = [name for name in network.outputs if name not in pairs.values()]
    outputs = [graph.get_tensor_by_name(f"first/{name}") for name in left]
    outputs += [
        given.get(name) if name in given else graph.get_tensor_by_name(f"second/{name}")
        for name in second.outputs
    ]
    return Baseline(inputs, outputs)


def _placed(network: Network, second: Network, prefix: str, *, always: bool) -> Network:
    """The second graph under names that the first does not have."""
    taken = {node.name for node in network.graph_def.node}
    own = [node.name for node in second.graph_def.node]
    scope, number = prefix, 0
    while always or any(name in taken for name in own):
        placed = {name: f"{scope}/{name}" for name in own}
        if not taken & set(placed.values()):
            return renamed_network(second, placed)
        number += 1
        scope = f"{prefix}_{number}"
    return second


def _separate_functions(first: Any, second: Any) -> None:
    """Gives functions of the second graph other names where the first has others of that name."""
    bodies = {function.signature.name: function for function in first.library.function}
    taken = set(bodies) | {function.signature.name for function in second.library.function}
    renamed = {}
    for function in second.library.function:
        name = function.signature.name
        if name in bodies and bodies[name] != function:
            number = 1
            while f"{name}_{number}" in taken:
                number += 1
            renamed[name] = f"{name}_{number}"
            taken.add(renamed[name])
    for nodes in (second.node, *(function.node_def for function in second.library.function)):
        for node in nodes:
            if renamed.keys() & set(function_names(node)):
                _call(node, renamed)
    for function in second.library.function:
        name = function.signature.name
        function.signature.name = renamed.get(name, name)


def _call(node: Any, renamed: Mapping[str, str]) -> None:
    node.op = renamed.get(node.op, node.op)
    for attr in node.attr.values():
        called = [attr.func] if attr.HasField("func") else list(attr.list.func)
        for function in called:
            function.name = renamed.get(function.name, function.name)
