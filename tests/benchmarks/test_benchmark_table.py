"""The arithmetic of the table: figures, medians, ratios run by run, and what is said of facts."""

from __future__ import annotations

import pytest

from benchmarks._runs import Measured, Run
from benchmarks._table import Spread, as_json, as_table, ratio, spread
from benchmarks._workloads import Workload

RATE = Workload("w", "tiny_run", "runs/s", 100, 10, "about")
SECONDS = Workload("w", "import_time", "s", 4, 1, "about", more_sides=("graphkit --help",))


def runs(*figures, facts=("same",)):
    return [Run(figure, {"facts": list(facts)}, {"python": "3.x"}) for figure in figures]


def measured(workload=RATE, **sides):
    return Measured(workload, runs={name: runs(*figures) for name, figures in sides.items()})


def test_a_rate_is_work_per_second():
    assert RATE.figure(100, 0.5) == 200


def test_seconds_are_per_item():
    assert SECONDS.figure(4, 6.0) == 1.5


@pytest.mark.parametrize(("workload", "times"), [(RATE, 2.0), (SECONDS, 0.5)])
def test_above_one_is_faster_whatever_the_unit(workload, times):
    assert workload.times_as_fast(10.0, 5.0) == times


def test_spread_is_median_and_ends():
    assert spread([5.0, 1.0, 2.0]) == Spread(median=2.0, min=1.0, max=5.0)


def test_ratio_pairs_the_runs_of_a_round():
    # The machine slowed down for round two; both sides met it, so the ratio stays 2.
    result = measured(compat=[100.0, 10.0, 100.0], graphkit=[200.0, 20.0, 300.0])
    assert ratio(result, "graphkit", "compat") == Spread(median=2.0, min=2.0, max=3.0)


@pytest.mark.parametrize("reference", ["tf115", "graphkit"])
def test_no_ratio_without_another_side(reference):
    assert ratio(measured(compat=[1.0], graphkit=[2.0]), "graphkit", reference) is None


def test_table_has_a_row_per_side_and_a_column_per_reference():
    result = measured(tf115=[1000.0, 3000.0], compat=[4000.0, 4000.0], graphkit=[8000.0, 6000.0])
    assert as_table([result]).splitlines() == [
        "| workload | side | median | min - max | times tf115 | times compat |",
        "| --- | --- | --- | --- | --- | --- |",
        "| w (runs/s) | tf115 | 2,000 | 1,000 - 3,000 |  | 0.50 (0.25 - 0.75) |",
        "|  | compat | 4,000 | 4,000 - 4,000 | 2.67 (1.33 - 4.00) |  |",
        "|  | graphkit | 7,000 | 6,000 - 8,000 | 5.00 (2.00 - 8.00) | 1.75 (1.50 - 2.00) |",
    ]


def test_table_leaves_a_missing_reference_empty_and_shows_small_figures():
    rows = as_table([measured(SECONDS, compat=[3.0], graphkit=[0.015])]).splitlines()
    assert rows[-1] == "|  | graphkit | 0.015 | 0.015 - 0.015 |  | 200.00 (200.00 - 200.00) |"


def test_json_keeps_every_run():
    (result,) = as_json([measured(compat=[1.0, 2.0], graphkit=[2.0, 2.0])])
    assert result["workload"] == "w"
    assert result["disagreement"] is None
    assert result["sides"]["graphkit"] == {
        "figures": [2.0, 2.0],
        "median": 2.0,
        "min": 2.0,
        "max": 2.0,
        "times": {"compat": {"median": 1.5, "min": 1.0, "max": 2.0}},
        "versions": {"python": "3.x"},
    }


def test_sides_that_did_the_same_agree():
    assert measured(compat=[1.0], graphkit=[2.0, 3.0]).disagreement() is None


def test_a_side_that_did_other_work_is_named():
    sides = {"compat": runs(1.0), "graphkit": [*runs(1.0), *runs(1.0, facts=("other",))]}
    said = Measured(RATE, runs=sides).disagreement()
    assert said == "compat got {'facts': ['same']}, graphkit got {'facts': ['other']}"
