"""What is in an event file of TensorBoard; values are not read, nor graphs built.

The fields' numbers are those of
https://github.com/tensorflow/tensorflow/blob/v1.15.5/tensorflow/core/util/event.proto and
https://github.com/tensorflow/tensorflow/blob/v1.15.5/tensorflow/core/framework/summary.proto.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path

from graphkit._formats._wire import FormatError, Value, as_bytes, as_int, as_text, fields
from graphkit.errors import CorruptFileError, UnsafeFileError
from graphkit.records import iterate_records

__all__ = ["EventsDetails", "TagSummary", "describe_events"]

_MOMENT = struct.Struct("<d")
_WALL_TIME, _STEP, _VERSION, _GRAPH, _SUMMARY, _RUN_METADATA, _META_GRAPH = 1, 2, 3, 4, 5, 8, 9
_TAG, _TENSOR, _METADATA = 1, 8, 9
_KINDS = {2: "scalars", 3: "histograms", 4: "images", 5: "histograms", 6: "audio"}
_LONGEST = 2**31 - 1
_MOST_TAGS = 10_000


@dataclass(frozen=True)
class TagSummary:
    """What one tag was written with.

    Attributes:
        kind: "scalars", "images", "histograms", "audio", "text" … or "tensors".
        count: How often it was written.
        first_step: The lowest step.
        last_step: The highest step.
    """

    kind: str
    count: int
    first_step: int
    last_step: int


@dataclass(frozen=True)
class EventsDetails:
    """What an event file holds.

    Attributes:
        count: How many events there are.
        version: What the file says of its format, such as "brain.Event:2".
        first_time: When the first event was written, UTC.
        last_time: When the last one was; "" if none says.
        tags: What each tag was written with.
        graphs: How many nodes each graph in it has.
        run_metadata: The tags of recorded runs.
        damage: Where and how the file is damaged or cut short, "" if it is whole; it may still be
            written to.
    """

    count: int
    version: str
    first_time: str
    last_time: str
    tags: dict[str, TagSummary]
    graphs: list[int]
    run_metadata: list[str]
    damage: str


def describe_events(path: Path) -> EventsDetails:
    """Describes an event file, up to where it is damaged.

    Args:
        path: The file.

    Returns:
        The description.

    Raises:
        UnsafeFileError: It has more than 10,000 tags.
    """
    reader = _Reader(path)
    damage = ""
    try:
        for record in iterate_records(path, max_record_bytes=_LONGEST):
            reader.add(memoryview(record))
    except (CorruptFileError, FormatError) as exc:
        damage = str(exc)
    times = sorted(reader.times)
    return EventsDetails(
        count=reader.count,
        version=reader.version,
        first_time=_in_words(times[0]) if times else "",
        last_time=_in_words(times[-1]) if times else "",
        tags=dict(sorted(reader.tags.items())),
        graphs=reader.graphs,
        run_metadata=reader.run_metadata,
        damage=damage,
    )


class _Reader:
    """Takes events, one after the other.

    Args:
        path: The file, for messages.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.count = 0
        self.version = ""
        self.times: set[float] = set()
        self.tags: dict[str, TagSummary] = {}
        self.graphs: list[int] = []
        self.run_metadata: list[str] = []

    def add(self, event: memoryview) -> None:
        """Adds what an event says."""
        self.count += 1
        step, summaries = 0, []
        for number, value in fields(event):
            if number == _WALL_TIME:
                self._add_time(value)
            elif number == _STEP:
                step = as_int(value)
            elif number == _VERSION:
                self.version = as_text(value)
            elif number in (_GRAPH, _META_GRAPH):
                self.graphs += map(_nodes, _graphs(number, as_bytes(value)))
            elif number == _RUN_METADATA:
                self.run_metadata += [as_text(v) for n, v in fields(as_bytes(value)) if n == _TAG]
            elif number == _SUMMARY:
                summaries.append(as_bytes(value))
        for summary in summaries:
            for tag, kind in _values(summary):
                self._add_value(tag, kind, step)

    def _add_time(self, value: Value) -> None:
        """Keeps the first and the last moment."""
        if isinstance(value, int):
            return
        if len(value) != _MOMENT.size:
            raise FormatError("the time of an event is no number")
        (moment,) = _MOMENT.unpack(value)
        if moment > 0:
            self.times = {min({moment, *self.times}), max({moment, *self.times})}

    def _add_value(self, tag: str, kind: str, step: int) -> None:
        known = self.tags.get(tag, TagSummary(kind, 0, step, step))
        # A plugin may be named with the first value of a tag alone.
        self.tags[tag] = replace(
            known,
            count=known.count + 1,
            first_step=min(known.first_step, step),
            last_step=max(known.last_step, step),
        )
        if len(self.tags) > _MOST_TAGS:
            raise UnsafeFileError(self._path, f"has more than {_MOST_TAGS:,} tags")


def _values(summary: memoryview) -> Iterator[tuple[str, str]]:
    """Tag and kind of each value."""
    for number, value in fields(summary):
        if number != 1:
            continue
        tag, kind, plugin = "", "", ""
        for inner, part in fields(as_bytes(value)):
            if inner == _TAG:
                tag = as_text(part)
            elif inner == _METADATA:
                plugin = _plugin(as_bytes(part))
            elif inner in _KINDS or inner == _TENSOR:
                kind = _KINDS.get(inner, "tensors")
        yield tag, plugin or kind or "nothing"


def _plugin(metadata: memoryview) -> str:
    data = (as_bytes(value) for number, value in fields(metadata) if number == 1)
    names = (as_text(v) for inner in data for number, v in fields(inner) if number == 1)
    return next(names, "")


def _graphs(number: int, message: memoryview) -> list[memoryview]:
    if number == _GRAPH:
        return [message]
    return [as_bytes(value) for inner, value in fields(message) if inner == 2]


def _nodes(graph: memoryview) -> int:
    return sum(number == 1 for number, _ in fields(graph))


def _in_words(moment: float) -> str:
    try:
        found = datetime.fromtimestamp(moment, timezone.utc)
    except (OverflowError, ValueError, OSError):
        return ""
    return found.isoformat(sep=" ", timespec="seconds").removesuffix("+00:00")
