"""contrib.learn's exports: how an Experiment writes what it has trained."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

__all__ = ["ExportStrategy"]


class _Strategy(NamedTuple):
    name: str
    export_fn: Callable[..., Any]
    strip_default_attrs: bool | None


class ExportStrategy(_Strategy):
    """A way to export an estimator.

    Args:
        name: The folder below `export` in the model's.
        export_fn: Exports, of the estimator, the folder and, as far as it takes them,
            checkpoint_path, eval_result and strip_default_attrs; returns where.
        strip_default_attrs: Whether attributes that have their default are left out.
    """

    __slots__ = ()

    def __new__(
        cls, name: str, export_fn: Callable[..., Any], strip_default_attrs: bool | None = None
    ) -> ExportStrategy:
        return super().__new__(cls, name, export_fn, strip_default_attrs)

    def export(
        self,
        estimator: Any,
        export_path: str,
        checkpoint_path: str | None = None,
        eval_result: Any = None,
    ) -> Any:
        """Exports.

        Args:
            estimator: The estimator.
            export_path: The folder.
            checkpoint_path: The checkpoint; the function's own choice unless given.
            eval_result: What was measured of it.

        Returns:
            What the function returns.

        Raises:
            ValueError: The function takes eval_result without checkpoint_path.
        """
        wanted = inspect.signature(self.export_fn).parameters
        if "eval_result" in wanted and "checkpoint_path" not in wanted:
            raise ValueError("An export_fn accepting eval_result must also accept checkpoint_path.")
        offered = {
            "checkpoint_path": checkpoint_path,
            "eval_result": eval_result,
            "strip_default_attrs": self.strip_default_attrs,
        }
        given = {name: value for name, value in offered.items() if name in wanted}
        return self.export_fn(estimator, export_path, **given)
