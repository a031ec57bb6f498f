"""The ops that begin a pipeline on tf.data in a session, and end it."""

from __future__ import annotations

from typing import NamedTuple

from graphkit._tf import Operation

__all__ = ["Controls"]


class Controls(NamedTuple):
    """What a pipeline is started and stopped by.

    Attributes:
        initializer: Makes the pipeline.
        begin: Lets steps take from it, once it was made.
        endless: Lets steps that were to end go on.
        end: Lets steps take no more than a full queue would hold.
    """

    initializer: Operation
    begin: Operation
    endless: Operation
    end: Operation
