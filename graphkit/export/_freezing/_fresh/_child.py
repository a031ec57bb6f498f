"""The other side of `FreshProcess`: reads graph files and runs them, until its parent is gone."""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from graphkit._tf import tf
from graphkit.errors import CorruptFileError, GraphkitError
from graphkit.export._apart._restore import restore_weights
from graphkit.export._freezing._fresh._frames import Frame, read_frame, write_frame
from graphkit.export._graphs._libraries import load_libraries
from graphkit.export._graphs._model_file import imported_graph, read_graph_def
from graphkit.session import SessionConfig
from graphkit.session._unreadable import readable_errors

__all__ = ["serve"]


def serve() -> None:
    """Answers each request on the standard input on what was the standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is the one to be interrupted
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not get between the answers
    requests: queue.Queue[Frame] = queue.Queue()
    threading.Thread(target=_receive, args=(sys.stdin.buffer, requests), daemon=True).start()
    while True:
        write_frame(answers, _answer(requests.get()))


def _receive(stream: BinaryIO, requests: queue.Queue[Frame]) -> None:
    """Takes requests; when there can be none any more, ends the process whatever it is doing."""
    try:
        while True:
            requests.put(read_frame(stream))
    except (EOFError, OSError):
        os._exit(0)


def _answer(request: Frame) -> Frame:
    message = request.message
    try:
        load_libraries("run", message["libraries"])
        found = _run_file(message["path"], message["outputs"], message["inputs"], request.arrays)
    except CorruptFileError as exc:
        return Frame({"refused": exc.reason})
    except tf.errors.OpError as exc:
        return Frame({"refused": exc.message, "code": exc.error_code})
    except (ValueError, TypeError, KeyError, GraphkitError) as exc:
        return Frame({"refused": str(getattr(exc, "message", exc))})
    return Frame({}, found)


def _run_file(
    path: str, outputs: Sequence[str], batches: Sequence[Sequence[str]], arrays: Sequence[Any]
) -> list[Any]:
    """Runs a file on batches, given by the names of their inputs and all their arrays in a row."""
    graph_def = read_graph_def(path)
    graph = imported_graph(Path(path), graph_def)
    values = iter(arrays)
    found = []
    with tf.Session(graph=graph, config=SessionConfig().to_proto()) as session:
        restore_weights(session, Path(path), graph_def)
        for names in batches:
            feed = {name if ":" in name else f"{name}:0": next(values) for name in names}
            with readable_errors():
                found += [np.asarray(value) for value in session.run(list(outputs), feed)]
    return found
