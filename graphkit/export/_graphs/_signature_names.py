"""What the signature of a source calls its tensors, beside the names they have in the graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphkit._tf import Graph, Tensor
from graphkit.errors import ArgumentError, UnknownNameError
from graphkit.export._graphs._tensors import find_tensor, short_name

__all__ = ["SignatureNames"]


@dataclass(frozen=True)
class SignatureNames:
    """The tensors that a signature names; nothing where there is no signature.

    Attributes:
        inputs: The tensor of each input, by the signature's name for it.
        outputs: The tensor of each output, likewise.
    """

    inputs: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)

    def within(self, inputs: Mapping[str, Tensor], outputs: Iterable[Tensor]) -> SignatureNames:
        """What is left of it in a file.

        Args:
            inputs: The inputs of the file, tensors of the source, by the name they have there.
            outputs: The outputs of the file, tensors of the source.

        Returns:
            The signature's names for them, of the tensors as they are named in the file.
        """
        ins = {tensor.name: name for name, tensor in inputs.items()}
        outs = {tensor.name: short_name(tensor) for tensor in outputs}
        return SignatureNames(_left(self.inputs, ins), _left(self.outputs, outs))

    def aliases(self, inputs: Mapping[str, Tensor]) -> dict[str, str]:
        """The names in the file of the inputs that the signature names, by its names."""
        return self.within(inputs, ()).inputs

    def looked_up(self, where: str, graph: Graph, named: Mapping[str, Any]) -> dict[str, Any]:
        """Names of tensors in the graph in place of the signature's.

        A name that both have means the tensor of the graph.

        Args:
            where: The function that was called.
            graph: The source's graph.
            named: Its arguments `inputs`, `outputs` and `pins`; None where one was not given.

        Returns:
            The same; what is no name is left to who looks tensors up.

        Raises:
            UnknownNameError: A name that neither has; those of the signature are suggested too.
        """

        def own(argument: str, keys: Mapping[str, str]) -> Callable[[Any], Any]:
            return lambda name: _own(where, argument, graph, name, keys)

        pins = named["pins"]
        if isinstance(pins, Mapping):
            names = map(own("pins", self.inputs), pins)
            pins = dict(zip(names, pins.values(), strict=True))
        return {
            "inputs": _each(own("inputs", self.inputs), named["inputs"]),
            "outputs": _each(own("outputs", self.outputs), named["outputs"]),
            "pins": pins,
        }


def _left(tensors: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """The names of those tensors that have one."""
    full = {key: name if ":" in name else f"{name}:0" for key, name in tensors.items()}
    return {key: names[name] for key, name in full.items() if name in names}


def _each(own: Callable[[Any], Any], names: Any) -> Any:
    """The same for one name or several."""
    several = isinstance(names, Sequence) and not isinstance(names, str)
    return [own(name) for name in names] if several else own(names)


def _own(where: str, argument: str, graph: Graph, name: Any, keys: Mapping[str, str]) -> Any:
    """The name of a tensor in the graph, looked up in the signature where that is none."""
    if not keys or not isinstance(name, str):
        return name
    try:
        find_tensor(where, argument, graph, name)
    except (ArgumentError, UnknownNameError) as exc:
        if name in keys:
            return keys[name]
        if isinstance(exc, UnknownNameError):
            raise UnknownNameError(exc.kind, name, {*exc.candidates, *keys}) from None
        raise
    return name
