"""A real TensorBoard on a log folder, in a child process that never outlives this one."""

from __future__ import annotations

import json
import os
import queue
import re
import socket
import subprocess
import sys
import tempfile
import threading
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from graphkit.errors import ArgumentError, GraphkitError, MissingFileError

__all__ = ["Board", "start_board"]

_SERVER = Path(__file__).with_name("_board_server.py")
_LAST_LINES = 20
# What TensorFlow logs while it is imported tells nothing of why TensorBoard failed.
_LOG_LINE = re.compile(r"[IW]\d{4} |\d{4}-\d\d-\d\d .*: [IW] |WARNING: All log messages before")
_STARTUP_SECS = 120.0
_STOP_SECS = 5.0


class Board:
    """A running TensorBoard; leave its `with` or call `stop` to end it.

    Attributes:
        url: The address of its first page.
    """

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self._process = process
        self.url = url

    def wait(self) -> None:
        """Blocks until TensorBoard ends, which it does only when stopped or killed."""
        self._process.wait()

    def stop(self) -> None:
        """Ends TensorBoard; stopping again does nothing."""
        _end(self._process)

    def __enter__(self) -> Board:
        """Gives the board itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ends TensorBoard."""
        self.stop()


def start_board(
    log_dir: str | PathLike[str], *, port: int = 6006, host: str = "localhost"
) -> Board:
    """Starts TensorBoard and returns once it answers.

    The folder may be empty, or be filled later: TensorBoard looks again every few seconds.

        with start_board("logs", port=0) as board:
            print(board.url)
            board.wait()

    Args:
        log_dir: A folder of runs, or of one run.
        port: The port to listen on; 0 takes any free one.
        host: The name or address to listen on; `0.0.0.0` lets other machines see it.

    Returns:
        The running board.

    Raises:
        MissingFileError: `log_dir` is no folder.
        ArgumentError: `port` is out of range or taken.
        GraphkitError: TensorBoard did not start; the message says what it said.
    """
    folder = os.fspath(log_dir)
    if not os.path.isdir(folder):
        reason = "is a file; name its folder" if os.path.exists(folder) else "does not exist"
        raise MissingFileError(folder, reason)
    _check_port(port)
    with tempfile.TemporaryFile("w+", errors="replace") as log:
        process = subprocess.Popen(
            [sys.executable, str(_SERVER), os.path.abspath(folder), host, str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"},
        )
        try:
            return Board(process, _await_url(process, log, f"{host} port {port}"))
        except BaseException:
            _end(process)
            raise


def _check_port(port: int) -> None:
    if not 0 <= port <= 0xFFFF:
        raise ArgumentError("start_board", "port", port, "between 0 and 65535")
    with socket.socket() as probe:
        if port and probe.connect_ex(("127.0.0.1", port)) == 0:
            wanted = "free, but something listens there; --port 0 (port=0) takes any free one"
            raise ArgumentError("start_board", "port", port, wanted)


def _await_url(process: subprocess.Popen[str], log: IO[str], place: str) -> str:
    """Waits for the child's one line of answer, its end, or the end of patience."""
    lines: queue.Queue[str] = queue.Queue()
    output: Any = process.stdout
    threading.Thread(target=lambda: lines.put(output.readline()), daemon=True).start()
    try:
        line = lines.get(timeout=_STARTUP_SECS)
    except queue.Empty:
        line = json.dumps({"error": f"no answer within {_STARTUP_SECS:g} s"})
    answer = json.loads(line) if line else {"error": "its process ended"}
    if "url" in answer:
        return str(answer["url"])
    log.seek(0)
    said = [line.rstrip() for line in log if not _LOG_LINE.match(line)][-_LAST_LINES:]
    reason = "\n".join([str(answer["error"]), *said])
    raise GraphkitError(f"start_board: TensorBoard did not start on {place}: {reason}")


def _end(process: subprocess.Popen[str]) -> None:
    """Closes the child's input, which ends it; insists if it does not."""
    try:
        process.communicate(timeout=_STOP_SECS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
