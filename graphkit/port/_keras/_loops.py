"""What training told of itself: progress bars, epochs, and numbers of the types they had.

TensorFlow 1.15 printed a bar for `evaluate` and `predict` as well, and no times per epoch. Keras
2.2, the package of its own, also named an only epoch, and had no model's name above its tables.
"""

from __future__ import annotations

import functools
import importlib
import re
import sys
from collections.abc import Iterable
from typing import Any

from graphkit.port._keras import _summary

__all__ = ["count_from_one", "speak_as_before", "speak_as_standalone"]

_WORDS: dict[str, Any] = {
    r"\A(\n?Epoch )(\d+)(?=: )": lambda match: f"{match[1]}{int(match[2]):05d}",
    r"( - \d+s.*?) - \S+/epoch - \S+/(?:step|sample)(?=\n?\Z)": r"\1",
}
_TENSORFLOWS = {"(?<=LearningRateScheduler )setting": "reducing"}
_STANDALONES = {r"\A\d+/\d+(?= - \d+s)": ""}
_words = _WORDS | _TENSORFLOWS
_NO_METRICS = ("batch", "num_steps", "size")


def _callbacks() -> Any:
    return importlib.import_module("tf_keras.src.callbacks")


def _utils() -> Any:
    return importlib.import_module("tf_keras.src.engine.training_utils_v1")


def speak_as_before() -> None:
    """Lets the loops of version 1 print and return what they did in TensorFlow 1.15."""
    callbacks = _callbacks()
    if getattr(callbacks.configure_callbacks, "speaks_as_before", False):
        return
    bar = _as_before(callbacks.ProgbarLogger)
    callbacks.ProgbarLogger = bar
    callbacks.BaseLogger = _averaging(callbacks.BaseLogger)
    callbacks.configure_callbacks = _with_bars(callbacks.configure_callbacks, bar)
    callbacks.CallbackList._process_logs = _as_they_are  # noqa: SLF001 - it has no other hook
    callbacks.Callback.on_train_batch_begin = _on_batch_begin
    callbacks.Callback.on_train_batch_end = _on_batch_end
    _reword()
    aggregator = _utils().MetricsAggregator
    aggregator.aggregate = _in_doubles(aggregator.aggregate)


def speak_as_standalone() -> None:
    """Lets them print and return what the package `keras` 2.2 did, instead."""
    callbacks = _callbacks()
    if getattr(callbacks.ProgbarLogger, "names_every_epoch", False):
        return
    callbacks.ProgbarLogger.names_every_epoch = True
    callbacks.BaseLogger.in_doubles = True
    arrays: Any = importlib.import_module("tf_keras.src.engine.training_arrays_v1")
    tell = "_print_train_info"
    setattr(arrays, tell, _only_with_validation(getattr(arrays, tell)))
    _summary.HEADER.clear()
    _words.clear()
    _words.update(_WORDS | _STANDALONES)
    aggregator = _utils().MetricsAggregator
    aggregator.finalize = _all_in_doubles(aggregator.finalize)


def _reword() -> None:
    printing: Any = importlib.import_module("tf_keras.src.utils.io_utils")
    say = printing.print_msg

    def print_msg(message: str, line_break: bool = True) -> None:
        for pattern, words in _words.items():
            message = re.sub(pattern, words, message)
        say(message, line_break)

    printing.print_msg = print_msg


def _as_they_are(_callbacks: Any, logs: Any, is_batch_hook: bool = False) -> Any:
    return {} if logs is None else logs


def _on_batch_begin(callback: Any, batch: int, logs: Any = None) -> None:
    callback.on_batch_begin(batch, logs)


def _on_batch_end(callback: Any, batch: int, logs: Any = None) -> None:
    callback.on_batch_end(batch, logs)


def _as_before(logger: Any) -> Any:
    class ProgbarLogger(logger):  # type: ignore[misc]
        names_every_epoch = False

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            super().on_epoch_begin(epoch, logs)
            if self.names_every_epoch and self.verbose and self.epochs == 1:
                importlib.import_module("tf_keras.src.utils.io_utils").print_msg("Epoch 1/1")

        def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
            super().on_test_batch_end(batch, _told(self, logs))

        def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
            self._batch_update_progbar(batch, _counts(logs))

        def on_test_end(self, logs: Any = None) -> None:
            super().on_test_end(_told(self, logs))

        def _maybe_init_progbar(self) -> None:
            super()._maybe_init_progbar()
            _draw_as_standalone(self)

        def _batch_update_progbar(self, batch: int, logs: Any = None) -> None:
            self._maybe_init_progbar()
            shown = self.progbar.verbose
            if _is_last(self, batch, logs or {}):
                self.progbar.verbose = 0  # the end of the epoch shows it
            if self.use_steps and logs:
                logs = {name: value for name, value in logs.items() if name not in _NO_METRICS}
            super()._batch_update_progbar(batch, logs)
            self.progbar.verbose = shown

    return functools.wraps(logger, updated=())(ProgbarLogger)


def _is_last(bar: Any, batch: int, logs: Any) -> bool:
    samples = bar.seen + logs.get("size", 0) * logs.get("num_steps", 1)
    return bar.target is not None and bar.target <= (batch + 1 if bar.use_steps else samples)


def _draw_as_standalone(bar: Any) -> None:
    """Counts steps, whatever they are, and begins a new line for each bar that a file gets."""
    if bar.names_every_epoch:
        bar.progbar.unit_name = "step"
        on_screen = sys.stdout.isatty() or "ipykernel" in sys.modules
        bar.progbar._dynamic_display = on_screen  # noqa: SLF001 - it asks the system otherwise


def _averaging(logger: Any) -> Any:
    class BaseLogger(logger):  # type: ignore[misc]
        in_doubles = False

        def on_batch_end(self, batch: int, logs: Any = None) -> None:
            super().on_batch_end(batch, {**logs, "loss": _doubles([logs["loss"]])[0]})

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            super().on_epoch_end(epoch, logs)
            if self.in_doubles:
                logs.update(zip(logs, _doubles(logs.values()), strict=True))

    return functools.wraps(logger, updated=())(BaseLogger)


def _told(bar: Any, logs: Any) -> Any:
    """What `evaluate` shows: the package `keras` had no values beside its bar."""
    return _counts(logs or {}) if bar.names_every_epoch else logs


def _counts(logs: Any) -> Any:
    return {name: value for name, value in logs.items() if name in _NO_METRICS}


def _with_bars(configure: Any, bar: Any) -> Any:
    @functools.wraps(configure)
    def configure_callbacks(callbacks: Any, model: Any, *args: Any, **kwargs: Any) -> Any:
        alone = kwargs.get("mode", "train") != "train" and kwargs.get("verbose", 1)
        if alone and not isinstance(callbacks, _callbacks().CallbackList):
            callbacks = [*(callbacks or []), bar(kwargs.get("count_mode", "steps"))]
        return configure(callbacks, model, *args, **kwargs)

    configure_callbacks.speaks_as_before = True  # type: ignore[attr-defined]
    return configure_callbacks


def _doubles(values: Iterable[Any]) -> list[Any]:
    np = importlib.import_module("numpy")
    return [np.float64(value) for value in values]


def _in_doubles(aggregate: Any) -> Any:
    """Sums losses as NumPy 1 did: a number of 32 bits times a whole one had 64."""

    @functools.wraps(aggregate)
    def add(self: Any, batch_outs: Any, *args: Any, **kwargs: Any) -> Any:
        outs = [*_doubles(batch_outs[:1]), *batch_outs[1:]]
        return aggregate(self, outs, *args, **kwargs)

    return add


def _all_in_doubles(finalize: Any) -> Any:
    @functools.wraps(finalize)
    def finish(self: Any) -> None:
        finalize(self)
        self.results = _doubles(self.results)

    return finish


def _only_with_validation(tell: Any) -> Any:
    @functools.wraps(tell)
    def tell_sizes(samples: Any, validation: Any, is_dataset: bool) -> None:
        if validation:
            tell(samples, validation, is_dataset)

    return tell_sizes


def count_from_one() -> None:
    """Calls the first layer of a kind `dense_1`, as the package `keras` 2.2 did."""
    backend: Any = importlib.import_module("tf_keras.src.backend")
    number = backend.unique_object_name
    if not hasattr(number, "__wrapped__"):
        backend.unique_object_name = functools.wraps(number)(
            lambda *args, **kwargs: number(*args, **{**kwargs, "zero_based": False})
        )
