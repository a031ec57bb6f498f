"""The distributions some of whose parameters may be any number, since they are made fit first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._distributions._bijectors._elementwise import Softplus
from graphkit.tf1._contrib._distributions._normal_vectors import MultivariateNormalDiag
from graphkit.tf1._contrib._distributions._positive import Chi2, InverseGamma

__all__ = [
    "BetaWithSoftplusConcentration",
    "Chi2WithAbsDf",
    "ExponentialWithSoftplusRate",
    "GammaWithSoftplusConcentrationRate",
    "InverseGammaWithSoftplusConcentrationRate",
    "LaplaceWithSoftplusScale",
    "MultivariateNormalDiagWithSoftplusScale",
    "NormalWithSoftplusScale",
    "StudentTWithAbsDfSoftplusScale",
]

_distributions: Any = tf.distributions
_Form = Callable[[Any], Tensor]


def _soft(value: Any) -> Tensor:
    return Softplus().forward(tf.convert_to_tensor(value))


def _whole(value: Any) -> Tensor:
    return tf.floor(tf.abs(value))


def _formed(title: str, kind: Any, forms: dict[str, _Form | None]) -> Any:
    """The class of distributions whose parameters, in this order, go through functions first."""
    others = {"validate_args": False, "allow_nan_stats": True, "name": title}
    order = [*forms, *others]

    def __init__(self: Any, *args: Any, **more: Any) -> None:
        given = {**others, **dict(zip(order, args, strict=False), **more)}
        parameters = dict(given)
        with tf.name_scope(given.pop("name")) as scope:
            for parameter, form in forms.items():
                if form is not None and parameter in given:
                    given[parameter] = form(given[parameter])
            kind.__init__(self, **given, name=scope)
        self._parameters = parameters

    said = ", ".join(name for name, form in forms.items() if form is not None)
    return type(title, (kind,), {"__init__": __init__, "__doc__": f"{said} may be any number."})


BetaWithSoftplusConcentration = _formed(
    "BetaWithSoftplusConcentration",
    _distributions.Beta,
    {"concentration1": _soft, "concentration0": _soft},
)
Chi2WithAbsDf = _formed("Chi2WithAbsDf", Chi2, {"df": _whole})
ExponentialWithSoftplusRate = _formed(
    "ExponentialWithSoftplusRate", _distributions.Exponential, {"rate": _soft}
)
GammaWithSoftplusConcentrationRate = _formed(
    "GammaWithSoftplusConcentrationRate",
    _distributions.Gamma,
    {"concentration": _soft, "rate": _soft},
)
InverseGammaWithSoftplusConcentrationRate = _formed(
    "InverseGammaWithSoftplusConcentrationRate",
    InverseGamma,
    {"concentration": _soft, "rate": _soft},
)
LaplaceWithSoftplusScale = _formed(
    "LaplaceWithSoftplusScale", _distributions.Laplace, {"loc": None, "scale": _soft}
)
MultivariateNormalDiagWithSoftplusScale = _formed(
    "MultivariateNormalDiagWithSoftplusScale",
    MultivariateNormalDiag,
    {"loc": None, "scale_diag": _soft},
)
NormalWithSoftplusScale = _formed(
    "NormalWithSoftplusScale", _distributions.Normal, {"loc": None, "scale": _soft}
)
StudentTWithAbsDfSoftplusScale = _formed(
    "StudentTWithAbsDfSoftplusScale",
    _distributions.StudentT,
    {"df": _whole, "loc": None, "scale": _soft},
)
