"""contrib.learn's ways to export an estimator while an Experiment trains it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from graphkit._tf import tf
from graphkit.tf1._contrib._learn._export_folders import garbage_collect_exports
from graphkit.tf1._contrib._learn._export_strategy import ExportStrategy
from graphkit.tf1._contrib._learn._interfaces import is_of_today
from graphkit.tf1._contrib._learn._serving_inputs import build_parsing_serving_input_fn
from graphkit.tf1._namespace import load

__all__ = [
    "BestModelSelector",
    "extend_export_strategy",
    "make_best_model_export_strategy",
    "make_export_strategy",
    "make_parsing_export_strategy",
]


def make_export_strategy(
    serving_input_fn: Callable[[], Any],
    default_output_alternative_key: str | None = None,
    assets_extra: Mapping[str, str] | None = None,
    as_text: bool = False,
    exports_to_keep: int | None = 5,
    strip_default_attrs: bool | None = None,
) -> ExportStrategy:
    """Makes the way to export SavedModels.

    Args:
        serving_input_fn: Makes what is fed, InputFnOps; a ServingInputReceiver for an estimator of
            `tf.estimator`.
        default_output_alternative_key: What is served by default, where a model has several heads.
        assets_extra: Where a file goes below `assets.extra` to the file.
        as_text: Whether the model is written as text.
        exports_to_keep: How many exports are kept; all for None.
        strip_default_attrs: Whether attributes that have their default are left out.

    Returns:
        The way, named "Servo".
    """

    def export_fn(
        estimator: Any,
        export_dir_base: str,
        checkpoint_path: str | None = None,
        strip_default_attrs: bool | None = False,
    ) -> Any:
        own = {"default_output_alternative_key": default_output_alternative_key}
        if is_of_today(estimator):
            own = {}
        if not own and default_output_alternative_key is not None:
            raise ValueError(
                "default_output_alternative_key is not supported in core Estimator. Given: "
                f"{default_output_alternative_key}"
            )
        made = estimator.export_savedmodel(
            export_dir_base,
            serving_input_fn,
            assets_extra=assets_extra,
            as_text=as_text,
            checkpoint_path=checkpoint_path,
            strip_default_attrs=strip_default_attrs,
            **own,
        )
        garbage_collect_exports(export_dir_base, exports_to_keep)
        return made

    return ExportStrategy("Servo", export_fn, strip_default_attrs)


def make_parsing_export_strategy(
    feature_columns: Iterable[Any],
    default_output_alternative_key: str | None = None,
    assets_extra: Mapping[str, str] | None = None,
    as_text: bool = False,
    exports_to_keep: int | None = 5,
    target_core: bool = False,
    strip_default_attrs: bool | None = None,
) -> ExportStrategy:
    """Makes the way to export SavedModels that are fed serialized Examples.

    Args:
        feature_columns: The columns of the model, which say what is parsed.
        default_output_alternative_key: What is served by default, where a model has several heads.
        assets_extra: Where a file goes below `assets.extra` to the file.
        as_text: Whether the model is written as text.
        exports_to_keep: How many exports are kept; all for None.
        target_core: Whether the estimator is one of `tf.estimator`.
        strip_default_attrs: Whether attributes that have their default are left out.

    Returns:
        The way, named "Servo".
    """
    spec = load("graphkit.tf1.contrib.layers").create_feature_spec_for_parsing(feature_columns)
    if target_core:
        core = load("graphkit.tf1.estimator").export.build_parsing_serving_input_receiver_fn
        serving_input_fn = core(spec)
    else:
        serving_input_fn = build_parsing_serving_input_fn(spec)
    return make_export_strategy(
        serving_input_fn,
        default_output_alternative_key,
        assets_extra,
        as_text,
        exports_to_keep,
        strip_default_attrs,
    )


def _smaller_loss(best: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    for name, result in (("curr_best_eval_result", best), ("cand_eval_result", found)):
        if not result or "loss" not in result:
            raise ValueError(f"{name} cannot be empty or no loss is found in it.")
    return bool(best["loss"] > found["loss"])


class BestModelSelector:
    """Remembers the best of several measurements.

    Args:
        event_file_pattern: Files of events with earlier measurements, a glob.
        compare_fn: Says of the best and another whether the other is better; it is where its loss
            is smaller unless given.
    """

    def __init__(
        self,
        event_file_pattern: str | None = None,
        compare_fn: Callable[[Any, Any], bool] | None = None,
    ) -> None:
        self._better = compare_fn or _smaller_loss
        self._best: Any = None
        for path in tf.gfile.Glob(event_file_pattern) if event_file_pattern else ():
            for event in tf.train.summary_iterator(path):
                if event.HasField("summary"):
                    values = event.summary.value
                    numbers = (value for value in values if value.HasField("simple_value"))
                    self._remember({value.tag: value.simple_value for value in numbers})

    def _remember(self, found: Any) -> bool:
        if self._best is not None and not self._better(self._best, found):
            return False
        self._best = found
        return True

    def update(self, checkpoint_path: str | None, eval_result: Any) -> tuple[str, Any]:
        """Compares a measurement with the best.

        Args:
            checkpoint_path: The checkpoint that was measured.
            eval_result: Name to value.

        Returns:
            Both, where it is better; or "" and None.

        Raises:
            ValueError: There is no checkpoint or no measurement.
        """
        if not checkpoint_path:
            raise ValueError("Checkpoint path is empty.")
        if eval_result is None:
            raise ValueError(f"{checkpoint_path} has empty evaluation results.")
        return (checkpoint_path, eval_result) if self._remember(eval_result) else ("", None)


def make_best_model_export_strategy(
    serving_input_fn: Callable[[], Any],
    exports_to_keep: int | None = 1,
    model_dir: str | None = None,
    event_file_pattern: str | None = None,
    compare_fn: Callable[[Any, Any], bool] | None = None,
    default_output_alternative_key: str | None = None,
    strip_default_attrs: bool | None = None,
) -> ExportStrategy:
    """Makes the way to export a model only where it is better than all before.

    Args:
        serving_input_fn: As for `make_export_strategy`.
        exports_to_keep: How many exports of a checkpoint are kept; all for None.
        model_dir: The folder of the model.
        event_file_pattern: Files of events in it with earlier measurements, a glob.
        compare_fn: As for `BestModelSelector`.
        default_output_alternative_key: What is served by default, where a model has several heads.
        strip_default_attrs: Whether attributes that have their default are left out.

    Returns:
        The way, named "best_model"; each export is in a folder named as its checkpoint.
    """
    always = make_export_strategy(
        serving_input_fn,
        default_output_alternative_key,
        exports_to_keep=exports_to_keep,
        strip_default_attrs=strip_default_attrs,
    )
    earlier = model_dir and event_file_pattern and os.path.join(model_dir, event_file_pattern)
    selector = BestModelSelector(earlier or None, compare_fn)

    def export_fn(
        estimator: Any,
        export_dir_base: str,
        checkpoint_path: str | None,
        eval_result: Any = None,
    ) -> Any:
        latest = checkpoint_path or tf.train.latest_checkpoint(estimator.model_dir)
        best, found = selector.update(latest, eval_result)
        if not best or found is None:
            return ""
        return always.export(
            estimator, os.path.join(export_dir_base, os.path.basename(best)), best, found
        )

    return ExportStrategy("best_model", export_fn)


def extend_export_strategy(
    base_export_strategy: ExportStrategy,
    post_export_fn: Callable[[Any, str], Any],
    post_export_name: str | None = None,
) -> ExportStrategy:
    """Makes a way to export that changes what another way exported.

    Args:
        base_export_strategy: The other way.
        post_export_fn: Of an export and a folder: writes the changed export into the folder, and
            returns where in it.
        post_export_name: The way's name; the other's unless given.

    Returns:
        The way.
    """

    def export_fn(estimator: Any, export_dir_base: str, checkpoint_path: str | None = None) -> Any:
        base = _new_folder(export_dir_base, "base")
        tf.gfile.MakeDirs(base)
        exported = base_export_strategy.export(estimator, base, checkpoint_path)
        folder = _new_folder(export_dir_base, "post")
        changed = post_export_fn(exported, folder)
        if not changed.startswith(folder):
            raise ValueError(f"post_export_fn must return a sub-directory of {folder}")
        final = os.path.join(export_dir_base, os.path.relpath(changed, folder))
        if tf.gfile.Exists(final):
            raise RuntimeError("Failed to obtain final export directory")
        tf.gfile.Rename(changed, final)
        for used in (base, folder):
            tf.gfile.DeleteRecursively(used)
        return final

    return ExportStrategy(post_export_name or base_export_strategy.name, export_fn)


def _new_folder(export_dir_base: str, kind: str) -> str:
    folder = os.path.join(export_dir_base, f"temp-{kind}-export-{int(time.time())}")
    if tf.gfile.Exists(folder):
        raise RuntimeError(f"Failed to obtain a folder for the {kind} export: {folder} is there")
    return folder
