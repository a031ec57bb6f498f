"""Starts the `graphkit` command with nothing of the program's folder on the path before it."""

import runpy

if __name__ == "__main__":
    runpy.run_module("graphkit", run_name="__main__")
