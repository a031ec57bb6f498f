"""`python -m graphkit` is the `graphkit` command."""

import os
import sys

if __name__ == "__main__":
    if not getattr(sys.flags, "safe_path", False):
        # `python -m` puts the current folder first, where a program's queue.py hides Python's own.
        sys.path[0] = os.path.dirname(os.path.dirname(__file__))

    from graphkit.cli import main

    main()
