"""What was measured of a pipeline, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["PipelineSpeed", "StageSpeed", "stage_speeds"]


@dataclass(frozen=True)
class StageSpeed:
    """A stage, measured together with all that comes before it.

    Attributes:
        name: "read", "user ops", "shuffle" or "session".
        records_per_second: Records that came out of it.
        share: The part of the time per record that is this stage's own, 0 to 1; the shares of a
            pipeline add up to 1.
    """

    name: str
    records_per_second: float
    share: float


@dataclass(frozen=True)
class PipelineSpeed:
    """A pipeline from its producer to the session.

    Attributes:
        name: Name of the batcher's ops.
        engine: "queues" or "tf.data".
        reason: Why the queues serve it; empty for tf.data.
        stages: In the order the records go through them.
        advice: What to change, most useful first; empty if there is nothing to say.
    """

    name: str
    engine: str
    reason: str
    stages: tuple[StageSpeed, ...]
    advice: tuple[str, ...]

    @property
    def bottleneck(self) -> str:
        """The stage with the largest share."""
        return max(self.stages, key=lambda stage: stage.share).name


def stage_speeds(rates: Mapping[str, float]) -> tuple[StageSpeed, ...]:
    """Tells each stage's own time from the rates of ever longer parts of a pipeline.

    Args:
        rates: Records per second by stage, each measured with the stages before it. Stages overlap
            and figures waver, so one may seem faster than the stage before; its own time is 0 then.
    """
    own: dict[str, float] = {}
    for name, rate in rates.items():
        own[name] = max(0.0, 1 / rate - sum(own.values()))
    whole = sum(own.values())
    return tuple(StageSpeed(name, rate, own[name] / whole) for name, rate in rates.items())
