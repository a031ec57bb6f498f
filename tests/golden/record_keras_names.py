"""Records the names Keras 2.2.4 shows in each of its modules.

    tf115/bin/pip install "keras==2.2.4"
    tf115/bin/python tests/golden/record_keras_names.py

Only what Keras defines itself counts, not what a module imports from elsewhere.
"""

import importlib
import json
import os
import types

HERE = os.path.dirname(os.path.abspath(__file__))
LAYERS = (
    "advanced_activations convolutional convolutional_recurrent core embeddings local merge noise "
    "normalization pooling recurrent wrappers"
)
MODULES = (
    "activations backend callbacks constraints initializers layers losses metrics models "
    "objectives optimizers preprocessing.image preprocessing.sequence preprocessing.text "
    "regularizers utils utils.np_utils utils.generic_utils utils.vis_utils engine.topology"
)
ALL = MODULES.split() + ["layers." + name for name in LAYERS.split()]


def shown(module):
    for name in dir(module):
        value = getattr(module, name)
        own = getattr(value, "__module__", "").startswith("keras")
        if own and not name.startswith("_") and not isinstance(value, types.ModuleType):
            yield name


def main():
    recorded = {name: list(shown(importlib.import_module("keras." + name))) for name in ALL}
    with open(os.path.join(HERE, "keras_names.json"), "w") as file:
        json.dump(recorded, file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
