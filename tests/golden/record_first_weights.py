"""Records with TensorFlow 1.15.5 which ops start the weights of layers, into a JSON.

python3.7 tests/golden/record_first_weights.py
"""

import json
import os

import tensorflow as tf
from first_weights_cases import LAYERS, started

if __name__ == "__main__":
    found = {name: started(tf, program) for name, program in LAYERS.items()}
    path = os.path.join(os.path.dirname(__file__), "first_weights.json")
    with open(path, "w") as file:
        json.dump(found, file, indent=1, sort_keys=True)
        file.write("\n")
