"""What Keras took away between 2.2 and 2.12: methods, and names of its own first version."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from typing import Any

__all__ = ["KERAS_NAMES"]


def _apply(layer: Any, inputs: Any, *arguments: Any, **options: Any) -> Any:
    return layer(inputs, *arguments, **options)


def _predict_proba(model: Any, x: Any, batch_size: int = 32, verbose: int = 0) -> Any:
    return model.predict(x, batch_size=batch_size, verbose=verbose)


def _predict_classes(model: Any, x: Any, batch_size: int = 32, verbose: int = 0) -> Any:
    found = model.predict(x, batch_size=batch_size, verbose=verbose)
    return found.argmax(axis=-1) if found.shape[-1] > 1 else (found > 0.5).astype("int32")


def _dimension_order(keras: Any) -> Callable[[], str]:
    orders = {"channels_first": "th", "channels_last": "tf"}
    return lambda: orders[keras.backend.image_data_format()]


def _set_dimension_order(keras: Any) -> Callable[[str], None]:
    formats = {"th": "channels_first", "tf": "channels_last"}

    def set_image_dim_ordering(dim_ordering: str) -> None:
        if dim_ordering not in formats:
            raise ValueError(f"Unknown dim_ordering: {dim_ordering}")
        keras.backend.set_image_data_format(formats[dim_ordering])

    return set_image_dim_ordering


def _tensorflow(keras: Any) -> Any:
    return importlib.import_module("graphkit.tf1" if "._v1." in keras.__name__ else "tensorflow")


def _log_sum_exp(keras: Any) -> Callable[..., Any]:
    def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        return importlib.import_module("tensorflow").reduce_logsumexp(x, axis, keepdims)

    return logsumexp


def _print_summary(model: Any, *arguments: Any, **options: Any) -> None:
    model.summary(*arguments, **options)


def _op(name: str) -> Callable[[Any], Any]:
    return lambda _keras: getattr(importlib.import_module("tensorflow"), name)


def _value(value: Any) -> Callable[[Any], Any]:
    return lambda _keras: value


def _renamed(path: str) -> Callable[[Any], Any]:
    place, _, name = path.partition(".")
    return lambda keras: getattr(getattr(keras, place), name)


def _old_layer(name: str) -> Callable[[Any], Any]:
    return lambda _keras: getattr(importlib.import_module("graphkit.port._keras._layers"), name)


def _of_version_one(path: str) -> Callable[[Any], Any]:
    place, _, name = path.rpartition(".")
    return lambda _keras: getattr(importlib.import_module(f"graphkit.tf1.keras.{place}"), name)


def _dilated(old: str, now: str) -> Callable[[Any], Callable[..., Any]]:
    """A convolution with holes, whose `atrous_rate` is `dilation_rate` today."""

    def provide(keras: Any) -> Callable[..., Any]:
        def make(*arguments: Any, atrous_rate: Any = 1, **options: Any) -> Any:
            message = f"The `{old}` layer  has been deprecated. Use instead the `{now}` layer"
            warnings.warn(f"{message} with the `dilation_rate` argument.", stacklevel=2)
            return getattr(keras.layers, now)(*arguments, dilation_rate=atrous_rate, **options)

        return make

    return provide


_OLD_OPTIMIZERS = ("Adadelta", "Adagrad", "Adam", "Adamax", "Nadam", "RMSprop", "SGD")

# Names below `keras`, each with what gives it; a class in the path gets a method.
KERAS_NAMES: dict[str, Callable[[Any], Any]] = {
    "__version__": _value("2.2.4"),
    "layers.Layer.apply": _value(_apply),
    "models.Sequential.model": _value(property(lambda model: model)),
    "models.Sequential.predict_classes": _value(_predict_classes),
    "models.Sequential.predict_proba": _value(_predict_proba),
    "backend.get_variable_shape": _renamed("backend.int_shape"),
    "backend.identity": _op("identity"),
    "backend.image_dim_ordering": _dimension_order,
    "backend.is_tensor": _op("is_tensor"),
    "backend.logsumexp": _log_sum_exp,
    "backend.set_image_dim_ordering": _set_dimension_order,
    "backend.slice": _op("slice"),
    "backend.tf": _tensorflow,
    "callbacks.Progbar": _renamed("utils.Progbar"),
    "constraints.maxnorm": _renamed("constraints.MaxNorm"),
    "constraints.nonneg": _renamed("constraints.NonNeg"),
    "constraints.unitnorm": _renamed("constraints.UnitNorm"),
    "initializers.one": _renamed("initializers.Ones"),
    "initializers.zero": _renamed("initializers.Zeros"),
    **{
        f"layers.{old}": _dilated(f"AtrousConvolution{number}", f"Conv{number}")
        for number in ("1D", "2D")
        for old in (f"AtrousConv{number}", f"AtrousConvolution{number}")
    },
    "layers.Deconv2D": _renamed("layers.Conv2DTranspose"),
    "layers.Deconv3D": _renamed("layers.Conv3DTranspose"),
    "layers.Deconvolution2D": _renamed("layers.Conv2DTranspose"),
    "layers.Deconvolution3D": _renamed("layers.Conv3DTranspose"),
    "layers.Highway": _old_layer("Highway"),
    "layers.MaxoutDense": _old_layer("MaxoutDense"),
    "models.Input": _renamed("layers.Input"),
    "models.InputLayer": _renamed("layers.InputLayer"),
    "utils.print_summary": _value(_print_summary),
    **{
        f"utils.{name}": _of_version_one(f"utils.{name}")
        for name in ("HDF5Matrix", "convert_all_kernels_in_model", "multi_gpu_model")
    },
    **{f"optimizers.{name.lower()}": _renamed(f"optimizers.{name}") for name in _OLD_OPTIMIZERS},
}
