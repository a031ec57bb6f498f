"""The graph a foreign program builds, for its checkpoint to be read into."""

from __future__ import annotations

import ast
import inspect
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from graphkit.errors import ArgumentError, UnknownNameError
from graphkit.port._language._source import SourceCompiler
from graphkit.port._modules import ImportWorld
from graphkit.port._program import recognise, report_failure, run_part
from graphkit.port._quiet import quieten
from graphkit.port._target import locate, put_first, read_parts
from graphkit.port._world import RunOptions, World

__all__ = ["build_graph"]


def build_graph(script: str, function: str | None = None) -> Any:
    """Runs a program's file, not as its main program, and gives the graph it left.

    One that built nothing then goes on as the main program, `if __name__ == "__main__":`. Unless a
    function is named, it ends where a session is about to run its first graph with variables, so
    that it trains nothing and writes no checkpoint.

    It changes the process it runs in, for good. A program that fails is told as `run_program` does.

    Args:
        script: The file.
        function: A function of it to call, without arguments, once it is loaded.

    Returns:
        The graph that the function returned, that of the session, or else the current one.

    Raises:
        MissingFileError: There is no such file.
        UnknownNameError: It has no such function.
        ArgumentError: It built nothing, or the function takes arguments.
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
    program = _Program(path, parts, module, world.imports, compiler)
    try:
        if function is None:
            built = program.built()
        else:
            program.run()
            built = _function(module, function)()
    except (SystemExit, ArgumentError, UnknownNameError):
        raise
    except BaseException as error:
        report_failure(error, whole=False, choice=choice)
    return _graph(script, built)


class _Program(NamedTuple):
    """A program whose file is run in a module."""

    path: Path
    parts: list[bytes]
    module: ModuleType
    imports: ImportWorld
    compiler: SourceCompiler

    def run(self) -> None:
        """As if it were imported."""
        for part in self.parts:
            run_part(part, str(self.path), self.module, self.imports, self.compiler)

    def built(self) -> Any:
        """The graph it has built when a session is about to run it; None if none is."""
        from graphkit.port._first_run import FirstRun, until_first_run

        try:
            with until_first_run():
                self.run()
                if not _current_graph().get_operations():
                    self._run_as_main()
        except FirstRun as end:
            return end.graph
        return None

    def _run_as_main(self) -> None:
        """Goes on with what it does as the main program alone."""
        self.module.__name__ = "__main__"
        sys.modules["__main__"] = self.module
        try:
            for part in self.parts:
                code = self.compiler.compile(part, str(self.path), _keep_main).code
                exec(code, vars(self.module))
        except SystemExit as end:  # `tf.app.run` ends every program so
            if end.code:
                raise


def _keep_main(tree: ast.Module, _text: str) -> None:
    tree.body = [line for line in tree.body if _is_future(line) or _is_main(line)]


def _is_future(line: ast.stmt) -> bool:
    return isinstance(line, ast.ImportFrom) and line.module == "__future__"


def _is_main(line: ast.stmt) -> bool:
    """Tells `if __name__ == "__main__":`."""
    if not isinstance(line, ast.If) or not isinstance(line.test, ast.Compare):
        return False
    sides = [ast.unparse(side) for side in (line.test.left, *line.test.comparators)]
    return sorted(sides) == ["'__main__'", "__name__"]


def _function(module: ModuleType, name: str) -> Any:
    functions = {key: value for key, value in vars(module).items() if callable(value)}
    if name not in functions:
        raise UnknownNameError("function", name, functions)
    try:
        inspect.signature(functions[name]).bind()
    except TypeError as exc:
        wanted = f"one that takes no arguments ({exc})"
        raise ArgumentError("build_graph", "function", name, wanted) from exc
    return functions[name]


def _graph(script: str, built: Any) -> Any:
    from graphkit._tf import tf

    graph = built if isinstance(built, tf.Graph) else _current_graph()
    graph._unsafe_unfinalize()  # noqa: SLF001  # a monitored session's; there is no public way
    if not graph.get_operations():
        wanted = (
            "a program that builds a graph when it is imported, or before its first session runs, "
            "or FILE:FUNCTION with a function that builds it"
        )
        raise ArgumentError("build_graph", "script", script, wanted)
    return graph


def _current_graph() -> Any:
    from graphkit._tf import tf

    return tf.get_default_graph()
