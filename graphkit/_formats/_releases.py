"""Which release of TensorFlow writes graphs of a version: the number they call `producer`."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, timedelta

__all__ = ["release_of"]

# TF_GRAPH_DEF_VERSION of each release. Sources: tensorflow/core/public/version.h as 1.15.5, 2.16.1
# and 2.21.0 are installed with it, and in copies of the repository at 0.6.0, 0.11.0rc0, 1.5.0-rc0,
# 1.11.0, 2.0.0 and 2.12.0; tf.version.GRAPH_DEF_VERSION in the documentation on tensorflow.org of
# 1.15, 2.0 to 2.14, 2.16 and 2.21. Of the releases left out, no source was at hand.
_RELEASES = (
    (1, "0.6"),
    (15, "0.11"),
    (25, "1.5"),
    (27, "1.11"),
    (119, "2.0"),
    (134, "1.15"),
    (175, "2.1 or 2.2"),
    (440, "2.3"),
    (561, "2.4"),
    (716, "2.5"),
    (808, "2.6"),
    (898, "2.7"),
    (987, "2.8"),
    (1087, "2.9"),
    (1205, "2.10"),
    (1286, "2.11"),
    (1394, "2.12"),
    (1395, "2.12"),
    (1482, "2.13"),
    (1575, "2.14"),
    (1766, "2.16"),
    (2474, "2.21"),
)
# From this version on there is one a day (version.h); a release keeps that of the day it branched.
_FIRST_OF_A_DAY, _FIRST_DAY, _LAST = 30, date(2019, 5, 9), 100_000


def release_of(producer: int) -> str:
    """The TensorFlow that writes graphs of a version, as nearly as it is known.

    Args:
        producer: The version.

    Returns:
        The release, or those it lies between and the day; "" if the version says nothing.
    """
    if not 0 < producer <= _LAST:
        return ""
    place = bisect_left(_RELEASES, (producer, ""))
    if place < len(_RELEASES) and _RELEASES[place][0] == producer:
        return f"TensorFlow {_RELEASES[place][1]}"
    before = _RELEASES[place - 1][1]
    known = f"after {before}"
    if place < len(_RELEASES):
        known = f"between {before} and {_RELEASES[place][1]}"
    if producer < _FIRST_OF_A_DAY:
        return f"TensorFlow {known}"
    return f"TensorFlow {known}, of {_FIRST_DAY + timedelta(producer - _FIRST_OF_A_DAY)}"
