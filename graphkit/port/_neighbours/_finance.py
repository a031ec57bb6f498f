"""The financial functions NumPy had until 1.20, after the formula they all solve.

Money that is received counts as positive. Over `nper` periods at `rate`, with payments at the end
(`when` 0, "end") or the begin (`when` 1, "begin") of each:

    fv + pv (1 + rate)^nper + pmt (1 + rate when) ((1 + rate)^nper - 1) / rate = 0
"""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["FINANCE"]

_BEGIN = ("begin", "b", "beginning", "start", 1)


def _np() -> Any:
    return importlib.import_module("numpy")


def _is_begin(when: Any) -> Any:
    return 1 if when in _BEGIN else 0


def _growth(rate: Any, nper: Any, when: Any) -> tuple[Any, Any]:
    """What one unit of money, and one unit paid in each period, come to."""
    np = _np()
    rate, nper = np.asarray(rate, float), np.asarray(nper, float)
    grown = (1 + rate) ** nper
    divisor = np.where(rate == 0, 1, rate)
    paid = np.where(rate == 0, nper, (1 + rate * _is_begin(when)) * (grown - 1) / divisor)
    return grown, paid


def _plain(value: Any) -> Any:
    return value if _np().ndim(value) else float(value)


def fv(rate: Any, nper: Any, pmt: Any, pv: Any, when: Any = "end") -> Any:
    """The value in the end."""
    grown, paid = _growth(rate, nper, when)
    return _plain(-(pv * grown + pmt * paid))


def pv(rate: Any, nper: Any, pmt: Any, fv: Any = 0.0, when: Any = "end") -> Any:
    """The value today."""
    grown, paid = _growth(rate, nper, when)
    return _plain(-(fv + pmt * paid) / grown)


def pmt(rate: Any, nper: Any, pv: Any, fv: Any = 0, when: Any = "end") -> Any:
    """The payment in each period."""
    grown, paid = _growth(rate, nper, when)
    return _plain(-(fv + pv * grown) / paid)


def nper(rate: Any, pmt: Any, pv: Any, fv: Any = 0, when: Any = "end") -> Any:
    """How many periods it takes; without interest with the sign it had."""
    np = _np()
    rate, paid = np.asarray(rate, float), np.asarray(pmt, float)
    if not rate.all():
        return (pv - fv) / paid
    due = paid * (1 + rate * _is_begin(when)) / rate
    return _plain(np.log((due - fv) / (due + pv)) / np.log1p(rate))


def ipmt(rate: Any, per: Any, nper: Any, pv: Any, fv: Any = 0.0, when: Any = "end") -> Any:
    """The interest in the payment of a period, counted from one."""
    np = _np()
    paid = pmt(rate, nper, pv, fv, when)
    interest = np.asarray(_owed(rate, np.asarray(per) - 1, paid, pv, when) * np.asarray(rate))
    if _is_begin(when):
        interest = np.where(np.asarray(per) == 1, 0.0, interest / (1 + np.asarray(rate)))
    return interest


def _owed(rate: Any, nper: Any, pmt: Any, pv: Any, when: Any) -> Any:
    return fv(rate, nper, pmt, pv, when)


def ppmt(rate: Any, per: Any, nper: Any, pv: Any, fv: Any = 0.0, when: Any = "end") -> Any:
    """What the payment of a period pays back."""
    return pmt(rate, nper, pv, fv, when) - ipmt(rate, per, nper, pv, fv, when)


def rate(
    nper: Any,
    pmt: Any,
    pv: Any,
    fv: Any,
    when: Any = "end",
    guess: float = 0.1,
    tol: float = 1e-6,
    maxiter: int = 100,
) -> Any:
    """The rate, by Newton's steps from a guess; not a number where they do not settle."""
    np = _np()
    found, width = float(guess), 1e-6
    for _ in range(maxiter):
        low, here, high = (_rest(found + d, nper, pmt, pv, fv, when) for d in (-width, 0.0, width))
        step = here * 2 * width / (high - low)
        found -= step
        if abs(step) < tol:
            return found
    return np.nan


def _rest(rate: Any, nper: Any, pmt: Any, pv: Any, fv: Any, when: Any) -> Any:
    grown, paid = _growth(rate, nper, when)
    return fv + pv * grown + pmt * paid


def npv(rate: Any, values: Any) -> Any:
    """What payments, the first of them now, are worth today."""
    values = _np().asarray(values)
    return (values / (1 + rate) ** _np().arange(len(values))).sum(axis=0)


def irr(values: Any) -> Any:
    """The rate at which payments are worth nothing today, the nearest to zero of several."""
    np = _np()
    roots = np.roots(np.asarray(values)[::-1])
    real = roots[(roots.imag == 0) & (roots.real > 0)].real
    if not real.size:
        return np.nan
    rates = 1 / real - 1
    return rates[np.argmin(np.abs(rates))]


def mirr(values: Any, finance_rate: float, reinvest_rate: float) -> Any:
    """The rate where costs are financed at one rate and gains reinvested at another."""
    np = _np()
    values = np.asarray(values, float)
    gains, costs = np.maximum(values, 0), np.minimum(values, 0)
    if not gains.any() or not costs.any():
        return np.nan
    ratio = abs(npv(reinvest_rate, gains) / npv(finance_rate, costs))
    return ratio ** (1 / (len(values) - 1)) * (1 + reinvest_rate) - 1


FINANCE = {each.__name__: each for each in (fv, ipmt, irr, mirr, nper, npv, pmt, ppmt, pv, rate)}
