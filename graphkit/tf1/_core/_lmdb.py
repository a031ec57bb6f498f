"""Records of LMDB files, whose kernels TensorFlow deleted: read by the package lmdb."""

from __future__ import annotations

import collections
import importlib
import itertools
import os
import threading
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from graphkit._tf import Operation, Tensor, tf
from graphkit.errors import UsageError

__all__ = ["LMDBReader", "lmdb_records"]

Record = tuple[bytes, bytes]

_numbers = itertools.count()
# An environment may be open once in a process; who reads one keeps it.
_open: weakref.WeakValueDictionary[str, Any] = weakref.WeakValueDictionary()
_opening = threading.Lock()


class LMDBReader:
    """Reads the records of LMDB files in the order of their keys.

    TF1: `tf.LMDBReader`. Python reads the files, by the package lmdb, so that a graph with such a
    reader runs in the process it was built in alone. A file that is missing or damaged is an
    `InvalidArgumentError` (TensorFlow 1 ended the process).

    Args:
        name: The name of the reader.
        options: Taken as then, and not used.

    Raises:
        UsageError: The package lmdb is not installed.
    """

    supports_serialize = False

    def __init__(self, name: str | None = None, options: Any = None) -> None:
        _lmdb()
        self._files: dict[int, _Files] = {}
        sessions = tf.data.Dataset.from_generator(self._numbers, tf.int64, [])
        with tf.name_scope(name, "LMDBReader"):
            self._sessions = tf.data.make_one_shot_iterator(sessions)

    @property
    def reader_ref(self) -> Tensor:
        """A tensor that stands for the reader of a session."""
        return self._sessions.get_next()

    def read(self, queue: Any, name: str | None = None) -> tuple[Tensor, Tensor]:
        """Reads the next record.

        Args:
            queue: A queue of paths: of LMDB's folders, or of data files themselves.
            name: The name of the op.

        Returns:
            Key and value, strings of shape `[]`.
        """
        with tf.name_scope(name, "ReaderRead") as scope:
            keys, values = self._taken(queue, 1)
            return tuple(tf.identity_n([keys[0], values[0]], name=scope))

    def read_up_to(
        self, queue: Any, num_records: Any, name: str | None = None
    ) -> tuple[Tensor, Tensor]:
        """Reads the next records of one file, one at least.

        Args:
            queue: A queue of paths.
            num_records: How many at most.
            name: The name of the op.

        Returns:
            Keys and values, strings of shape `[records]`.
        """
        with tf.name_scope(name, "ReaderReadUpTo") as scope:
            return tuple(tf.identity_n(self._taken(queue, num_records), name=scope))

    def num_records_produced(self, name: str | None = None) -> Tensor:
        """How many records were read, int64 of shape `[]`."""
        return self._counted(lambda files: files.produced, name or "ReaderNumRecordsProduced")

    def num_work_units_completed(self, name: str | None = None) -> Tensor:
        """How many files were read to their end, int64 of shape `[]`."""
        return self._counted(lambda files: files.completed, name or "ReaderNumWorkUnitsCompleted")

    def reset(self, name: str | None = None) -> Operation:
        """Leaves the file that is read for the next, and counts from 0."""
        counted = self._counted(lambda files: files.reset(), "reset")
        return tf.group(counted, name=name or "ReaderReset")

    def _numbers(self) -> Iterator[int]:
        """The number of a session, again and again; its files are closed with it."""
        number = next(_numbers)
        self._files[number] = _Files()
        try:
            while True:
                yield number
        finally:
            del self._files[number]

    def _taken(self, queue: Any, most: Any) -> list[Tensor]:
        reader, most = self.reader_ref, tf.convert_to_tensor(most, tf.int64)

        def records() -> list[Tensor]:
            kinds = [tf.string, tf.string]
            found = tf.py_func(lambda number, n: self._files[number].take(n), [reader, most], kinds)
            for part in found:
                part.set_shape([None])
            return list(found)

        def of_next_file(*_: Tensor) -> list[Tensor]:
            begun = tf.py_func(self._begin, [reader, _dequeued(queue)], [])
            with tf.control_dependencies([begun]):
                return records()

        return list(
            tf.while_loop(
                lambda keys, _: tf.equal(tf.size(keys), 0),
                of_next_file,
                records(),
                shape_invariants=[tf.TensorShape([None])] * 2,
                parallel_iterations=1,
                back_prop=False,
            )
        )

    def _begin(self, number: int, path: bytes) -> None:
        self._files[number].begin(os.fsdecode(path))

    def _counted(self, count: Any, name: str) -> Tensor:
        counted = tf.py_func(
            lambda number: np.int64(count(self._files[number])),
            [self.reader_ref],
            tf.int64,
            name=name,
        )
        counted.set_shape([])
        return counted


class _Files:
    """What a reader has begun in one session."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._begun: collections.deque[Iterator[Record]] = collections.deque()
        self.produced = self.completed = 0

    def begin(self, path: str) -> None:
        """Reads a file when those before it are at their end."""
        with self._lock:
            self._begun.append(lmdb_records(path))

    def take(self, most: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """The next records of one file; none when all that were begun are at their end."""
        with self._lock:
            found: list[Record] = []
            while self._begun and not found:
                found = list(itertools.islice(self._begun[0], most))
                if len(found) < most:
                    self._begun.popleft()
                    self.completed += 1
            self.produced += len(found)
        keys, values = zip(*found, strict=True) if found else ((), ())
        return np.array(keys, object), np.array(values, object)

    def reset(self) -> int:
        """Forgets all of it."""
        with self._lock:
            self._begun.clear()
            self.produced = self.completed = 0
        return 0


def lmdb_records(path: str) -> Iterator[Record]:
    """The keys and values of a file, in the order of the keys.

    Args:
        path: LMDB's folder, or a data file itself.

    Raises:
        ValueError: It is missing or damaged, found when the first record is asked for.
    """
    lmdb = _lmdb()
    try:
        environment = _environment(path)
        with environment.begin() as transaction:
            yield from transaction.cursor()
    except lmdb.Error as exc:
        raise ValueError(str(exc) if path in str(exc) else f"{path}: {exc}") from exc


def _environment(path: str) -> Any:
    place = os.path.realpath(path)
    with _opening:
        environment = _open.get(place)
        if environment is None:
            # Nothing is written, so that files on a disk without locks can be read.
            options = {"readonly": True, "lock": False, "subdir": os.path.isdir(path)}
            environment = _open[place] = _lmdb().open(path, **options)
        return environment


def _dequeued(queue: Any) -> Tensor:
    if hasattr(queue, "dequeue"):
        return queue.dequeue()
    return tf.raw_ops.QueueDequeueV2(handle=queue, component_types=[tf.string])[0]


def _lmdb() -> Any:
    try:
        return importlib.import_module("lmdb")
    except ImportError as exc:
        raise UsageError("LMDB files are read by the package lmdb: pip install lmdb") from exc
