"""contrib.copy_graph: ops and variables of one graph, made again in another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graphkit._tf import Graph, tf
from graphkit.tf1._namespace import load

__all__ = ["copy_op_to_graph", "copy_variable_to_graph", "get_copied_op"]

_Variable: Any = load("tensorflow.python.ops.variables:Variable")
_Resource: Any = load("tensorflow.python.ops.resource_variable_ops:BaseResourceVariable")
# These are the same for every scope, or a program would not train what it copied.
_UNSCOPED = (tf.GraphKeys.GLOBAL_VARIABLES, tf.GraphKeys.TRAINABLE_VARIABLES)


def copy_variable_to_graph(org_instance: Any, to_graph: Graph, scope: str = "") -> Any:
    """Makes a variable again in another graph, with the initial value it has.

    Args:
        org_instance: The variable.
        to_graph: The other graph.
        scope: Its scope there; collections but those of all and of trained variables, too.

    Returns:
        The variable there.

    Raises:
        TypeError: It is no variable.
    """
    if not isinstance(org_instance, _Variable):
        raise TypeError(f"{org_instance} is not a Variable")
    collections = [
        name if name in _UNSCOPED else _inside(scope, name)
        for name in _collections_of(org_instance)
    ]
    with org_instance.graph.as_default(), tf.Session() as session:
        value = session.run(org_instance.initialized_value())
    with to_graph.as_default():
        return tf.Variable(
            value,
            trainable=tf.GraphKeys.TRAINABLE_VARIABLES in collections,
            name=_inside(scope, org_instance.op.name),
            collections=collections,
            validate_shape=False,
            use_resource=isinstance(org_instance, _Resource),
        )


def copy_op_to_graph(
    org_instance: Any, to_graph: Graph, variables: Iterable[Any], scope: str = ""
) -> Any:
    """Makes an op or tensor again in another graph, with everything it is computed from.

    Args:
        org_instance: The op or tensor.
        to_graph: The other graph.
        variables: The variables there, which are not copied again.
        scope: The scope of all copies.

    Returns:
        The op or tensor there; the one that has its name already, if there is one.

    Raises:
        TypeError: It is neither an op nor a tensor.
    """
    made = {variable.name: variable for variable in variables}
    name = _inside(scope, org_instance.name)
    if name in made:
        return to_graph.get_tensor_by_name(made[name].name)
    try:
        return to_graph.as_graph_element(name)
    except (KeyError, ValueError):
        pass
    given = (to_graph, list(made.values()), scope)
    if isinstance(org_instance, tf.Tensor):
        op = copy_op_to_graph(org_instance.op, *given)
        tensor = op.outputs[org_instance.value_index]
        for collection in _collections_of(org_instance):
            to_graph.add_to_collection(_inside(scope, collection), tensor)
        return tensor
    if isinstance(org_instance, tf.Operation):
        before = [copy_op_to_graph(op, *given) for op in org_instance.control_inputs]
        inputs = [copy_op_to_graph(tensor, *given) for tensor in org_instance.inputs]
        return _copied(org_instance, to_graph, name, inputs, before)
    raise TypeError(f"Could not copy instance: {org_instance}")


def _copied(op: Any, graph: Graph, name: str, inputs: list[Any], before: list[Any]) -> Any:
    with graph.as_default(), tf.name_scope(None), tf.control_dependencies(None):
        with tf.control_dependencies(before), tf.device(op.device or None):
            return graph.create_op(
                op.type,
                inputs,
                [tensor.dtype for tensor in op.outputs],
                name=name,
                attrs=dict(op.node_def.attr),
            )


def get_copied_op(org_instance: Any, graph: Graph, scope: str = "") -> Any:
    """Finds the copy of an op, tensor or variable.

    Args:
        org_instance: What was copied.
        graph: The graph it was copied to.
        scope: The scope it was given there.

    Returns:
        The op or tensor there.

    Raises:
        KeyError: There is no copy.
    """
    return graph.as_graph_element(_inside(scope, org_instance.name))


def _inside(scope: str, name: str) -> str:
    return f"{scope}/{name}" if scope else name


def _collections_of(item: Any) -> list[str]:
    graph = item.graph
    return [
        name
        for name in graph.get_all_collection_keys()
        if any(member is item for member in graph.get_collection_ref(name))
    ]
