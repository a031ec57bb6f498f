"""Run by test_tf1_version_one in a process of its own: a process can leave version 2 only once."""

import importlib.util
import json
import sys
import warnings
from pathlib import Path

import graphkit.tf1 as tf

GOLDEN = Path(__file__).parents[1] / "golden"


def recorder(name):
    spec = importlib.util.spec_from_file_location(name, GOLDEN / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def looked_up(graph, part, name):
    """Why a name of 1.15 does not lead to what was made; nothing where it does."""
    wanted = graph.as_graph_element(part.values if hasattr(part, "dense_shape") else part)
    try:
        found = graph.as_graph_element(name)
    except KeyError:
        return [f"{name} is now {wanted.name}"]
    return [] if found.name == wanted.name else [f"{name} is {found.name}, not {wanted.name}"]


def compared(names, expression, then):
    """What an expression makes, and which of the recorded names are lost."""
    with tf.Graph().as_default() as graph:
        try:
            made = names.build(tf, expression)
        except Exception as error:
            return {"made": [type(error).__name__], "lost": []}
        pairs = [(part, old.split(" ")[0]) for part, old in zip(made, then, strict=False)]
        return {
            "made": [names.described(tf, part) for part in made],
            "lost": [why for part, name in pairs for why in looked_up(graph, part, name)],
        }


def main():
    warnings.simplefilter("ignore")
    tf.logging.set_verbosity(tf.logging.ERROR)
    tf.disable_v2_behavior()
    tf.disable_v2_behavior()  # a second time changes nothing
    names = recorder("record_names")
    recorded = json.loads((GOLDEN / "names.json").read_text())
    found = {
        "dimensions": recorder("record_dimensions").describe(tf),
        "names": {text: compared(names, text, then) for text, then in recorded.items()},
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
