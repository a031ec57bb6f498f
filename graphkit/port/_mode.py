"""Tells programs for TensorFlow 1 from programs for TensorFlow 2, by the names they use."""

from __future__ import annotations

import ast
import importlib
import importlib.util
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from graphkit.port._tensorflow import load_tensorflow

__all__ = ["choose_mode", "is_restored", "read_program", "tensorflow_names"]

_MOST_FILES = 300

# Keras names that came after TensorFlow 1.15.
_LATER_KERAS = frozenset(
    {
        "Discretization",
        "Normalization",
        "RandomCrop",
        "RandomFlip",
        "RandomRotation",
        "RandomZoom",
        "Rescaling",
        "Resizing",
        "TextVectorization",
        "image_dataset_from_directory",
        "load_img",
        "preprocessing.RandomFlip",
        "set_random_seed",
        "text_dataset_from_directory",
    }
)
# In both, but TensorFlow 1 needs something beside it.
_EAGER = frozenset({"GradientTape", "function", "convert_to_tensor().numpy"})
_ITERATION = ("make_one_shot_iterator", "make_initializable_iterator", "from_structure", "Iterator")
_ITERATION_ROOTS = ("estimator", "Session", "train", "enable_eager_execution", "contrib")


def read_program(
    text: str, folders: Sequence[Path], parse: Callable[[str, str], ast.Module], path: str
) -> list[ast.Module]:
    """Parses a script and the modules of its own that it imports, directly or not.

    Args:
        text: The script's source.
        folders: Where its modules are.
        parse: Parses source text, given its path; raises SyntaxError.
        path: The script's path.

    Returns:
        The syntax trees, the script's first.
    """
    trees = [parse(text, path)]
    seen: set[Path] = set()
    waiting = list(_imported_files(trees[0], folders))
    while waiting and len(trees) < _MOST_FILES:
        file = waiting.pop()
        if file in seen:
            continue
        seen.add(file)
        try:
            tree = parse(file.read_text(encoding="utf-8", errors="replace"), str(file))
        except (SyntaxError, OSError):
            continue
        trees.append(tree)
        waiting += _imported_files(tree, [*folders, file.parent])
    return trees


def _imported_files(tree: ast.Module, folders: Sequence[Path]) -> Iterator[Path]:
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            stem = node.module or ""
            names = [stem, *(f"{stem}.{alias.name}".strip(".") for alias in node.names)]
        for name in filter(None, names):
            for folder in folders:
                place = folder.joinpath(*name.split("."))
                for file in (place.with_suffix(".py"), place / "__init__.py"):
                    if file.is_file():
                        yield file


def tensorflow_names(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Lists the dotted names of TensorFlow one module uses.

    Args:
        tree: The parsed module.

    Yields:
        A name without the leading `tensorflow.`, and its line.
    """
    aliases: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name, meaning, full in _imported_names(node):
                aliases[name] = meaning
                if full:
                    yield full, node.lineno
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and id(node) not in inner:
            chain = _chain(node)
            if chain and chain[0] in aliases:
                yield ".".join(filter(None, [aliases[chain[0]], *chain[1:]])), node.lineno


def _imported_names(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str, str]]:
    """Lists what an import binds: the name, what it means below tensorflow, and what it names."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            top, _, rest = alias.name.partition(".")
            if top == "tensorflow":
                yield alias.asname or top, rest if alias.asname else "", rest
    elif not node.level and node.module:
        top, _, rest = node.module.partition(".")
        if top == "tensorflow":
            for alias in node.names:
                full = f"{rest}.{alias.name}".strip(".")
                yield alias.asname or alias.name, full, full


def _chain(node: ast.expr) -> list[str]:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id, *reversed(parts)] if isinstance(node, ast.Name) else []


def choose_mode(trees: Iterable[ast.Module]) -> str:
    """Decides for which TensorFlow a program was written.

    Args:
        trees: Its modules, parsed.

    Returns:
        "v2" when it uses what only TensorFlow 2 has and nothing that only TensorFlow 1 had, or
        runs eagerly without asking for it; else "v1".
    """
    trees = list(trees)
    names = {name for tree in trees for name, _line in tensorflow_names(tree)}
    if not names:
        return "v1"
    if any(name == "compat.v1" or _is_version_one(name) for name in names):
        return "v1"
    if any(name.startswith("compat.v1.") or _is_version_two(name) for name in names):
        return "v2"
    return "v2" if any(_runs_eagerly(tree) for tree in trees) else "v1"


def _resolves(module: Any, name: str) -> bool:
    for part in name.split("."):
        if not hasattr(module, part):
            return False
        module = getattr(module, part)
        if isinstance(module, type):
            return True
    return True


def _is_version_one(name: str) -> bool:
    top = name.partition(".")[0]
    if top in ("contrib", "examples", "app", "flags", "models", "python_io"):
        return True
    if top in ("keras", "python", "compat"):
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
    top, _, rest = name.partition(".")
    if top == "keras":
        return bool(_LATER_KERAS & set(rest.split("."))) or rest.startswith(
            "layers.experimental.preprocessing"
        )
    if top in ("python", "compat"):
        return False
    if top in _EAGER:
        return True
    return _resolves(_modern(), name) and not _resolves(_modern().compat.v1, name)


def _modern() -> Any:
    load_tensorflow()
    return importlib.import_module("tensorflow")


def _runs_eagerly(tree: ast.Module) -> bool:
    """Says whether values are taken from tensors, or elements from datasets, without a session."""
    names = {name for name, _line in tensorflow_names(tree)}
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    if any(name.split(".")[0] in _ITERATION_ROOTS for name in names):
        return False
    if any(name.startswith("data.") for name in names) and not attributes & set(_ITERATION):
        return True
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "numpy"
        and not node.args
        for node in ast.walk(tree)
    )
