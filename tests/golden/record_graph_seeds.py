"""Records with TensorFlow 1.15.5 what is drawn from the graph's seed, into a JSON.

python3.7 tests/golden/record_graph_seeds.py
"""

import json
import os

import tensorflow as tf
from seed_cases import KINDS, PROGRAMS, drawn

if __name__ == "__main__":
    found = {
        kind: {name: drawn(tf, program, kind) for name, program in PROGRAMS.items()}
        for kind in KINDS
    }
    path = os.path.join(os.path.dirname(__file__), "graph_seeds.json")
    with open(path, "w") as file:
        json.dump(found, file, indent=1, sort_keys=True)
        file.write("\n")
