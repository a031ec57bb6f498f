"""Records the positional parameters of TensorFlow 1.15.5's public callables, as signatures.json.

    /path/to/python3.7 tests/golden/record_signatures.py

Functions, classes (their `__init__`) and public methods outside contrib and Keras; a parameter
list is one string, `*` stands for any number of further arguments.
"""

from __future__ import print_function

import inspect
import json
import os
import sys
import types

HERE = os.path.dirname(os.path.abspath(__file__))
LEFT_OUT = """
    compat contrib core estimator examples keras python pywrap_tensorflow raw_ops tf_decorator tools
""".split()


def parameters(call):
    """The positional parameters of a function, `self` left out, as one string; None if unknown."""
    call = inspect.unwrap(call)
    spec = getattr(call, "_tf_decorator", None)
    if spec is not None and spec.decorator_argspec is not None:
        found = spec.decorator_argspec
        names, rest = list(found.args), found.varargs
    else:
        try:
            found = inspect.getfullargspec(call)
        except TypeError:
            return None
        names, rest = list(found.args), found.varargs
    return " ".join([name for name in names if name != "self"] + (["*"] if rest else []))


def members(owner):
    """A class's constructor, and the public methods it does not inherit."""
    yield "__init__", owner.__init__
    for name, method in sorted(vars(owner).items()):
        if not name.startswith("_") and isinstance(method, types.FunctionType):
            yield name, method


def public_names(module, path, seen):
    """Every public callable below a module: its path and itself."""
    for name in sorted(dir(module)):
        if name.startswith("_") or name in LEFT_OUT:
            continue
        value = getattr(module, name)
        full = "%s.%s" % (path, name)
        if isinstance(value, types.ModuleType):
            if value not in seen and "tensorflow" in value.__name__:
                for found in public_names(value, full, [*seen, value]):
                    yield found
        elif isinstance(value, type):
            for method, call in members(value):
                yield "%s.%s" % (full, method), call
        elif callable(value):
            yield full, value


def main():
    import tensorflow as tf

    tf.logging.set_verbosity(tf.logging.ERROR)
    found = {}
    for name, call in public_names(tf, "tf", [tf]):
        listed = parameters(call)
        if listed and listed != "*":
            found[name] = listed
    with open(os.path.join(HERE, "signatures.json"), "w") as out:
        json.dump(found, out, indent=0, sort_keys=True, separators=(",", ": "))
        out.write("\n")
    print(len(found), file=sys.stderr)


if __name__ == "__main__":
    main()
