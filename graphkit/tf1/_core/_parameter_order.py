"""Calls whose parameters TensorFlow 2 moved: positional arguments mean what they meant in 1.15."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from graphkit._tf import tf
from graphkit.errors import ArgumentTypeError

__all__ = [
    "adjust_jpeg_quality",
    "create_rng_state",
    "function",
    "matmul",
    "numpy_function",
    "scatter_nd",
    "set_loop_options",
    "set_virtual_device_configuration",
    "sigmoid_cross_entropy_with_logits",
    "softmax_cross_entropy_with_logits",
    "sparse_softmax_cross_entropy_with_logits",
    "tensor_scatter_add",
    "tensor_scatter_nd_add",
    "tensor_scatter_nd_sub",
    "tensor_scatter_sub",
    "top_k",
]


# All that a wrapper takes over but the module: pickles look a function up where it says it is.
_KEPT = ("__name__", "__qualname__", "__doc__")


def _in_old_order(
    target: Callable[..., Any],
    parameters: str,
    renamed: Mapping[str, str] | None = None,
    dropped: frozenset[str] = frozenset(),
    name: str = "",
) -> Callable[..., Any]:
    """Gives a function its 1.15 parameter order.

    Args:
        target: The function as it is today.
        parameters: The parameters of 1.15, in their order, separated by white space.
        renamed: Old parameter to today's name for it.
        dropped: Parameters that have no effect any more.
        name: What the function was called; as it is today unless given.

    Returns:
        A function that takes the old arguments, by position or by name.
    """
    order = parameters.split()
    names = dict(renamed or {})
    name = name or target.__name__

    @functools.wraps(target, _KEPT)
    def call(*args: Any, **kwargs: Any) -> Any:
        if len(args) > len(order):
            raise ArgumentTypeError(
                name, "args", f"{len(args)} of them", f"at most {len(order)} by position"
            )
        given = dict(zip(order, args, strict=False))
        twice = sorted(given.keys() & kwargs.keys())
        if twice:
            raise ArgumentTypeError(
                name, twice[0], "two values", "given once, by position or by name"
            )
        given.update(kwargs)
        return target(**{names.get(k, k): v for k, v in given.items() if k not in dropped})

    call.__name__ = call.__qualname__ = name
    call.__signature__ = _signature(target, order, names)  # type: ignore[attr-defined]
    return call


def _signature(
    target: Callable[..., Any], order: list[str], names: Mapping[str, str]
) -> inspect.Signature:
    """The old parameters; what today's function has no default for must be given."""
    today = inspect.signature(target).parameters

    def parameter(name: str) -> inspect.Parameter:
        same = today.get(names.get(name, name))
        default = None if same is None else same.default
        return inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=default)

    return inspect.Signature([parameter(name) for name in order])


def _labels_and_logits(target: Callable[..., Any], parameters: str) -> Callable[..., Any]:
    """Keeps the `_sentinel` that made 1.15 refuse positional labels and logits."""

    @functools.wraps(target, _KEPT)
    def call(_sentinel: Any = None, *args: Any, **kwargs: Any) -> Any:
        if _sentinel is not None:
            raise ValueError(
                f"Only call `{target.__name__}` with named arguments (labels=..., logits=..., ...)"
            )
        return ordered(*args, **kwargs)

    ordered = _in_old_order(target, parameters)
    order = ["_sentinel", *parameters.split()]
    call.__signature__ = _signature(target, order, {})  # type: ignore[attr-defined]
    return call


_SCATTER = "tensor indices updates name"
_MATMUL = "a b transpose_a transpose_b adjoint_a adjoint_b a_is_sparse b_is_sparse name"
_FUNCTION = (
    "func input_signature autograph experimental_autograph_options experimental_relax_shapes "
    "experimental_compile"
)

matmul = _in_old_order(tf.matmul, _MATMUL)
numpy_function = _in_old_order(tf.numpy_function, "func inp Tout name")
scatter_nd = _in_old_order(tf.scatter_nd, "indices updates shape name")
tensor_scatter_add = _in_old_order(tf.tensor_scatter_add, _SCATTER)
tensor_scatter_sub = _in_old_order(tf.tensor_scatter_sub, _SCATTER)
tensor_scatter_nd_add = tensor_scatter_add
tensor_scatter_nd_sub = tensor_scatter_sub
top_k = _in_old_order(tf.nn.top_k, "input k sorted name")
adjust_jpeg_quality = _in_old_order(tf.image.adjust_jpeg_quality, "image jpeg_quality name")
create_rng_state = _in_old_order(
    tf.random.experimental.create_rng_state, "seed algorithm", {"algorithm": "alg"}
)
set_loop_options = _in_old_order(
    tf.autograph.experimental.set_loop_options,
    "parallel_iterations back_prop swap_memory maximum_iterations",
    dropped=frozenset({"back_prop"}),
)
set_virtual_device_configuration = _in_old_order(
    tf.config.experimental.set_virtual_device_configuration,
    "device virtual_devices",
    {"virtual_devices": "logical_devices"},
    name="set_virtual_device_configuration",
)
function = _in_old_order(tf.function, _FUNCTION)

sigmoid_cross_entropy_with_logits = _labels_and_logits(
    tf.nn.sigmoid_cross_entropy_with_logits, "labels logits name"
)
softmax_cross_entropy_with_logits = _labels_and_logits(
    tf.nn.softmax_cross_entropy_with_logits, "labels logits dim name axis"
)
sparse_softmax_cross_entropy_with_logits = _labels_and_logits(
    tf.nn.sparse_softmax_cross_entropy_with_logits, "labels logits name"
)
