"""contrib.learn's monitors of values: those that print, keep or check tensors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import numpy as np

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._learn._monitors import BaseMonitor, EveryN, output_of

__all__ = ["CaptureVariable", "GraphDump", "LoggingTrainable", "NanLoss", "PrintTensor"]


def _told(names: Mapping[str, Any], outputs: Mapping[Any, Any]) -> str:
    parts = (
        f"{tag} = {output_of(outputs, name)}" for tag, name in names.items() if name in outputs
    )
    return ", ".join(parts)


class PrintTensor(EveryN):
    """Logs the values of tensors.

    Args:
        tensor_names: Names of tensors, or what each is called to its name.
        every_n: At which steps.
        first_n: At how many steps in the beginning.
    """

    def __init__(
        self,
        tensor_names: Mapping[str, str] | Iterable[str],
        every_n: int = 100,
        first_n: int = 1,
    ) -> None:
        super().__init__(every_n, first_n)
        named = isinstance(tensor_names, Mapping)
        self._tensor_names = (
            dict(tensor_names) if named else {name: name for name in tensor_names}  # type: ignore[arg-type]
        )

    def every_n_step_begin(self, step: int) -> list[Any]:
        """Asks for the tensors."""
        return list(self._tensor_names.values())

    def every_n_step_end(self, step: int, outputs: Mapping[Any, Any]) -> bool | None:
        """Logs them."""
        tf.logging.info("Step %d: %s", step, _told(self._tensor_names, outputs))
        return None


class LoggingTrainable(EveryN):
    """Logs the values of trainable variables.

    Args:
        scope: The variables' scope; all unless given.
        every_n: At which steps.
        first_n: At how many steps in the beginning.
    """

    def __init__(self, scope: str | None = None, every_n: int = 100, first_n: int = 1) -> None:
        super().__init__(every_n, first_n)
        self._scope = scope
        self._values: dict[str, Any] = {}

    def every_n_step_begin(self, step: int) -> list[Any]:
        """Asks for the variables."""
        found = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, self._scope)
        # Not `value()`, which adds to a graph that is finished where variables are resources.
        graph = tf.get_default_graph()
        self._values = {each.name: graph.as_graph_element(each).name for each in found}
        return list(self._values.values())

    def every_n_step_end(self, step: int, outputs: Mapping[Any, Any]) -> bool | None:
        """Logs them."""
        tf.logging.info("Logging Trainable: Step %d: %s", step, _told(self._values, outputs))
        return None


class CaptureVariable(EveryN):
    """Keeps the values of a variable.

    Args:
        var_name: The name of the variable, or of another tensor.
        every_n: At which steps.
        first_n: At how many steps in the beginning.
    """

    def __init__(self, var_name: str, every_n: int = 100, first_n: int = 1) -> None:
        super().__init__(every_n, first_n)
        self._var_name = var_name
        self._var_values: dict[int, Any] = {}

    @property
    def values(self) -> dict[int, Any]:
        """Step to value."""
        return self._var_values

    def every_n_step_begin(self, step: int) -> list[Any]:
        """Asks for the variable."""
        return [self._var_name]

    def every_n_step_end(self, step: int, outputs: Mapping[Any, Any]) -> bool | None:
        """Keeps it."""
        self._var_values[step] = output_of(outputs, self._var_name)
        return None


class NanLoss(EveryN):
    """Looks whether a loss is no number.

    Args:
        loss_tensor: The loss.
        every_n_steps: At which steps.
        fail_on_nan_loss: Whether that is an error; training ends without one unless it is.
    """

    def __init__(
        self, loss_tensor: Tensor, every_n_steps: int = 100, fail_on_nan_loss: bool = True
    ) -> None:
        super().__init__(every_n_steps)
        self._loss_tensor = loss_tensor
        self._fail_on_nan_loss = fail_on_nan_loss

    def every_n_step_begin(self, step: int) -> list[Any]:
        """Asks for the loss."""
        return [self._loss_tensor]

    def every_n_step_end(self, step: int, outputs: Mapping[Any, Any]) -> bool | None:
        """Looks at it."""
        if not np.isnan(output_of(outputs, self._loss_tensor)):
            return None
        if self._fail_on_nan_loss:
            tf.logging.error("Model diverged with loss = NaN.")
            raise tf.train.NanLossDuringTrainingError
        tf.logging.warning("Model diverged with loss = NaN.")
        return True


class GraphDump(BaseMonitor):
    """Keeps the value of every tensor of a graph.

    Args:
        ignore_ops: Types of ops whose values are not kept; `IGNORE_OPS` unless given.
    """

    IGNORE_OPS: ClassVar[list[str]] = [
        "Const",
        "Assign",
        "Identity",
        "Placeholder",
        "RandomUniform",
        "Cast",
        "RestoreSlice",
    ]

    def __init__(self, ignore_ops: Iterable[str] | None = None) -> None:
        super().__init__()
        self._ignore_ops = ignore_ops or GraphDump.IGNORE_OPS
        self._data: dict[int, Mapping[Any, Any]] = {}

    def begin(self, max_steps: int | None = None) -> None:
        """Lists the tensors."""
        super().begin(max_steps)
        every = tf.get_default_graph().get_operations()
        ops = [op for op in every if op.type not in self._ignore_ops]
        for op in ops:
            tf.logging.info("op=%s name=%s.", op.type, op.name)
        self._tensors = [op.outputs[0] for op in ops if op.outputs]

    def step_begin(self, step: int) -> list[Any]:
        """Asks for all tensors."""
        super().step_begin(step)
        return self._tensors

    def step_end(self, step: int, output: Mapping[Any, Any]) -> bool | None:
        """Keeps them."""
        super().step_end(step, output)
        self._data[step] = output
        return None

    @property
    def data(self) -> dict[int, Mapping[Any, Any]]:
        """Step to tensor to value."""
        return self._data

    def compare(self, other_dump: GraphDump, step: int, atol: float = 1e-06) -> tuple[Any, Any]:
        """Compares a step with that of another dump.

        Args:
            other_dump: The other.
            step: The step.
            atol: By how much arrays may differ.

        Returns:
            The names of the tensors that are equal, and those of the others to how they differ:
            the difference of arrays, or both values.

        Raises:
            ValueError: The other dump lacks a tensor.
        """
        others = other_dump.data.get(step, {})
        matched, differing = [], {}
        for name, one in self.data.get(step, {}).items():
            if not isinstance(name, str):
                continue
            if name not in others:
                raise ValueError(f"{name} missing at step {step}.")
            other = others[name]
            if isinstance(one, str):
                continue
            array = isinstance(one, np.ndarray)
            if np.allclose(one, other, atol=atol) if array else one == other:
                matched.append(name)
            else:
                differing[name] = one - other if array else (one, other)
        return matched, differing
