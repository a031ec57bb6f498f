"""Records with TensorFlow 1.15.5 how networks are trained from a seed, into a JSON.

python3.7 tests/golden/record_seeded_training.py
"""

import json
import os

import tensorflow as tf
from seed_cases import KINDS
from seeded_training_cases import NETWORKS, fitted, trained

if __name__ == "__main__":
    found = {
        kind: {name: trained(tf, network, kind) for name, network in NETWORKS.items()}
        for kind in KINDS
    }
    found["keras"] = fitted(tf)
    path = os.path.join(os.path.dirname(__file__), "seeded_training.json")
    with open(path, "w") as file:
        json.dump(found, file, indent=1, sort_keys=True)
        file.write("\n")
