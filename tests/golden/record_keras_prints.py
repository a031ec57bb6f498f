"""Records what tests/scripts/keras_prints.py prints with tf.keras of 1.15.5 and with keras 2.2.4.

    python3.7 tests/golden/record_keras_prints.py

in an environment with tensorflow 1.15.5 and keras 2.2.4.
"""

import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.join(os.path.dirname(HERE), "scripts", "keras_prints.py")


def printed(*arguments):
    done = subprocess.run(
        [sys.executable, PROGRAM, *arguments],
        cwd=tempfile.mkdtemp(),
        env=dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3", PYTHONWARNINGS="ignore"),
        stdout=subprocess.PIPE,
        check=True,
    )
    return done.stdout.decode("utf-8").splitlines()


if __name__ == "__main__":
    recorded = {"tensorflow": printed(), "standalone": printed("standalone")}
    with open(os.path.join(HERE, "keras_prints.json"), "w") as file:
        json.dump(recorded, file, indent=1, sort_keys=True)
        file.write("\n")
