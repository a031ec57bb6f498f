"""Records what real Python 2 prints for the programs in tests/scripts/python2.

    python2.7 tests/golden/record_python2.py

The programs need nothing beside the standard library. python2.json gets one text per program.
"""

import glob
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = os.path.join(os.path.dirname(HERE), "scripts", "python2")


def printed(path):
    """What a program prints when it is started in its own folder."""
    command = [sys.executable, "-B", os.path.basename(path)]
    return subprocess.check_output(command, cwd=PROGRAMS).decode("utf-8")


def main():
    if sys.version_info[:2] != (2, 7):
        sys.exit("to be run by Python 2.7")
    recorded = {}
    for path in sorted(glob.glob(os.path.join(PROGRAMS, "*.py"))):
        recorded[os.path.splitext(os.path.basename(path))[0]] = printed(path)
    text = json.dumps(recorded, indent=1, sort_keys=True, separators=(",", ": "))
    with open(os.path.join(HERE, "python2.json"), "w") as file:
        file.write(text + "\n")


if __name__ == "__main__":
    main()
