"""What the watched process does: reads a case for each line it is sent, and tells how it ended.

python -m benchmarks._fuzz._worker READER SEED FIRST FOLDER MEBIBYTES
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks._fuzz._attempt import attempt, spent, status
from benchmarks._fuzz._cases import sound
from benchmarks._fuzz._readers import chosen


def main(name: str, seed: str, first: str, folder: str, mebibytes: str) -> None:
    """Tells that it is ready, and reads cases from a number on."""
    telling = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no answer
    (reader,) = chosen([name])
    if reader.tensorflow:
        importlib.import_module("tensorflow")
    for number in range(len(sound(reader))):  # loads what the reader needs
        outcome = attempt(reader, int(seed), number, Path(folder))
        if outcome.ended != "accepted":
            raise SystemExit(f"{reader.name} does not read its own sample {number}: {outcome.why}")
    _bound_memory(int(mebibytes))
    telling.write(json.dumps({"ready": True}) + "\n")
    for number, _ in enumerate(sys.stdin, start=int(first)):
        outcome = attempt(reader, int(seed), number, Path(folder))
        telling.write(json.dumps(asdict(outcome) | {"spent": spent()}) + "\n")


def _bound_memory(mebibytes: int) -> None:
    """Has the system refuse what goes far beyond what is in use now."""
    if used := status("VmSize"):
        most = used * 1024 + mebibytes * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main(*sys.argv[1:])
