"""One case: the files of a sample, one or two of them damaged."""

from __future__ import annotations

import functools
import shutil
from pathlib import Path
from random import Random

from benchmarks._fuzz._damage import damaged
from benchmarks._fuzz._readers import Reader

__all__ = ["lay_out", "make_case", "sound"]


@functools.cache
def sound(reader: Reader) -> list[dict[str, bytes]]:
    """The sound files of a reader."""
    return reader.samples()


def make_case(reader: Reader, seed: int, number: int) -> dict[str, bytes]:
    """The files of a case, the same for the same arguments.

    Args:
        reader: Who will read them.
        seed: Of the run.
        number: Of the case; below the number of samples, 0 and on, they are sound.

    Returns:
        Contents by the name of the file.
    """
    samples = sound(reader)
    if number < len(samples):
        return dict(samples[number])
    chance = Random(f"{reader.name} {seed} {number}")
    files = dict(chance.choice(samples))
    spoilt = sorted(name for name in files if reader.spoils is None or name in reader.spoils)
    for name in chance.sample(spoilt, chance.choice((1, 1, 1, min(2, len(spoilt))))):
        files[name] = damaged(files[name], chance)
    return reader.reseal(files) if reader.reseal else files


def lay_out(files: dict[str, bytes], folder: Path) -> None:
    """Writes a case into a folder, which has nothing else then."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
