"""Records with TensorFlow 1.15.5 which ops some calls make, into a JSON.

python3.7 tests/golden/record_op_lists.py
"""

import json
import os

import tensorflow as tf
from op_list_cases import CALLS, made

if __name__ == "__main__":
    tf.enable_resource_variables()  # as in library use
    found = {name: made(tf, call) for name, call in CALLS.items()}
    path = os.path.join(os.path.dirname(__file__), "op_lists.json")
    with open(path, "w") as file:
        json.dump(found, file, indent=1, sort_keys=True)
        file.write("\n")
