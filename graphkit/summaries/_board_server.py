"""The child process behind `start_board`: TensorBoard, and nothing else.

It runs as a script, apart from graphkit: TensorBoard keeps threads that cannot be stopped and
changes the logging of its process, so it gets a process of its own. It answers with one line of
JSON on standard output, `{"url": …}` or `{"error": …}`, and ends when its standard input does,
that is, with its parent, however that ends.
"""

from __future__ import annotations

import gc
import importlib.util
import json
import os
import signal
import sys
import types
from typing import Any

__all__ = ["launch", "main", "pkg_resources"]


def launch(log_dir: str, host: str, port: int) -> str:
    """Starts TensorBoard in threads of this process.

    Args:
        log_dir: The folder to show.
        host: The name or address to listen on.
        port: The port; 0 takes a free one.

    Returns:
        The address of its first page.
    """
    if importlib.util.find_spec("pkg_resources") is None:
        sys.modules["pkg_resources"] = pkg_resources()
    gc.disable()  # while half a million objects are made that stay
    from tensorboard import program  # only now: before 2.21 it imports pkg_resources

    gc.enable()
    board = program.TensorBoard()
    # The loader written in Python is the one that runs everywhere and ends with this process.
    board.configure(argv=[""], logdir=log_dir, host=host, port=port, load_fast="false")
    return str(board.launch())


def pkg_resources() -> types.ModuleType:
    """Stands in for the module setuptools 82 took away: the two functions TensorBoard uses."""
    module: Any = types.ModuleType("pkg_resources")
    module.iter_entry_points = lambda group: ()
    module.parse_version = lambda text: tuple(text.split("."))
    return module  # type: ignore[no-any-return]


def main(log_dir: str, host: str, port: str) -> int:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends us
    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(2, 1)  # whatever a library prints must not be taken for the answer
        try:
            answer = {"url": launch(log_dir, host, int(port))}
        except BaseException as exc:  # SystemExit too: the parent is to hear of everything
            answer = {"error": getattr(exc, "msg", None) or f"{type(exc).__name__}: {exc}"}
        print(json.dumps(answer), file=answers)
    if "url" in answer:
        sys.stdin.read()
    return "url" not in answer


if __name__ == "__main__":
    os._exit(main(*sys.argv[1:]))  # TensorBoard's threads are not waited for
