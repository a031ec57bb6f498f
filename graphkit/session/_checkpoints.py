"""Writing and restoring a session's variables, with every usual mistake explained.

A checkpoint `model.ckpt-500` is a prefix, not a file. On disk it is

    checkpoint                            which one is the latest, written last
    model.ckpt-500.index                  names, shapes and places of the values
    model.ckpt-500.data-00000-of-00001    the values
    model.ckpt-500.meta                   the graph

TensorFlow writes the values aside and renames them, so a run that is killed half-way leaves the
previous checkpoint whole.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from graphkit._formats._checkpoint import read_checkpoint
from graphkit._tf import Graph, tf
from graphkit.errors import ArgumentError, CorruptFileError, MissingFileError, RunError
from graphkit.session._renames import unmatched_variables
from graphkit.session._translate import root_cause, translated

__all__ = ["Checkpoints", "step_of"]

_PART = re.compile(r"\.(?:index|meta|data-\d{5}-of-\d{5})\Z")
_NAME = "model.ckpt"


class Checkpoints:
    """The checkpoints of one graph, in one folder or at any path.

    Args:
        graph: The graph; a saver is added to it unless it has one or is finalised.
        folder: Where checkpoints go when no path is said, or `None`.
        saver: The `tf.train.Saver` to use; `None` takes the graph's own or makes one for all
            global variables.
        keep: How many checkpoints stay on disk.

    Raises:
        MissingFileError: The folder is a file.
        RunError: A folder is given for variables that cannot be saved.
    """

    def __init__(self, graph: Graph, folder: str | None, saver: Any, *, keep: int) -> None:
        if folder is not None and os.path.exists(folder) and not os.path.isdir(folder):
            raise MissingFileError(folder, "is a file; checkpoint_dir has to be a folder")
        self.folder = folder
        self._graph = graph
        self._saver = saver or _graph_saver(graph, keep)
        if folder is not None and self._saver is None and _has_variables(graph):
            self._required("SessionRunner(checkpoint_dir=...)")

    @property
    def automatic(self) -> bool:
        """Whether a loop can write checkpoints without being told where."""
        return self.folder is not None and self._saver is not None

    def save(self, session: Any, path: str | None, step: int) -> str:
        """Writes all variables.

        Args:
            session: The session that holds the values.
            path: The prefix to write, or `None` for `model.ckpt-STEP` in the folder.
            step: The step for that name.

        Returns:
            The prefix.

        Raises:
            ArgumentError: No path and no folder, or a path that cannot be a prefix.
            RunError: The graph has nothing to save, or writing failed.
        """
        if path is None and self.folder is None:
            wanted = "given when the runner has no checkpoint_dir"
            raise ArgumentError("save", "path", path, wanted)
        prefix = os.path.join(str(self.folder), f"{_NAME}-{step}") if path is None else path
        if not prefix or os.path.isdir(prefix) or prefix.endswith(os.sep) or _PART.search(prefix):
            wanted = f"a prefix such as {os.path.join(_PART.sub('', prefix), _NAME)!r}"
            raise ArgumentError("save", "path", prefix, wanted)
        saver = self._required("save")
        try:
            os.makedirs(os.path.dirname(os.path.abspath(prefix)), exist_ok=True)
            with self._graph.as_default():
                return str(saver.save(session, prefix))
        except (OSError, tf.errors.OpError) as error:
            message = f"the checkpoint {prefix!r} could not be written: {_cause(error)}"
            raise translated(error, message) from error

    def restore(self, session: Any, path: str) -> str:
        """Reads all variables.

        Args:
            session: The session that receives the values.
            path: The prefix, as `save` returned it.

        Returns:
            The prefix.

        Raises:
            ArgumentError: The path is a folder, or one of the checkpoint's files.
            MissingFileError: No checkpoint has that prefix.
            CorruptFileError: The checkpoint cannot be read.
            RunError: The checkpoint lacks variables of the graph, or has other shapes.
        """
        _check_prefix(path)
        saver = self._required("restore")
        with self._graph.as_default():
            try:
                read_checkpoint(Path(path))  # TensorFlow ends the process over some damage
                self._check_fit(path, saver)
                saver.restore(session, path)
            except (CorruptFileError, RunError):
                raise
            except (OSError, ValueError, tf.errors.OpError) as error:
                raise CorruptFileError(path, _cause(error)) from error
        return path

    def latest(self) -> str | None:
        """The prefix of the folder's newest checkpoint, `None` when there is none.

        Raises:
            CorruptFileError: The folder holds checkpoints, but the file that says which is the
                latest is lost or names one that is gone.
        """
        folder = self.folder
        if folder is None or not os.path.isdir(folder):
            return None
        state = tf.train.get_checkpoint_state(folder)
        stray = sorted(name for name in os.listdir(folder) if name.endswith(".index"))
        if state is None and not stray:
            return None
        named = state.model_checkpoint_path if state is not None else ""
        # The folder may have been moved or copied since: what lies beside the state file is meant.
        for prefix in (os.path.join(folder, os.path.basename(named)), named):
            if named and tf.train.checkpoint_exists(prefix):
                self._adopt(folder, state)
                return str(prefix)
        reason = f"names {named!r}, which is gone" if named else "is missing or unreadable"
        there = ", ".join(_PART.sub("", name) for name in stray) or "no checkpoint"
        raise CorruptFileError(
            os.path.join(folder, "checkpoint"),
            f"{reason}; the folder holds {there}. Restore one by its path, or use another folder",
        )

    def _adopt(self, folder: str, state: Any) -> None:
        """Counts the checkpoints of the run before, so that the oldest are removed in turn.

        Only those in the folder: a copy of it must not remove what belongs to the original.
        """
        if self._saver is not None:
            names = map(os.path.basename, state.all_model_checkpoint_paths)
            self._saver.recover_last_checkpoints([os.path.join(folder, name) for name in names])

    def _required(self, where: str) -> Any:
        if self._saver is None:
            raise RunError(
                f"{where}: the graph has no tf.train.Saver and none could be added: it has no "
                "variables, or it was finalised before the runner opened (make the Saver before "
                "that, or pass saver=)"
            )
        return self._saver

    def _check_fit(self, path: str, saver: Any) -> None:
        """Compares names and shapes first; TensorFlow restores another shape without a word."""
        missing, reshaped = unmatched_variables(self._graph, saver, path)
        if not missing and not reshaped:
            return
        reason = "; ".join([*missing, *reshaped])
        kind = tf.errors.NotFoundError if missing else tf.errors.InvalidArgumentError
        message = f"checkpoint {path!r} does not fit the graph: {reason}"
        raise translated(kind(None, None, message), message)


def step_of(prefix: str) -> int:
    """The step a checkpoint's name ends with, 0 when it has none.

    Args:
        prefix: The checkpoint, such as `model.ckpt-500`.

    Returns:
        The step.
    """
    match = re.search(r"-(\d+)\Z", prefix)
    return int(match[1]) if match else 0


def _cause(error: Any) -> str:
    return root_cause(error.message) if isinstance(error, tf.errors.OpError) else str(error)


def _graph_saver(graph: Graph, keep: int) -> Any:
    existing = graph.get_collection(tf.GraphKeys.SAVERS)
    if existing:
        return existing[0]
    if graph.finalized or not _has_variables(graph):
        return None
    with graph.as_default(), tf.device(None):
        saver = tf.train.Saver(max_to_keep=keep, save_relative_paths=True)
    graph.add_to_collection(tf.GraphKeys.SAVERS, saver)
    return saver


def _has_variables(graph: Graph) -> bool:
    keys = (tf.GraphKeys.GLOBAL_VARIABLES, tf.GraphKeys.SAVEABLE_OBJECTS)
    return any(graph.get_collection(key) for key in keys)


def _check_prefix(path: str) -> None:
    if os.path.isdir(path):
        latest = tf.train.latest_checkpoint(path)
        wanted = "a checkpoint's prefix, not a folder" + (
            f" (such as {latest!r})" if latest else ""
        )
        raise ArgumentError("restore", "path", path, wanted)
    if _PART.search(path):
        wanted = f"the checkpoint's prefix, not one of its files: {_PART.sub('', path)!r}"
        raise ArgumentError("restore", "path", path, wanted)
    if tf.train.checkpoint_exists(path):
        return
    folder = os.path.dirname(os.path.abspath(path))
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    there = [_PART.sub("", name) for name in names if name.endswith(".index")]
    raise MissingFileError(
        path, f"no checkpoint has that prefix; {folder} holds {', '.join(there) or 'none'}"
    )
