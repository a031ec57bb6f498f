"""Arguments of Keras 1's layers, which Keras 2 took with a warning and tf_keras refuses.

`Convolution2D(32, 3, 3, border_mode="same", subsample=(2, 2), init="uniform")` is from 2016. One
row per layer says which argument is called what today.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = [
    "LAYERS",
    "OldCall",
    "accept_old_layers",
    "accept_sizes_one_by_one",
    "renaming",
    "translate",
]

_IMAGES = {"border_mode": "padding", "dim_ordering": "data_format"}
_WEIGHTS = {
    "init": "kernel_initializer",
    "W_regularizer": "kernel_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint",
    "b_constraint": "bias_constraint",
    "bias": "use_bias",
}
_BIAS = {name: now for name, now in _WEIGHTS.items() if name.startswith("b")}
_CONVOLUTION = {**_WEIGHTS, **_IMAGES, "nb_filter": "filters", "subsample": "strides"}
_STATE = {
    "inner_init": "recurrent_initializer",
    "inner_activation": "recurrent_activation",
    "U_regularizer": "recurrent_regularizer",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
}
# An argument's old values, by its old name.
_VALUES: dict[str, dict[str, Any]] = {
    "dim_ordering": {"tf": "channels_last", "th": "channels_first", "default": None},
    "consume_less": {"cpu": 0, "mem": 1, "gpu": 2},
}

_Options = dict[str, Any]


@dataclass(frozen=True)
class OldCall:
    """How the arguments of one layer or method were called.

    Args:
        renamed: Old name to today's.
        sizes: Old names of a kernel's sizes, which are one argument today.
        prepare: Changes the keyword arguments where a new name is not enough; says what it changed.
        first: The first argument's name, where `prepare` has to see it.
    """

    renamed: Mapping[str, str] = field(default_factory=dict)
    sizes: tuple[str, ...] = ()
    prepare: Callable[[_Options], list[str]] | None = None
    first: str = ""


def _steps_and_width(options: _Options) -> list[str]:
    if "input_dim" not in options:
        return []
    options["input_shape"] = (options.pop("input_length", None), options.pop("input_dim"))
    return ["input_shape"]


def _recurrent(options: _Options) -> list[str]:
    changed = _steps_and_width(options)
    if "forget_bias_init" in options:
        if options.pop("forget_bias_init") == "one":
            options["unit_forget_bias"] = True
        changed.append("unit_forget_bias")
    return changed


def _both_initializers(options: _Options) -> list[str]:
    if "init" not in options:
        return []
    first = options.pop("init")
    options.update(depthwise_initializer=first, pointwise_initializer=first)
    return ["depthwise_initializer", "pointwise_initializer"]


def _normalisation(options: _Options) -> list[str]:
    if options.pop("mode", 0) != 0:
        raise TypeError(
            "The `mode` argument of `BatchNormalization` no longer exists. `mode=1` and `mode=2` "
            "are no longer supported."
        )
    return []


def _padding(options: _Options) -> list[str]:
    sides = options.get("padding")
    if not isinstance(sides, dict):
        return []
    top, bottom, left, right = (
        sides.get(f"{side}_pad", 0) for side in ("top", "bottom", "left", "right")
    )
    options["padding"] = ((top, bottom), (left, right))
    return ["padding"]


def _without(name: str) -> Callable[[_Options], list[str]]:
    def prepare(options: _Options) -> list[str]:
        return [f"no {name}"] if options.pop(name, None) is not None else []

    return prepare


_RATE = OldCall({"p": "rate"})
_ORDERED = OldCall({"dim_ordering": "data_format"})
_POOLING1D = OldCall({"pool_length": "pool_size", "stride": "strides", "border_mode": "padding"})
_POOLING = OldCall(_IMAGES)
_PLANE = ("nb_row", "nb_col")
_RECURRENT = OldCall(
    {**_WEIGHTS, **_STATE, "output_dim": "units", "consume_less": "implementation"},
    prepare=_recurrent,
)

LAYERS: dict[str, OldCall] = {
    "Dense": OldCall({**_WEIGHTS, "output_dim": "units"}),
    "Embedding": OldCall(
        {
            "init": "embeddings_initializer",
            "W_regularizer": "embeddings_regularizer",
            "W_constraint": "embeddings_constraint",
        },
        prepare=_without("dropout"),
    ),
    "Dropout": _RATE,
    "GaussianDropout": _RATE,
    "SpatialDropout1D": _RATE,
    **dict.fromkeys(
        ("SpatialDropout2D", "SpatialDropout3D"),
        OldCall({"p": "rate", "dim_ordering": "data_format"}),
    ),
    "GaussianNoise": OldCall({"sigma": "stddev"}),
    "PReLU": OldCall({"init": "alpha_initializer"}),
    "BatchNormalization": OldCall(
        {"beta_init": "beta_initializer", "gamma_init": "gamma_initializer"},
        prepare=_normalisation,
    ),
    **dict.fromkeys(("MaxPooling1D", "AveragePooling1D"), _POOLING1D),
    **dict.fromkeys(
        ("MaxPooling2D", "AveragePooling2D", "MaxPooling3D", "AveragePooling3D"), _POOLING
    ),
    **dict.fromkeys(
        (
            *("GlobalMaxPooling2D", "GlobalAveragePooling2D", "GlobalMaxPooling3D"),
            *("GlobalAveragePooling3D", "UpSampling2D", "UpSampling3D", "ZeroPadding3D"),
            *("Cropping2D", "Cropping3D"),
        ),
        _ORDERED,
    ),
    "ZeroPadding2D": OldCall({"dim_ordering": "data_format"}, prepare=_padding, first="padding"),
    "UpSampling1D": OldCall({"length": "size"}),
    "Conv1D": OldCall(
        {**_CONVOLUTION, "filter_length": "kernel_size", "subsample_length": "strides"},
        prepare=_steps_and_width,
    ),
    "Conv2D": OldCall(_CONVOLUTION, _PLANE),
    "Conv2DTranspose": OldCall(_CONVOLUTION, _PLANE, _without("output_shape")),
    "SeparableConv2D": OldCall(
        {**_BIAS, **_IMAGES, "nb_filter": "filters", "subsample": "strides"},
        _PLANE,
        _both_initializers,
    ),
    "Conv3D": OldCall(_CONVOLUTION, ("kernel_dim1", "kernel_dim2", "kernel_dim3")),
    "ConvLSTM2D": OldCall({**_CONVOLUTION, **_STATE}, _PLANE, _recurrent),
    **dict.fromkeys(("SimpleRNN", "GRU", "LSTM"), _RECURRENT),
}


def translate(name: str, call: OldCall, args: Any, kwargs: _Options) -> tuple[Any, _Options]:
    """Gives the arguments of a call their names of today.

    Args:
        name: What is called, for messages.
        call: How its arguments were called.
        args: The positional arguments.
        kwargs: The keyword arguments.

    Returns:
        Both, as they are today.

    Raises:
        TypeError: An argument is given by its old and its new name.
    """
    options = dict(kwargs)
    if call.first and args:
        options[call.first], *args = args
    args, changed = _joined_sizes(call.sizes, tuple(args), options)
    if call.prepare is not None:
        changed += call.prepare(options)
    for old in [old for old in options if old in call.renamed]:
        new, value = call.renamed[old], options.pop(old)
        if new in options:
            raise TypeError(f"`{name}` was given `{new}` twice, once by its old name `{old}`")
        meanings = _VALUES.get(old, {})
        options[new] = meanings.get(value, value) if isinstance(value, str) else value
        changed.append(new)
    if changed:
        now = ", ".join(sorted(changed))
        warnings.warn(f"Update your `{name}` call to the Keras 2 API: {now}", stacklevel=4)
    return args, options


def _joined_sizes(names: tuple[str, ...], args: Any, options: _Options) -> tuple[Any, list[str]]:
    """Makes one argument of a kernel's sizes: Keras 1 took them one by one."""
    if not names:
        return args, []
    by_name = [name for name in names if name in options]
    by_place = args[1 : 1 + len(names) - len(by_name)]
    if not by_name or len(by_place) + len(by_name) < len(names):
        return args, []
    options["kernel_size"] = (*by_place, *(options.pop(name) for name in by_name))
    return (*args[:1], *args[1 + len(by_place) :]), ["kernel_size"]


def renaming(method: Callable[..., Any], name: str, call: OldCall) -> Callable[..., Any]:
    """Lets a method take its old arguments too.

    Args:
        method: The method; its first argument is the object.
        name: Its name, for messages.
        call: How its arguments were called.

    Returns:
        The method that replaces it.
    """

    @functools.wraps(method)
    def accepting(self: Any, *args: Any, **kwargs: Any) -> Any:
        args, kwargs = translate(name, call, args, kwargs)
        return method(self, *args, **kwargs)

    accepting.takes_old_arguments = True  # type: ignore[attr-defined]
    return accepting


def accept_old_layers(layers: Any) -> None:
    """Lets layers be made with Keras 1's arguments.

    Args:
        layers: A module of tf_keras that has them.
    """
    for name, call in LAYERS.items():
        kind = getattr(layers, name)
        if not hasattr(kind.__init__, "takes_old_arguments"):
            kind.__init__ = renaming(kind.__init__, name, call)


def accept_sizes_one_by_one(layers: Any) -> None:
    """Lets `Conv2D(32, 3, 3)` mean a kernel of 3 by 3, as standalone Keras read it.

    In tf.keras the last 3 is a stride, so this is for programs that import `keras`.

    Args:
        layers: A module of tf_keras that has them.
    """
    for name, call in LAYERS.items():
        kind = getattr(layers, name)
        if call.sizes and not hasattr(kind.__init__, "takes_sizes"):
            kind.__init__ = _naming_sizes(kind.__init__, call.sizes)


def _naming_sizes(method: Callable[..., Any], names: tuple[str, ...]) -> Callable[..., Any]:
    @functools.wraps(method)
    def accepting(self: Any, *args: Any, **kwargs: Any) -> Any:
        sizes = args[1 : 1 + len(names)]
        said = kwargs.keys() & {"padding", "strides", "data_format"}
        if len(sizes) == len(names) and all(isinstance(size, int) for size in sizes):
            if said:
                raise ValueError(
                    f"{sizes} may be a kernel's size and its strides, or the two sizes of a "
                    "kernel: name `strides`"
                )
            kwargs.update(zip(names, sizes, strict=True))
            args = (args[0], *args[1 + len(names) :])
        return method(self, *args, **kwargs)

    accepting.takes_sizes = True  # type: ignore[attr-defined]
    return accepting
