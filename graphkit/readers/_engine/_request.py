"""What a batcher was asked for, whichever function it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.readers._engine._chain import Chain, find_chain
from graphkit.readers._engine._refusal import NotLifted

__all__ = ["Request"]


@dataclass(frozen=True)
class Request:
    """The arguments of a batching function, whichever it was.

    Attributes:
        examples: The components of one example each, one example per source of a join.
        keep: Whether an example is kept (bool, `[]`, or `[N]` with `enqueue_many`), per example;
            None where all are.
        batch_size: Examples per batch.
        stock: How many examples the shuffling draws from; None for no shuffling.
        seed: Seed of the shuffling.
        enqueue_many: Whether the components hold many examples along their first axis.
        dynamic_pad: Whether unknown dimensions are padded to the longest of the batch.
        smaller: Whether what is left at the end makes a last batch.
        shapes: The shape each component of an example has to have; None where the tensors tell.
        bucket_sizes: Examples per batch of each bucket, which the first component of an example
            tells; empty where there are no buckets.
    """

    examples: tuple[tuple[Any, ...], ...]
    keep: tuple[Tensor | None, ...]
    batch_size: int
    stock: int | None
    seed: int | None
    enqueue_many: bool
    dynamic_pad: bool
    smaller: bool
    shapes: tuple[Any, ...] | None
    bucket_sizes: tuple[int, ...] = ()

    @classmethod
    def of(cls, arguments: Mapping[str, Any]) -> Request:
        """Reads the arguments of any of the batching functions.

        Raises:
            NotLifted: An argument asks for what only a queue does.
        """
        if arguments.get("shared_name"):
            raise NotLifted(None, "sessions share its queue (shared_name)")
        if "which_bucket" in arguments:
            return cls._of_buckets(arguments)
        batch_size = _batch_size(arguments["batch_size"])
        lists = arguments["tensors_list"] if "tensors_list" in arguments else [arguments["tensors"]]
        if not lists:
            raise NotLifted(None, "there is no tensor")
        examples = tuple(_components(one) for one in lists)
        _require_alike(lists, examples)
        keep = arguments.get("keep_input")  # one for all, which may be a list of bools
        keep = None if keep is True else keep
        shapes = _shapes(arguments.get("shapes"), examples)
        _require_shapes(examples, shapes, arguments)
        return cls(
            examples,
            (keep,) * len(examples),
            batch_size,
            _stock(arguments, batch_size),
            arguments.get("seed"),
            bool(arguments.get("enqueue_many")),
            bool(arguments.get("dynamic_pad", False)),
            bool(arguments["allow_smaller_final_batch"]),
            shapes,
        )

    @classmethod
    def _of_buckets(cls, arguments: Mapping[str, Any]) -> Request:
        """Reads the arguments of `bucket`; the bucket becomes an example's first component."""
        which, given = arguments["which_bucket"], arguments["batch_size"]
        if not tf.is_tensor(which) or which.dtype != tf.int32 or which.shape.rank != 0:
            raise NotLifted(None, "which_bucket is no int32 scalar of the graph")
        listed = isinstance(given, (list, tuple))
        sizes = tuple(_batch_size(size) for size in (given if listed else [given]))
        left = {key: value for key, value in arguments.items() if key != "which_bucket"}
        plain = cls.of({**left, "batch_size": sizes[0]})
        return replace(
            plain,
            examples=((which, *plain.examples[0]),),
            shapes=plain.shapes and (tf.TensorShape([]), *plain.shapes),
            bucket_sizes=sizes if listed else sizes * arguments["num_buckets"],
        )

    @property
    def whole(self) -> bool:
        """Whether every example becomes one of the batch, dense and as it is."""
        return (
            self.shapes is None
            and not self.dynamic_pad
            and not self.bucket_sizes
            and all(keep is None for keep in self.keep)
            and not any(isinstance(t, tf.SparseTensor) for t in self.examples[0])
        )

    def chains(self) -> list[Chain]:
        """Finds where each example comes from.

        Raises:
            NotLifted: An op on the way cannot be lifted.
        """
        pairs = zip(self.examples, self.keep, strict=True)
        return [find_chain(_flat(example, keep)) for example, keep in pairs]


def _components(example: Any) -> tuple[Any, ...]:
    """Lists the tensors of an example in the order TensorFlow batches them."""
    if isinstance(example, Mapping):
        found = [example[key] for key in sorted(example)]
    elif isinstance(example, (list, tuple)):
        found = list(example)
    else:
        raise NotLifted(None, "its tensors are in no list")
    if not found:
        raise NotLifted(None, "there is no tensor")
    for tensor in found:
        if not tf.is_tensor(tensor) or isinstance(tensor, tf.Variable):
            raise NotLifted(None, "it batches a value that is no tensor")
    return tuple(found)


def _require_alike(lists: Sequence[Any], examples: Sequence[tuple[Any, ...]]) -> None:
    """Leaves to the queues lists that differ, which they cut to the first or refuse.

    Args:
        lists: The examples as they were given.
        examples: Their components.
    """
    kinds = [
        (set(one) if isinstance(one, Mapping) else None, [_kind(tensor) for tensor in example])
        for one, example in zip(lists, examples, strict=True)
    ]
    if any(kind != kinds[0] for kind in kinds):
        raise NotLifted(None, "the examples differ in their components (tensors_list)")


def _kind(component: Any) -> tuple[bool, Any, Any]:
    """What every example has to have in one place: dense or sparse, its dtype, a sparse rank."""
    sparse = isinstance(component, tf.SparseTensor)
    return sparse, component.dtype, component.shape.rank if sparse else None


def _batch_size(given: Any) -> int:
    number = tf.get_static_value(given) if tf.is_tensor(given) else given
    if number is None or number < 1:
        raise NotLifted(given.op, "the batch size is computed")
    return int(number)


def _shapes(given: Any, examples: Sequence[tuple[Any, ...]]) -> tuple[Any, ...] | None:
    """Reads `shapes`, a shape per component or the one of a lone component.

    Returns:
        The shapes; None if there are none.
    """
    if given is None:
        return None
    if any(isinstance(tensor, tf.SparseTensor) for tensor in examples[0]):
        raise NotLifted(None, "the shapes of sparse tensors are given (shapes)")
    lone = isinstance(given, tf.TensorShape) or all(isinstance(n, (int, type(None))) for n in given)
    shapes = tuple(tf.TensorShape(shape) for shape in ([given] if lone else given))
    if len(shapes) != len(examples[0]):
        raise NotLifted(None, f"{len(shapes)} shapes are given for {len(examples[0])} tensors")
    return shapes


def _require_shapes(
    examples: Sequence[tuple[Any, ...]],
    shapes: tuple[Any, ...] | None,
    arguments: Mapping[str, Any],
) -> None:
    """Leaves to the queues, and so to their errors, what has no shape that a queue takes."""
    places = [i for i, one in enumerate(examples[0]) if not isinstance(one, tf.SparseTensor)]
    for place in places:
        told = [example[place].shape for example in examples] if shapes is None else [shapes[place]]
        op = examples[0][place].op
        if any(shape.rank is None for shape in told):
            raise NotLifted(op, "its rank is unknown")
        if shapes is None and arguments.get("enqueue_many"):
            if any(shape.rank == 0 for shape in told):
                raise NotLifted(op, "it has no axis of examples (enqueue_many)")
            told = [shape[1:] for shape in told]
        if not arguments.get("dynamic_pad") and not told[0].is_fully_defined():
            raise NotLifted(op, f"its shape {told[0]} is not fully defined, nor is it padded")
        if not all(shape.is_compatible_with(told[0]) for shape in told):
            raise NotLifted(op, "the examples differ in shape")


def _stock(arguments: Mapping[str, Any], batch_size: int) -> int | None:
    """How many examples a shuffling queue of these sizes holds when it is full."""
    least = arguments.get("min_after_dequeue")
    if least is None:
        return None
    capacity = int(arguments["capacity"])
    return capacity if capacity > 0 else int(least) + batch_size


def _flat(example: tuple[Any, ...], keep: Tensor | None) -> list[Tensor]:
    """Lists the dense tensors of an example; whether it is kept comes last."""
    tensors = tf.nest.flatten(example, expand_composites=True)
    return tensors if keep is None else [*tensors, tf.convert_to_tensor(keep)]
