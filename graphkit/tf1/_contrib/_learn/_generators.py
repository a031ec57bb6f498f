"""contrib.learn's input function of a generator."""

from __future__ import annotations

from collections.abc import Callable, Container
from types import FunctionType, GeneratorType
from typing import Any

from graphkit.tf1._namespace import load

__all__ = ["generator_input_fn"]

_QUEUES = "tensorflow_estimator.python.estimator.inputs.queues"


def generator_input_fn(
    x: Any,
    target_key: Any = None,
    batch_size: int = 128,
    num_epochs: int | None = 1,
    shuffle: bool = True,
    queue_capacity: int = 1000,
    num_threads: int = 1,
    pad_value: Any = None,
) -> Callable[[], Any]:
    """Makes an input function of a generator of examples.

    Args:
        x: A generator function, which goes through the examples once; each is name to array.
        target_key: The name of the labels, or several.
        batch_size: B.
        num_epochs: How many epochs there are; no end for None.
        shuffle: Whether each epoch comes in another order.
        queue_capacity: How many examples wait.
        num_threads: How many threads read; one where the order matters.
        pad_value: What shorter examples of a batch are filled with, or name to that; examples have
            one shape unless given.

    Returns:
        The input function: name to features, and with `target_key` the labels, or name to labels
        where there are several.

    Raises:
        TypeError: `x` is no generator function of dictionaries, or `target_key` no name or names.
        KeyError: Examples have nothing of such a name.
    """
    names = sorted(_first(x))
    targets = _targets(target_key, names)

    def input_fn() -> Any:
        queue = load(f"{_QUEUES}.feeding_functions:_enqueue_data")(
            x,
            queue_capacity,
            shuffle=shuffle,
            num_threads=num_threads,
            enqueue_size=batch_size,
            num_epochs=num_epochs,
            pad_value=pad_value,
        )
        taken = (queue.dequeue_many if num_epochs is None else queue.dequeue_up_to)(batch_size)
        tensors = taken if isinstance(taken, list) else [taken]
        features = dict(zip(names, tensors, strict=False))
        if targets is None:
            return features
        labels = {name: features.pop(name) for name in targets}
        return features, labels if len(labels) > 1 else labels[targets[0]]

    return input_fn


def _first(x: Any) -> dict[str, Any]:
    if not isinstance(x, FunctionType):
        raise TypeError(f"x must be generator function; got {type(x).__name__}")
    generator = x()
    if not isinstance(generator, GeneratorType):
        raise TypeError(f"x() must be generator; got {type(generator).__name__}")
    example = next(generator)
    if not isinstance(example, dict):
        raise TypeError(f"x() must yield dict; got {type(example).__name__}")
    return example


def _targets(target_key: Any, names: list[str]) -> Any:
    wanted = "target_key must be str or Container of str; got "
    if target_key is None:
        return None
    if isinstance(target_key, str):
        return [target_key]
    if not isinstance(target_key, Container):
        raise TypeError(wanted + type(target_key).__name__)
    for name in target_key:  # type: ignore[attr-defined]
        if not isinstance(name, str):
            raise TypeError(wanted + type(name).__name__)
        if name not in names:
            raise KeyError(f"target_key not in yielded dict. Expected {names} keys; got {name}")
    return target_key
