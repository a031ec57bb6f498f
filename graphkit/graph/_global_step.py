"""The graph's global step, however it was made."""

from __future__ import annotations

from graphkit._tf import Graph, Variable, tf

__all__ = ["find_global_step"]


def find_global_step(graph: Graph) -> Variable | None:
    """Finds the variable that counts a graph's training steps.

    As in TensorFlow 1 it is the one in the collection `GLOBAL_STEP`, or else the one named
    `global_step`. Programs of 2016 made it by name alone, which today's `tf.train.get_global_step`
    takes for a resource handle and refuses.

    See https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/get_global_step.

    Args:
        graph: The graph to look in.

    Returns:
        The integer scalar variable, or `None` where there is none.

    Raises:
        TypeError: The collection holds something that is no integer scalar.
    """
    if not graph.get_collection(tf.GraphKeys.GLOBAL_STEP):
        for variable in graph.get_collection(tf.GraphKeys.GLOBAL_VARIABLES):
            if variable.op.name == "global_step":
                return variable
    return tf.train.get_global_step(graph)
