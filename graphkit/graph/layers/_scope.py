"""Where a layer makes its nodes: its input's graph, without tf_keras's advice to move on."""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from graphkit._tf import Graph
from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.graph._names import checked_name
from graphkit.graph._seed import with_first_weights

__all__ = ["check_options", "layer_scope", "quiet"]

_ADVICE = r"`tf\.(layers|nn\.rnn_cell)\.\w+` is deprecated"
_ACTIVATIONS = (
    "elu", "exponential", "gelu", "hard_sigmoid", "linear", "relu", "selu", "sigmoid", "softmax",
    "softplus", "softsign", "swish", "tanh",
)  # fmt: skip

_SHARING = {
    "already exists, disallowed": "not used by another layer (reuse=True shares its variables)",
    "does not exist, or was not created": "of an earlier layer, because reuse=True shares with it",
    "Trying to share variable": "of an earlier layer of the same sizes and dtype, to share with",
}


@contextmanager
def quiet() -> Iterator[None]:
    """Holds back the warning that each of TensorFlow 1's layers is deprecated, and nothing else."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=_ADVICE, category=UserWarning)
        yield


@contextmanager
def layer_scope(where: str, name: str | None, graph: Graph) -> Iterator[None]:
    """Makes the layer's graph current, and says plainly when its variables cannot be made.

    Args:
        where: The layer, for error messages.
        name: Its name, if it was given one.
        graph: The graph its nodes belong in.

    Yields:
        Nothing.

    Raises:
        ArgumentError: Its variables exist already, or `reuse` is True and they do not fit.
    """
    try:
        with graph.as_default(), with_first_weights(graph), quiet():
            yield
    except ValueError as exc:
        for complaint, wanted in _SHARING.items():
            if complaint in str(exc):
                raise ArgumentError(where, "name", name, wanted) from exc
        raise


def check_options(where: str, name: Any, graph: Graph | None = None, **options: Any) -> None:
    """Checks what all layers have: a name, an activation, and functions made for variables.

    Args:
        where: The layer, for error messages.
        name: Its name or `None`.
        graph: The graph its nodes belong in, if known already.
        **options: `activation`, and initializers, regularizers and constraints by argument name.

    Raises:
        ArgumentError: The name is invalid, or a string or number stands where a function should.
        ArgumentTypeError: The name is not a string.
    """
    if name is not None:
        checked_name(where, name, graph)
    for argument, value in options.items():
        if value is None or callable(value):
            continue
        if argument == "activation":
            _check_activation(where, value)
        elif not (isinstance(value, str) and argument.endswith("initializer")):
            raise ArgumentError(where, argument, value, "a function or None")


def _check_activation(where: str, value: Any) -> None:
    if not isinstance(value, str):
        raise ArgumentTypeError(where, "activation", repr(value), "a function, a name or None")
    if value not in _ACTIVATIONS:
        near = difflib.get_close_matches(value, _ACTIVATIONS, n=1)
        wanted = f"{near[0]!r}" if near else "one of " + ", ".join(_ACTIVATIONS)
        raise ArgumentError(where, "activation", value, f"{wanted}, a function or None")
