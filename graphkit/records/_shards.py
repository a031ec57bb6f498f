"""Writing records into one or several files that appear together, the classes beside them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from graphkit._aside import files_aside, make_folder
from graphkit.errors import ArgumentError
from graphkit.records._framing import frame
from graphkit.records._ordered import in_order
from graphkit.records._progress import Progress, no_progress

_BUFFER = 1 << 20
_NUMBERED = re.compile(r"-\d{5}-of-\d{5}$")


@dataclass(frozen=True)
class PackReport:
    """What was packed.

    Attributes:
        paths: The record files, in the order of their numbers.
        records: How many records they hold together.
        bytes: Their size together.
        classes: The class names, in the order of their labels.
        labels_path: The JSON file beside them that holds the class names.
    """

    paths: list[Path]
    records: int
    bytes: int
    classes: list[str]
    labels_path: Path


@dataclass(frozen=True)
class Sharding:
    """Where records go, and in which order.

    Attributes:
        where: The public function, for messages.
        output: The file for one shard; the pattern of the names for more.
        shards: How many files.
        shuffle: Whether the records are mixed.
        seed: What the order depends on.
    """

    where: str
    output: Path
    shards: int
    shuffle: bool
    seed: int

    def check(self, records: int) -> None:
        """Refuses numbers of shards that cannot be, before anything is written.

        Raises:
            ArgumentError: `shards` is less than one or more than there are records; `seed` is
                out of range; or several shards are to have the number of one in their name.
        """
        if not 1 <= self.shards <= records:
            wanted = f"between 1 and the number of records, {records}"
            raise ArgumentError(self.where, "shards", self.shards, wanted)
        if not 0 <= self.seed < 1 << 32:
            raise ArgumentError(self.where, "seed", self.seed, "between 0 and 2**32 - 1")
        stem, suffix = self.output.stem, self.output.suffix
        if self.shards > 1 and _NUMBERED.search(stem):
            wanted = f"without the number of a shard, as in {_NUMBERED.sub('', stem) + suffix!r}"
            raise ArgumentError(self.where, "output", str(self.output), wanted)

    def paths(self) -> list[Path]:
        """Names the files: `stem.ext`, or `stem-00000-of-00004.ext` and so on."""
        if self.shards == 1:
            return [self.output]
        stem, suffix = self.output.stem, self.output.suffix
        names = [f"{stem}-{k:05d}-of-{self.shards:05d}{suffix}" for k in range(self.shards)]
        return [self.output.with_name(name) for name in names]

    def labels_path(self) -> Path:
        """Names the file with the classes: `stem.labels.json`."""
        return self.output.with_name(f"{self.output.stem}.labels.json")

    def order(self, records: int) -> list[list[int]]:
        """Says which record stands where; the same on every machine and every NumPy."""
        order = np.arange(records)
        if self.shuffle:
            order = np.random.RandomState(self.seed).permutation(records)
        return [part.tolist() for part in np.array_split(order, self.shards)]


def write_shards(
    sharding: Sharding,
    records: int,
    make_record: Callable[[int], bytes],
    classes: list[str],
    progress: Progress | None,
    *,
    threads: bool,
) -> PackReport:
    """Writes every record into its shard; all files appear together, or none does.

    Args:
        sharding: Where records go, already checked.
        records: How many there are.
        make_record: Makes the record of an index; called once for each.
        classes: The class names, in the order of their labels.
        progress: Called with the records so far and in all.
        threads: Whether records are made on all cores, or one by one in this thread.
    """
    made = in_order if threads else map
    tell = progress or no_progress
    targets, labels_path = sharding.paths(), sharding.labels_path()
    make_folder(sharding.output.parent)
    with files_aside([*targets, labels_path]) as parts:
        done = 0
        for part, indices in zip(parts, sharding.order(records), strict=False):
            with open(part, "xb", buffering=_BUFFER) as file:
                for record in made(make_record, indices):
                    file.write(frame(record))
                    done += 1
                    tell(done, records)
        parts[-1].write_text(json.dumps({"classes": classes}, indent=2) + "\n", encoding="utf-8")
    size = sum(path.stat().st_size for path in targets)
    return PackReport(targets, records, size, classes, labels_path)
