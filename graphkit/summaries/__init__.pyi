from ._board import Board as Board
from ._board import start_board as start_board
from ._event_log import EventLog as EventLog
from ._event_log import HistogramEvent as HistogramEvent
from ._event_log import ImageEvent as ImageEvent
from ._event_log import ScalarEvent as ScalarEvent
from ._event_log import TextEvent as TextEvent
from ._ops import histogram as histogram
from ._ops import image as image
from ._ops import merge_all as merge_all
from ._ops import scalar as scalar
from ._ops import text as text
from ._reader import read_events as read_events
from ._writer import SummaryWriter as SummaryWriter

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
