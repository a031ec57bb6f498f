"""Running graphs: sessions that open whole, explain what fails, and close without a trace.

    with SessionRunner(graph, checkpoint_dir="logs/run", resume=True, log_dir="logs/run") as runner:
        for step in runner.steps("train", fetches={"loss": "loss"}, max_steps=1000):
            print(step.step, step.values["loss"])

`SessionConfig` says what a session may use of the machine; `placement_report` says which device
each op was given.
"""

from __future__ import annotations

from graphkit.session._config import SessionConfig
from graphkit.session._placement import PlacedOp, PlacementReport, placement_report
from graphkit.session._runner import SessionRunner
from graphkit.session._steps import Step
from graphkit.session._translate import translated_op_error

__all__ = [
    "PlacedOp",
    "PlacementReport",
    "SessionConfig",
    "SessionRunner",
    "Step",
    "placement_report",
    "translated_op_error",
]
