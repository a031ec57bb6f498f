"""What is said of a pipeline: which engine serves it, and why."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PipelineReport"]


@dataclass(frozen=True)
class PipelineReport:
    """What serves a batcher, or a session that takes single records.

    Attributes:
        name: Name of the batcher's ops, or of the op that takes the records.
        engine: "queues" or "tf.data".
        reason: Why the queues do it; empty for tf.data.
    """

    name: str
    engine: str
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.said}"

    @property
    def said(self) -> str:
        """What it says of the pipeline, without its name."""
        return self.engine + (f" ({self.reason})" if self.reason else "")

    @classmethod
    def read(cls, name: str, said: str) -> PipelineReport:
        """Takes a report up again from what it said."""
        engine, _, reason = said.partition(" (")
        return cls(name, engine, reason.removesuffix(")"))
