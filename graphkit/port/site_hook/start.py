"""Starts the `graphkit` command with nothing of the program's folder on the path before it."""

from graphkit.cli import main

main()
