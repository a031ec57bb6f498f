"""contrib.learn tells of trainings and exports as 1.15.5 did.

Recorded in tests/golden/training_events.json.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from graphkit import tf1
from graphkit._tf import tf
from graphkit.tf1._contrib._learn._training_services import TrainingServices

GOLDEN = Path(__file__).parents[1] / "golden"
RECORDED = json.loads((GOLDEN / "training_events.json").read_text())
_SPEC = importlib.util.spec_from_file_location("cases", GOLDEN / "record_training_events.py")
RECORDER = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(RECORDER)

pytestmark = [
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


class Chief:
    """What services need of a Supervisor; it notes what is written."""

    save_path = "folder/model.ckpt"

    def __init__(self):
        self.written = []
        self.saver = self.summary_writer = self

    def save(self, session, path, global_step):
        self.written.append(("saved", path, global_step))

    def add_session_log(self, log, step):
        self.written.append((tf.SessionLog.SessionStatus.Name(log.status), step))

    def add_summary(self, summary, step):
        self.written.append((summary.value[0].tag, step))
        self.speed = summary.value[0].simple_value


@pytest.mark.parametrize("name", sorted(RECORDED["told"]))
def test_events_tell_of_the_start_the_speed_and_the_checkpoints(name):
    assert RECORDER.told(tf1, RECORDER.TRAININGS[name]) == RECORDED["told"][name]


def test_estimators_that_sdca_cannot_solve_are_refused_as_before():
    assert RECORDER.refusals(tf1) == RECORDED["solved"]


def test_each_of_several_heads_can_be_what_is_served_by_default():
    assert RECORDER.exported(tf1) == RECORDED["exported"]


def test_services_begin_with_all_they_do():
    chief = Chief()
    TrainingServices(chief, None, 600).start(4)
    assert chief.written == [
        ("START", 4),
        ("global_step/sec", 4),
        ("saved", "folder/model.ckpt", 4),
        ("CHECKPOINT", 4),
    ]
    assert chief.speed == 0


def test_services_wait_for_their_time():
    chief = Chief()
    services = TrainingServices(chief, None, 600, measure_secs=600)
    services.start(0)
    chief.written.clear()
    services.serve(1)
    assert chief.written == []


def test_services_serve_each_time_without_a_pause():
    chief = Chief()
    services = TrainingServices(chief, None, 0, measure_secs=0)
    services.start(0)
    services.serve(3)
    assert chief.written[-1] == ("global_step/sec", 3)
    assert chief.speed > 0
