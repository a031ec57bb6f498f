"""Batches to compare a session and a reloaded graph on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from graphkit._tf import Tensor, tf
from graphkit.errors import ArgumentError, ArgumentTypeError, UnknownNameError
from graphkit.export._graphs._tensors import is_handle
from graphkit.export._running._values import converted, wanted_dtype

__all__ = ["Batch", "checked_batches", "fed_inputs", "feedable", "generated_batches"]

# One value for each input, by the name of its placeholder in the frozen graph.
Batch = dict[str, npt.NDArray[Any]]

_SIZES = (1, 3)
_OPEN_DIMENSION = 32
_WITH_DEFAULT = "PlaceholderWithDefault"
_MOST_NUMBERS = 2**27


def fed_inputs(inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The inputs that values are for: those without a default, or if there are none, all.

    A signature of TensorFlow 2 may give all of its inputs a default. One of unknown shape keeps it.
    """
    plain = {name: t for name, t in inputs.items() if t.op.type != _WITH_DEFAULT}
    return plain or {name: t for name, t in inputs.items() if t.shape.rank is not None}


def generated_batches(
    where: str,
    inputs: Mapping[str, Tensor],
    choices: Mapping[str, npt.NDArray[Any]] = MappingProxyType({}),
) -> list[Batch]:
    """Makes up batches of one and of three examples, the same ones each time.

    Floats are normally distributed, integers 0 or 1 (indices that any table has); uint8 are all
    over; a switch is False and a single float 1, which means "off" for `is_training` and
    `keep_prob`. Strings are empty. An input with a default keeps it, see `fed_inputs`.

    Args:
        where: The function that was called.
        inputs: Each input by the name of its placeholder.
        choices: What some of them are to be chosen from instead; see `choices`.

    Returns:
        The batches.

    Raises:
        ArgumentError: The rank of an input is not known, or it is too large to make values up.
    """
    random = np.random.default_rng(0)
    wanted = fed_inputs(inputs)
    for name, tensor in wanted.items():
        if tensor.shape.rank is None or is_handle(tensor):
            raise ArgumentError(where, f"input {name!r}", "one of unknown shape", _known(name))
        if math.prod(_shape(tensor, max(_SIZES))) > _MOST_NUMBERS:
            received = f"one of shape {tensor.shape}, too large to make values up"
            raise ArgumentError(where, f"input {name!r}", received, _known(name))
    return [
        {
            name: _generated(tensor, size, random, choices.get(name))
            for name, tensor in wanted.items()
        }
        for size in _SIZES
    ]


def _known(name: str) -> str:
    return (
        f"of a known, moderate shape, or pinned (pins, --pin {name}=VALUE), or given values "
        f"(feeds, --feed {name}=FILE.npy): session and file are compared on values for it"
    )


def _generated(
    tensor: Tensor, size: int, random: np.random.Generator, choices: npt.NDArray[Any] | None
) -> npt.NDArray[Any]:
    shape = _shape(tensor, size)
    dtype = tensor.dtype.base_dtype
    if choices is not None:
        chosen = choices[random.integers(0, len(choices), shape)]
        return np.asarray(chosen, dtype.as_numpy_dtype)
    if dtype == tf.string:
        return np.full(shape, b"", object)
    if dtype == tf.bool:
        return np.zeros(shape, bool) if not shape else random.integers(0, 2, shape) > 0
    if dtype == tf.uint8:
        return random.integers(0, 256, shape, np.uint8)
    if dtype.is_integer:
        return random.integers(0, 2, shape).astype(dtype.as_numpy_dtype)
    numbers = random.standard_normal(shape) if shape else np.ones(shape)
    return np.asarray(numbers).astype(dtype.as_numpy_dtype)


def _shape(tensor: Tensor, size: int) -> list[int]:
    dims = enumerate(tensor.shape.as_list())
    return [(_OPEN_DIMENSION if axis else size) if dim is None else dim for axis, dim in dims]


def checked_batches(
    where: str,
    inputs: Mapping[str, Tensor],
    feeds: Any,
    aliases: Mapping[str, str] = MappingProxyType({}),
) -> list[Batch]:
    """Checks the batches a caller gave.

    Args:
        where: The function that was called.
        inputs: Each input by the name of its placeholder.
        feeds: A dict of arrays by input name, or a sequence of such dicts.
        aliases: Other names that some inputs have, where no input has them itself.

    Returns:
        The batches, with arrays of the inputs' dtypes.

    Raises:
        UnknownNameError: A name that is no input.
        ArgumentError: No batch, an input left out, or an array of a wrong shape or dtype.
        ArgumentTypeError: Something else than such dicts.
    """
    given: Sequence[Any] = list(feeds) if isinstance(feeds, (list, tuple)) else [feeds]
    for batch in given:
        if not isinstance(batch, Mapping):
            wanted = "a dict of arrays by input name, or a list of such dicts"
            raise ArgumentTypeError(where, "feeds", type(batch).__name__, wanted)
    if not given:
        raise ArgumentError(where, "feeds", given, "at least one batch")
    own = {alias: name for name, t in inputs.items() for alias in _aliases(name, t)}
    names = {**aliases, **own}
    return [_checked(where, inputs, names, batch) for batch in given]


def _aliases(name: str, tensor: Tensor) -> list[str]:
    """An input answers to its name in the frozen graph and in the session's."""
    return [name, f"{name}:0", tensor.name]


def _checked(
    where: str, inputs: Mapping[str, Tensor], names: Mapping[str, str], batch: Mapping[str, Any]
) -> Batch:
    arrays: Batch = {}
    for key, value in batch.items():
        alias = getattr(key, "name", key)
        if alias not in names:
            raise UnknownNameError("input", str(alias), [n for n in names if ":" not in n])
        arrays[names[alias]] = feedable(where, names[alias], inputs[names[alias]], value)
    for name in fed_inputs(inputs):
        if name not in arrays:
            raise ArgumentError(where, "feeds", sorted(arrays), f"values for {name!r} too")
    return arrays


def feedable(where: str, name: str, tensor: Tensor, value: Any) -> npt.NDArray[Any]:
    """Checks one value against its placeholder.

    Args:
        where: The function that was called.
        name: The input.
        tensor: Its placeholder.
        value: Anything NumPy makes an array of.

    Returns:
        An array of the placeholder's dtype.

    Raises:
        ArgumentError: Another shape, or a dtype or number that loses something on the way.
    """
    argument = f"feeds[{name!r}]"
    dtype = tensor.dtype.base_dtype
    try:
        array = np.asarray(value)
    except ValueError as exc:
        raise ArgumentError(where, argument, value, f"an array ({exc})") from exc
    if not tensor.shape.is_compatible_with(array.shape):
        raise ArgumentError(where, argument, list(array.shape), f"of shape {tensor.shape}")
    fitted = converted(array, dtype.as_numpy_dtype)
    if fitted is None:
        wanted = wanted_dtype(array, dtype.as_numpy_dtype, dtype.name)
        raise ArgumentError(where, argument, array.dtype.name, wanted)
    return fitted
