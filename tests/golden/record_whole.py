"""Records what the programs in tests/scripts/whole print with real TensorFlow 1.15.5.

    python3.7 tests/golden/record_whole.py [NAME...]

in an environment with tensorflow 1.15.5, opencv-python-headless and scipy. Each program runs in an
empty folder of its own, twice: what it prints must not change from run to run. whole.json gets its
lines.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = os.path.join(os.path.dirname(HERE), "scripts", "whole")
RECORDED = os.path.join(HERE, "whole.json")


def printed(name):
    """What a program prints, started in an empty folder."""
    folder = tempfile.mkdtemp()
    try:
        shutil.copy(os.path.join(PROGRAMS, name + ".py"), folder)
        environment = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3", PYTHONWARNINGS="ignore")
        command = [sys.executable, name + ".py"]
        done = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE)
        if done.returncode:
            sys.exit(f"{name} ended with {done.returncode}")
        return done.stdout.decode("utf-8").splitlines()
    finally:
        shutil.rmtree(folder)


def main(names):
    import tensorflow

    if tensorflow.__version__ != "1.15.5":
        sys.exit("to be run with TensorFlow 1.15.5, not " + tensorflow.__version__)
    recorded = {}
    if names and os.path.exists(RECORDED):
        with open(RECORDED) as file:
            recorded = json.load(file)
    for name in names or sorted(f[:-3] for f in os.listdir(PROGRAMS) if f.endswith(".py")):
        recorded[name] = printed(name)
        if printed(name) != recorded[name]:
            sys.exit(f"{name} prints something else each time")
    with open(RECORDED, "w") as file:
        json.dump(recorded, file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1:])
