"""Tells programs for TensorFlow 1 from programs for TensorFlow 2, by what they use."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graphkit.port._names_used import used_names
from graphkit.port._second_names import dotted_name
from graphkit.port._tensorflow import load_tensorflow

__all__ = ["Choice", "choose_mode", "is_restored"]

_PACKAGES = {"tensorflow": "", "keras": "keras"}

# Whole parts of TensorFlow 1, and the sessions of its Keras.
_ONLY_IN_ONE = ("app", "contrib", "examples", "flags", "models", "python_io")
_KERAS_OF_ONE = re.compile(r"keras\.backend\.(\w+\.)*(get_session|set_session|gradients)$")

# Names of TensorFlow 2 that `compat.v1` has today as well; TensorFlow 1.15 had none of them.
_LATER = (
    "GradientTape",  # was there, but for programs that switch eager execution on
    "config.get_visible_devices",
    "config.list_logical_devices",
    "config.list_physical_devices",
    "config.run_functions_eagerly",
    "config.set_logical_device_configuration",
    "config.set_visible_devices",
    "data.AUTOTUNE",
    "experimental.numpy",
    "function",
    "keras.layers.experimental.preprocessing",
    "keras.utils.img_to_array",
    "keras.utils.load_img",
    "keras.utils.pad_sequences",
    "keras.utils.save_img",
)
_LATER_KERAS = frozenset(
    {
        "CategoryEncoding",
        "CenterCrop",
        "Conv1DTranspose",
        "Discretization",
        "EinsumDense",
        "MultiHeadAttention",
        "Normalization",
        "RandomCrop",
        "RandomFlip",
        "RandomRotation",
        "RandomZoom",
        "Rescaling",
        "Resizing",
        "TextVectorization",
        "convnext",
        "efficientnet",
        "efficientnet_v2",
        "image_dataset_from_directory",
        "mobilenet_v3",
        "register_keras_serializable",
        "set_random_seed",
        "text_dataset_from_directory",
    }
)
_LATER_KERAS_STEMS = ("EfficientNet", "ConvNeXt", "MobileNetV3", "RegNet", "ResNetRS")

# In both, but of use only with graphs.
_GRAPH_NAMES = ("Graph", "estimator", "gradients", "import_graph_def", "io.write_graph")
_GRAPH_ATTRIBUTES = frozenset(
    {
        "cached_session",
        "from_structure",
        "make_initializable_iterator",
        "make_one_shot_iterator",
        "test_session",
    }
)
# In both, and of use without looking at a tensor's value.
_SILENT = (
    "Variable.SaveSliceInfo",
    "as_dtype",
    "autograph",
    "config",
    "data",
    "debugging.set_log_device_placement",
    "device",
    "distribute",
    "executing_eagerly",
    "get_logger",
    "io.gfile",
    "is_tensor",
    "keras",
    "load_op_library",
    "make_ndarray",
    "make_tensor_proto",
    "sysconfig",
    "test",
    "train",
)


class Choice(NamedTuple):
    """Which TensorFlow a program was written for.

    Args:
        mode: "v1" or "v2".
        evidence: What told so; empty if nothing did.
    """

    mode: str
    evidence: str


@dataclass
class _Facts:
    """What is seen in a program's source."""

    names: set[str] = field(default_factory=set)
    called: set[str] = field(default_factory=set)
    methods: set[str] = field(default_factory=set)
    keywords: set[str] = field(default_factory=set)
    measured: set[str] = field(default_factory=set)
    looked_up: set[str] = field(default_factory=set)
    runs_session: bool = False
    old_libraries: tuple[str, ...] = ()

    def add(self, tree: ast.Module) -> None:
        """Adds what one module shows."""
        called = {id(node.func): node for node in ast.walk(tree) if isinstance(node, ast.Call)}
        for name, node in used_names(tree, _PACKAGES):
            self.names.add(name)
            if id(node) in called:
                self.called.add(name)
        for node in called.values():
            self._add_call(node)
        for part in ast.walk(tree):
            if isinstance(part, ast.Subscript):
                self.looked_up.update(_texts(part.slice))
            elif isinstance(part, ast.keyword) and part.arg in ("monitor", "metrics"):
                kept = self.looked_up if part.arg == "monitor" else self.measured
                kept.update(_texts(part.value))

    def _add_call(self, node: ast.Call) -> None:
        self.keywords.update(keyword.arg for keyword in node.keywords if keyword.arg)
        if isinstance(node.func, ast.Attribute):
            method = node.func.attr
            self.methods.add(method if node.args or node.keywords else f"{method}()")
            owner = (dotted_name(node.func.value) or [""])[-1]
            self.runs_session |= method == "run" and "sess" in owner


def _texts(node: ast.AST) -> set[str]:
    inner = ast.walk(node)
    constants = {part.value for part in inner if isinstance(part, ast.Constant)}
    return {text for text in constants if isinstance(text, str)}


def choose_mode(trees: Iterable[ast.Module], old_libraries: tuple[str, ...] = ()) -> Choice:
    """Decides for which TensorFlow a program was written.

    What only one of them has decides; after that, what makes sense in one of them only: sessions
    and graphs, or values of tensors taken without a session.

    Args:
        trees: Its modules, parsed.
        old_libraries: Libraries it uses that are known to be written for TensorFlow 1.

    Returns:
        The mode and what told; "v1" where nothing does.
    """
    facts = _Facts(old_libraries=old_libraries)
    for tree in trees:
        facts.add(tree)
    for mode, find in _EVIDENCE:
        evidence = next(find(facts), "")
        if evidence:
            return Choice(mode, evidence)
    return Choice("v1", "" if facts.names else "no TensorFlow")


def _names_of_one(facts: _Facts) -> Iterator[str]:
    for name in sorted(facts.names):
        if name == "compat.v1" or _is_version_one(name):
            yield f"tf.{name}"


def _names_of_two(facts: _Facts) -> Iterator[str]:
    for name in sorted(facts.names):
        if name.startswith("compat.v1.") or _is_version_two(name):
            yield f"tf.{name}"


def _graph_work(facts: _Facts) -> Iterator[str]:
    yield from (f"tf.{name}" for name in sorted(facts.names) if _is_below(name, _GRAPH_NAMES))
    methods = {method.removesuffix("()") for method in facts.methods}
    yield from (f".{method}()" for method in sorted(methods & _GRAPH_ATTRIBUTES))
    yield from (f"--old-library {name}" for name in facts.old_libraries)
    if facts.runs_session:
        yield "session.run()"
    if "feed_dict" in facts.keywords:
        yield "feed_dict="
    if "accuracy" in facts.measured:  # TensorFlow 1 told this metric as 'acc'
        yield from sorted(facts.looked_up & {"acc", "val_acc"})


def _eager_work(facts: _Facts) -> Iterator[str]:
    if "numpy()" in facts.methods:
        yield ".numpy()"
    if "accuracy" in facts.measured:
        yield from sorted(facts.looked_up & {"accuracy", "val_accuracy"})
    for name in sorted(facts.names):
        if name.startswith("data."):
            yield f"tf.{name} without an iterator"
    for name in sorted(facts.called):
        if not _is_below(name, _SILENT) and (name == "Variable" or _is_function(name)):
            yield f"tf.{name}() without a session"


_EVIDENCE: tuple[tuple[str, Callable[[_Facts], Iterator[str]]], ...] = (
    ("v1", _names_of_one),
    ("v2", _names_of_two),
    ("v1", _graph_work),
    ("v2", _eager_work),
)


def _is_below(name: str, tops: Iterable[str]) -> bool:
    return any(name == top or name.startswith(f"{top}.") for top in tops)


def _is_function(name: str) -> bool:
    if _is_below(name, ("python",)):
        return False  # both have private modules, and today's are only seen once one was imported
    found: Any = _modern()
    for part in name.split("."):
        found = getattr(found, part, None)
    return callable(found) and not isinstance(found, type)


def _resolves(module: Any, name: str) -> bool:
    for part in name.split("."):
        if not hasattr(module, part):
            return False
        module = getattr(module, part)
        if isinstance(module, type):
            return True
    return True


def _is_version_one(name: str) -> bool:
    if _is_below(name, _ONLY_IN_ONE) or _KERAS_OF_ONE.search(name):
        return True
    if _is_below(name, ("keras", "python", "compat")):
        return False
    return not _resolves(_modern(), name) and not _is_version_two(name)


def is_restored(name: str) -> bool:
    """Says whether a name below `tensorflow` is one that today's TensorFlow no longer has.

    Args:
        name: The dotted name.

    Returns:
        Whether graphkit brought it back.
    """
    modern = _modern()
    if name.startswith("python."):
        return not (_is_module(name) or _is_module(name.rpartition(".")[0]))
    return not (_resolves(modern.compat.v1, name) or _resolves(modern, name))


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(f"tensorflow.{name}") is not None
    except ImportError:
        return False


def _is_version_two(name: str) -> bool:
    if _is_below(name, _LATER):
        return True
    if _is_below(name, ("keras",)):
        parts = name.split(".")
        return any(part in _LATER_KERAS or part.startswith(_LATER_KERAS_STEMS) for part in parts)
    if _is_below(name, ("python", "compat")):
        return False
    return _resolves(_modern(), name) and not _resolves(_modern().compat.v1, name)


def _modern() -> Any:
    load_tensorflow()
    return importlib.import_module("tensorflow")
