"""The `graphkit` command: one file per sub-command, parsing and printing only.

Nothing here imports TensorFlow, NumPy or OpenCV before a command that needs them runs.
"""

from graphkit.cli._app import main

__all__ = ["main"]
