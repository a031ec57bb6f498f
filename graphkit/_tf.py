"""The one door to TensorFlow: `tf` is `tensorflow.compat.v1`, imported quietly.

No other module of graphkit imports TensorFlow or tf_keras, so upgrades, typing and start-up noise
have one place. Nothing global is switched: v2 behaviour stays as it is, and all graph work happens
inside explicit `tf.Graph` objects.

TensorFlow has no type stubs for compat.v1; the aliases below name what a signature means.
"""

from __future__ import annotations

import gc
import importlib
import inspect
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

__all__ = [
    "DType",
    "Graph",
    "Operation",
    "SaveSpec",
    "SaveableObject",
    "SavedModel",
    "Tensor",
    "Variable",
    "draws_of_graphs",
    "function_def_to_graph_def",
    "give_stack",
    "keras",
    "legacy_layers",
    "legacy_rnn",
    "pfor",
    "python_function",
    "queue_inputs",
    "register_proto_function",
    "renew_locks",
    "tf",
    "without_log_lines",
]

_LOG_LEVEL = "TF_CPP_MIN_LOG_LEVEL"
_LOG_LINE = re.compile(
    rb"[IWE]\d{4} "
    rb"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IWE] "
    rb"|WARNING: All log messages before absl"
    rb"|To enable the following instructions: "
    rb"|INFO: Created TensorFlow Lite "
)


@contextmanager
def without_log_lines() -> Iterator[None]:
    """Holds back the log lines native code writes to file descriptor 2; the rest comes through.

    TensorFlow writes some before its log level takes effect, so no setting silences them.
    """
    try:
        kept = os.dup(2)
    except OSError:  # a daemon without a standard error: nothing can be seen
        yield
        return
    _flush_stderr()
    with tempfile.TemporaryFile() as captured:
        os.dup2(captured.fileno(), 2)
        try:
            yield
        finally:
            _flush_stderr()
            os.dup2(kept, 2)
            os.close(kept)
            captured.seek(0)
            for line in captured:
                if not _LOG_LINE.match(line):
                    os.write(2, line)


def _flush_stderr() -> None:
    if sys.stderr is not None:  # as under pythonw
        sys.stderr.flush()


def _import_tensorflow() -> Any:
    """Imports compat.v1, without start-up noise unless the user's log level asks for all of it."""
    level = os.environ.get(_LOG_LEVEL)
    if "tensorflow" in sys.modules or level == "0":
        return importlib.import_module("tensorflow.compat.v1")
    # TensorFlow reads its level once, at import; child processes shall find what the user set.
    os.environ[_LOG_LEVEL] = level or "3"
    try:
        with without_log_lines():
            module = importlib.import_module("tensorflow.compat.v1")
    finally:
        if level is None:
            del os.environ[_LOG_LEVEL]
        else:
            os.environ[_LOG_LEVEL] = level
    module.logging.set_verbosity(module.logging.ERROR)
    return module


@contextmanager
def _without_collections() -> Iterator[None]:
    """Keeps the garbage collector from walking over half a million new objects, none garbage.

    That is a fifth of the import's time.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


with _without_collections():
    tf: Any = _import_tensorflow()

    # Keras 2's home of `tf.layers` and `tf.nn.rnn_cell`; tf_keras serves them without an
    # environment variable only from here.
    _LEGACY = "tf_keras.api._v1.keras.__internal__.legacy"
    legacy_layers: Any = importlib.import_module(f"{_LEGACY}.layers")
    legacy_rnn: Any = importlib.import_module(f"{_LEGACY}.rnn_cell")


def keras() -> Any:
    """Keras 2, whole, which the layers above are a part of."""
    return importlib.import_module("tf_keras")


# How often each graph's seed was drawn from, which has no public door.
_seeds: Any = importlib.import_module("tensorflow.python.framework.random_seed")
draws_of_graphs: Any = _seeds._graph_to_seed_dict  # noqa: SLF001


def renew_locks(graph: Any) -> None:
    """Gives a graph locks that nobody holds, after Ctrl-C in TensorFlow's own Python.

    It may have come between the taking of a lock and its release; the next run would wait for
    ever. No public door.

    Args:
        graph: The graph whose run was interrupted.
    """
    graph._group_lock = type(graph._group_lock)(num_groups=2)  # noqa: SLF001


def leave_session(session: Any) -> None:
    """Lets go of a session without closing it, which waits for what it computes. No public door.

    Args:
        session: The session; what runs in it holds what it needs.
    """
    session._closed = True  # noqa: SLF001
    session._session = None  # noqa: SLF001


# The registry behind `tf.vectorized_map`, which has no public door.
pfor: Any = importlib.import_module("tensorflow.python.ops.parallel_for.pfor")

# What TensorFlow's batchers are made of: shapes, sparse tensors, conditions; no public door.
queue_inputs: Any = importlib.import_module("tensorflow.python.training.input")

# What a Saver saves that is no variable, which has no public door.
_saveables: Any = importlib.import_module("tensorflow.python.training.saving.saveable_object")
SaveableObject: Any = _saveables.SaveableObject
SaveSpec: Any = _saveables.SaveSpec

# The message in a `saved_model.pb`, which only TensorFlow's own loaders know by name.
SavedModel: Any = importlib.import_module("tensorflow.core.protobuf.saved_model_pb2").SavedModel

# Writes a function as a graph, which has no public door either.
function_def_to_graph_def: Any = importlib.import_module(
    "tensorflow.python.framework.function_def_to_graph"
).function_def_to_graph_def

# How what stands in a collection is written into a MetaGraph and read again; no public door either.
register_proto_function: Any = importlib.import_module(
    "tensorflow.python.framework.ops"
).register_proto_function

_stacks: Any = importlib.import_module("tensorflow.python.util.tf_stack")
_ops_in_c: Any = importlib.import_module("tensorflow.python.client.pywrap_tf_session")


def give_stack(op: Any) -> None:
    """Makes the call stack of now that of an op, as an imported op has none; no public door."""
    _ops_in_c.TF_SetOpStackTrace(op._c_op, _stacks.extract_stack())  # noqa: SLF001


_python_calls: Any = importlib.import_module("tensorflow.python.ops.script_ops")


def python_function(token: str) -> Callable[..., Any] | None:
    """The program's function behind an op that calls Python, which has no public door.

    Args:
        token: What the op names it by.

    Returns:
        The function as the program gave it; None if it is of another process.
    """
    found = _python_calls._py_funcs.get(token)  # noqa: SLF001
    if isinstance(found, _python_calls.EagerFunc):
        found = found._func  # noqa: SLF001
    return None if found is None else inspect.getclosurevars(found).nonlocals.get("func", found)


Tensor: TypeAlias = Any
Operation: TypeAlias = Any
Variable: TypeAlias = Any
Graph: TypeAlias = Any
DType: TypeAlias = Any
