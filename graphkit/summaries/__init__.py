"""Looking into a run: event files, written and read, and the TensorBoard that shows them.

Summary ops go into a graph (`scalar`, `histogram`, `image`, `text`, `merge_all`), what they give
goes into an event file (`SummaryWriter`), comes back as values (`read_events`), and is shown by a
real TensorBoard (`start_board`).
"""

from __future__ import annotations

from graphkit.summaries._board import Board, start_board
from graphkit.summaries._event_log import (
    EventLog,
    HistogramEvent,
    ImageEvent,
    ScalarEvent,
    TextEvent,
)
from graphkit.summaries._ops import histogram, image, merge_all, scalar, text
from graphkit.summaries._reader import read_events
from graphkit.summaries._writer import SummaryWriter

__all__ = [
    "Board",
    "EventLog",
    "HistogramEvent",
    "ImageEvent",
    "ScalarEvent",
    "SummaryWriter",
    "TextEvent",
    "histogram",
    "image",
    "merge_all",
    "read_events",
    "scalar",
    "start_board",
    "text",
]
