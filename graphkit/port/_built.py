"""The graph a foreign program builds, for its checkpoint to be read into."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from graphkit.errors import ArgumentError, UnknownNameError
from graphkit.port._language._source import SourceCompiler
from graphkit.port._program import recognise, report_failure, run_part
from graphkit.port._quiet import quieten
from graphkit.port._target import locate, put_first, read_parts
from graphkit.port._world import RunOptions, World

__all__ = ["build_graph"]


def build_graph(script: str, function: str | None = None) -> Any:
    """Runs a program's file, not as its main program, and gives the graph it left.

    It changes the process it runs in, for good. A program that fails is told as `run_program` does.

    Args:
        script: The file.
        function: A function of it to call, without arguments, once it is loaded.

    Returns:
        The graph that the function returned, or else the current one.

    Raises:
        MissingFileError: There is no such file.
        UnknownNameError: It has no such function.
        ArgumentError: It built nothing.
        SystemExit: It failed, or ended by itself.
    """
    path, place = locate(script, as_module=False)
    quieten()
    put_first(str(place))
    sys.argv = [script]
    compiler = SourceCompiler(lambda _line: None)
    parts = read_parts(path)
    world = World(RunOptions(), compiler, path.stem, lambda _line: None)
    world.imports.install()
    choice = recognise(parts, path, place, ())
    world.choose(choice.mode)
    module = sys.modules[path.stem] = ModuleType(path.stem)
    vars(module)["__file__"] = str(path)
    built = None
    try:
        for part in parts:
            run_part(part, str(path), module, world.imports, compiler)
        if function is not None:
            built = _function(module, function)()
    except (SystemExit, UnknownNameError):
        raise
    except BaseException as error:
        report_failure(error, whole=False, choice=choice)
    return _graph(script, built)


def _function(module: ModuleType, name: str) -> Any:
    functions = {key: value for key, value in vars(module).items() if callable(value)}
    if name not in functions:
        raise UnknownNameError("function", name, functions)
    return functions[name]


def _graph(script: str, built: Any) -> Any:
    from graphkit._tf import tf

    graph = built if isinstance(built, tf.Graph) else tf.get_default_graph()
    if not graph.get_operations():
        wanted = (
            "a program that builds a graph when it is imported, or FILE:FUNCTION with a function "
            "that builds it"
        )
        raise ArgumentError("build_graph", "script", script, wanted)
    return graph
