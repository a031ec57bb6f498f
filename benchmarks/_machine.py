"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
from datetime import datetime, timezone

__all__ = ["busy", "describe"]

_BUSY_PER_CORE = 0.25


def describe() -> dict[str, str | int | float]:
    """Date, cores, memory, system and the load of the last minute."""
    pages, page = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return {
        "date": datetime.now(timezone.utc).isoformat(timespec="minutes"),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(pages * page / 2**30),
        "system": f"{platform.system()} {platform.machine()}",
        "load": round(os.getloadavg()[0], 2),
    }


def busy(cores: int, load: float) -> bool:
    """Whether other work on the machine makes the figures doubtful."""
    return load > cores * _BUSY_PER_CORE
