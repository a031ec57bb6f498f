"""The files that a checkpoint of version 1 consists of: one, or shards of a sharded `Saver`.

model.ckpt                  all of it
model.ckpt-00000-of-00003   what lay on the first device, and so on
"""

from __future__ import annotations

import re
from pathlib import Path

from graphkit._formats._wire import FormatError

__all__ = ["SHARD", "shard_pattern", "version_one_files"]

# "?????" stands for every number: so `Saver.save` calls the whole.
SHARD = re.compile(r"-(\d{5}|\?{5})-of-(\d{5})$")


def version_one_files(prefix: Path) -> list[Path]:
    """Finds them; empty if there are none.

    Args:
        prefix: What their names begin with, or the pattern of `shard_pattern`.

    Raises:
        FormatError: A shard is missing, or there are shards of several saves.
    """
    if prefix.is_file():
        return [prefix]
    if named := SHARD.search(prefix.name):
        prefix, total = prefix.with_name(prefix.name[: named.start()]), int(named[2])
    else:
        total = _total(prefix)
    files = [prefix.with_name(f"{prefix.name}-{k:05d}-of-{total:05d}") for k in range(total)]
    for file in files:
        if not file.is_file():
            raise FormatError(f"its shard {file.name} is missing")
    return files


def shard_pattern(prefix: Path) -> Path:
    """The path that `Saver.restore` takes: the prefix itself unless there are shards alone."""
    if prefix.is_file() or Path(f"{prefix}.index").is_file() or not (total := _total(prefix)):
        return prefix
    return prefix.with_name(f"{prefix.name}-?????-of-{total:05d}")


def _total(prefix: Path) -> int:
    """How many shards there are by their names; 0 if there is none."""
    if not prefix.parent.is_dir():
        return 0
    found = {
        int(shard[2])
        for file in prefix.parent.iterdir()
        if (shard := SHARD.search(file.name)) and file.name[: shard.start()] == prefix.name
    }
    if len(found) > 1:
        counts = " and ".join(map(str, sorted(found)))
        raise FormatError(f"its folder holds shards of several saves, {counts} in number")
    return next(iter(found), 0)
