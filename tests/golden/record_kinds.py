"""Records what kind of thing every public name of TensorFlow 1.15.5 is, as kinds.json.

    /path/to/python3.7 tests/golden/record_kinds.py

Module path to kind to names: "class", "function" (whatever else can be called), "module", "value";
"folder" has what can be imported.
Of contrib, only its own modules are looked into: those below them are what they happen to import.
"""

from __future__ import print_function

import inspect
import json
import os
import pkgutil
import types
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
# Private folders, generated ops, and what repeats the rest.
PASSED_OVER = {
    "compat",
    "core",
    "examples",
    "include",
    "lite",
    "python",
    "pywrap_tensorflow",
    "raw_ops",
    "tools",
}
FUTURE = {"absolute_import", "division", "print_function", "unicode_literals"}


def kind(value):
    if inspect.isclass(value):
        return "class"
    if isinstance(value, types.ModuleType):
        return "module"
    return "function" if callable(value) else "value"


def contents(module):
    """The public names of a module and their values."""
    for name in sorted(set(dir(module))):
        if not name.startswith("_") and name not in PASSED_OVER | FUTURE:
            try:
                yield name, getattr(module, name)
            except Exception as error:
                print("left out:", name, error)


def is_from_tensorflow(module):
    return module.__name__.startswith("tensorflow")


def is_implementation(path):
    """Whether the modules in a module are what it imports."""
    return path.startswith(("contrib.", "app.", "flags"))


def walk(module, path, found):
    """Adds a module and those below it."""
    kinds = {}
    inner = []
    for name, value in contents(module):
        if kind(value) == "module":
            if not is_from_tensorflow(value) or is_implementation(path):
                continue
            inner.append((name, value))
        kinds.setdefault(kind(value), []).append(name)
    found[path] = kinds
    for name, value in inner:
        walk(value, path + "." + name if path else name, found)


def main():
    warnings.simplefilter("ignore")
    import tensorflow as tf

    tf.logging.set_verbosity(tf.logging.ERROR)
    dir(tf.contrib)  # loads it
    found = {}
    walk(tf, "", found)
    # Some modules of contrib are there only for who imports them.
    found["contrib"]["folder"] = sorted(m.name for m in pkgutil.iter_modules(tf.contrib.__path__))
    with open(os.path.join(HERE, "kinds.json"), "w") as out:
        lines = [
            "%s: %s" % (json.dumps(path), json.dumps(found[path], sort_keys=True))
            for path in sorted(found)
        ]
        out.write("{\n%s\n}\n" % ",\n".join(lines))
    print(len(found))


if __name__ == "__main__":
    main()
