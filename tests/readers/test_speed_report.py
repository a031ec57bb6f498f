"""From the rates of ever longer parts of a pipeline to each stage's own time."""

from __future__ import annotations

import math

import pytest

from graphkit.readers import PipelineSpeed, StageSpeed
from graphkit.readers._speed._report import stage_speeds


def _shares(rates):
    return [stage.share for stage in stage_speeds(rates)]


def test_a_stage_is_charged_with_what_it_adds_to_the_time_per_record():
    rates = {"read": 1000, "user ops": 250, "session": 200}  # 1 ms, 4 ms and 5 ms a record
    assert _shares(rates) == pytest.approx([1 / 5, 3 / 5, 1 / 5])


def test_a_stage_that_seems_faster_than_the_one_before_has_no_time_of_its_own():
    rates = {"read": 100, "user ops": 125, "session": 50}  # 10 ms, 8 ms and 20 ms a record
    assert _shares(rates) == pytest.approx([1 / 2, 0, 1 / 2])


def test_the_time_of_a_slow_stage_is_not_charged_again_behind_a_fast_one():
    rates = {"read": 100, "user ops": 200, "shuffle": 100, "session": 50}
    assert _shares(rates) == pytest.approx([1 / 2, 0, 0, 1 / 2])


@pytest.mark.parametrize("rates", [{"session": 7.0}, {"read": 3.5, "session": 9.25}])
def test_shares_add_up_to_the_whole(rates):
    stages = stage_speeds(rates)
    assert math.fsum(stage.share for stage in stages) == pytest.approx(1)
    assert {stage.name: stage.records_per_second for stage in stages} == rates


def test_the_bottleneck_is_the_stage_with_the_largest_share():
    stages = tuple(
        StageSpeed(name, 1.0, share) for name, share in [("read", 0.4), ("session", 0.6)]
    )
    assert PipelineSpeed("batch", "queues", "", stages, ()).bottleneck == "session"
