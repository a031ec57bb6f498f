"""The TensorFlow 1 namespace: this module is, name by name, what `import tensorflow as tf` was.

    import graphkit.tf1 as tf
    import graphkit.tf1.contrib.slim as slim

Most names are `tf.compat.v1`; what TensorFlow 2 removed comes back from the provider named in the
tables of `graphkit.tf1._tables`, or is refused with an error that says what to use instead. A name
is looked up when it is first touched: `tf.Session` does not load `contrib`. Importing this module
switches nothing: eager execution stays on until a program calls `tf.disable_v2_behavior()` or
works inside `with tf.Graph().as_default():`.
"""

from __future__ import annotations

from typing import Any

from graphkit.tf1 import _finder, _repairs
from graphkit.tf1._namespace import names_in, resolve

_finder.install()
_repairs.install()


def __getattr__(name: str) -> Any:
    """Finds a name of TensorFlow 1, and keeps it."""
    if name == "__all__":
        return names_in("")
    value = resolve("", name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Lists the names of TensorFlow 1 that can be touched."""
    return names_in("")
