"""contrib.learn's folders of exports, named by the second they were made in."""

from __future__ import annotations

import os
import re
import time

from graphkit._tf import tf
from graphkit.tf1._contrib._session_bundle._versions import (
    Path,
    delete_others,
    get_paths,
    largest_export_versions,
)

__all__ = [
    "MAX_DIRECTORY_CREATION_ATTEMPTS",
    "garbage_collect_exports",
    "get_most_recent_export",
    "get_temp_export_dir",
    "get_timestamped_export_dir",
]

MAX_DIRECTORY_CREATION_ATTEMPTS = 10
_SECOND = re.compile(r"\d{10}")


def get_timestamped_export_dir(export_dir_base: str | bytes) -> bytes:
    """Finds a folder for an export that is not there yet.

    Args:
        export_dir_base: The folder it is in.

    Returns:
        Its path, named by this second or one of the next.

    Raises:
        RuntimeError: There is one for each of these seconds.
    """
    for attempt in range(1, MAX_DIRECTORY_CREATION_ATTEMPTS + 1):
        folder = os.path.join(os.fsencode(export_dir_base), b"%d" % int(time.time()))
        if not tf.gfile.Exists(folder):
            return folder
        time.sleep(1)
        tf.logging.warn(
            f"Export directory {folder!r} already exists; retrying (attempt "
            f"{attempt}/{MAX_DIRECTORY_CREATION_ATTEMPTS})"
        )
    raise RuntimeError(
        "Failed to obtain a unique export directory name after "
        f"{MAX_DIRECTORY_CREATION_ATTEMPTS} attempts."
    )


def get_temp_export_dir(timestamped_export_dir: bytes) -> bytes:
    """Names the folder an export is written into until it is whole.

    Args:
        timestamped_export_dir: The folder of the export.

    Returns:
        The path of the other, beside it.
    """
    folder, name = os.path.split(os.fsencode(timestamped_export_dir))
    return os.path.join(folder, b"temp-" + name)


def _of_a_second(path: Path) -> Path | None:
    name = os.path.basename(path.path)
    return path._replace(export_version=int(name)) if _SECOND.fullmatch(name) else None


def get_most_recent_export(export_dir_base: str) -> Path | None:
    """Finds the last export.

    Args:
        export_dir_base: The folder they are in.

    Returns:
        Its path and number; None where there is none.
    """
    return next(iter(largest_export_versions(1)(get_paths(export_dir_base, _of_a_second))), None)


def garbage_collect_exports(export_dir_base: str, exports_to_keep: int | None) -> None:
    """Deletes all but the last exports.

    Args:
        export_dir_base: The folder they are in.
        exports_to_keep: How many are kept; all for None.
    """
    if exports_to_keep is not None:
        delete_others(export_dir_base, largest_export_versions(exports_to_keep), _SECOND)
