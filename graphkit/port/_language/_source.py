"""From the bytes of a program's file to code: decoding, Python 2, and what the neighbours lost.

Nothing is written: the file on disk stays as it is, and no bytecode is left beside it.
"""

from __future__ import annotations

import ast
import codecs
import importlib.util
import warnings
from collections.abc import Callable

from graphkit.port._language._prints import join_printed
from graphkit.port._language._python2 import (
    PRINT,
    find_python2_names,
    keep_lines,
    translate_python2,
)
from graphkit.port._language._rewrite import rewrite
from graphkit.port._loading import Compiled

__all__ = ["SourceCompiler", "decode"]

# What web pages put between words: spaces that do not break become spaces, the rest nothing.
_INVISIBLE = str.maketrans(
    {"\xa0": " ", "\u2007": " ", "\u202f": " "}
    | dict.fromkeys("\xad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", "")
)


def decode(data: bytes) -> str:
    r"""Decodes a source file; one that is not in the encoding it names is UTF-8, or else Latin-1.

    Args:
        data: The file's bytes.

    Returns:
        The text, with `\n` line ends.
    """
    try:
        return importlib.util.decode_source(data)
    except (UnicodeDecodeError, SyntaxError):
        data = data.removeprefix(codecs.BOM_UTF8)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = data.decode("latin-1")
        return text.replace("\r\n", "\n").replace("\r", "\n")


def _visible(text: str) -> str:
    """Cleans lines that Python refuses for what a web page left between their words."""
    lines = text.split("\n")
    while any(mark in text for mark in map(chr, _INVISIBLE)):
        try:
            ast.parse("\n".join(lines))
        except SyntaxError as error:
            if "invalid non-printable character" in error.msg and error.lineno:
                lines[error.lineno - 1] = lines[error.lineno - 1].translate(_INVISIBLE)
                continue
        break
    return "\n".join(lines)


class SourceCompiler:
    """Compiles the program's files, one after the other.

    Once one file is seen to be Python 2, so is the program: the interpreter was one for all of it.

    Args:
        say: Told once per translated file, in one line.
        observe: Shown each file's syntax tree and path.
    """

    def __init__(
        self,
        say: Callable[[str], None],
        observe: Callable[[ast.Module, str], None] = lambda _tree, _path: None,
    ) -> None:
        self._say = say
        self._observe = observe
        self.python2 = False

    def compile(
        self,
        data: bytes,
        path: str,
        finish: Callable[[ast.Module, str], None] = lambda _tree, _text: None,
    ) -> Compiled:
        """Compiles one file.

        Args:
            data: Its bytes.
            path: Its path, for tracebacks.
            finish: Changes the parsed source, given its text as well.

        Returns:
            The code and the language it was written in.

        Raises:
            SyntaxError: It is neither Python 3 nor Python 2.
        """
        text = decode(data)
        tree, python2 = self.parse(text, path)
        self._observe(tree, path)
        finish(tree, text)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            code = compile(rewrite(tree, python2), path, "exec", dont_inherit=True)
        return Compiled(code, python2)

    def parse(self, text: str, path: str) -> tuple[ast.Module, bool]:
        """Parses one file's text as the Python it was written in.

        Args:
            text: The source.
            path: Its path, for tracebacks.

        Returns:
            The syntax tree, and whether it was Python 2.

        Raises:
            SyntaxError: It is neither Python 3 nor Python 2.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", (SyntaxWarning, DeprecationWarning))
            text = _visible(text)
            try:
                tree = ast.parse(text, path)
            except SyntaxError as error:
                tree = _parse_python2(text, path, error)
                reason = f"{error.msg}, line {error.lineno}"
            else:
                names = find_python2_names(tree)
                if not names:
                    if self.python2:
                        join_printed(tree)
                    return tree, self.python2
                if PRINT in names:
                    tree = _parse_python2(text, path)
                else:
                    join_printed(tree)
                reason = ", ".join(names[:3])
        self.python2 = True
        self._say(f"{path}: Python 2 ({reason}), translated in memory")
        return tree, True


def _parse_python2(text: str, path: str, refused: SyntaxError | None = None) -> ast.Module:
    """Parses the translation of a text; what cannot be translated is parsed, or refused, as it is.

    Args:
        text: The source.
        path: Its path.
        refused: What Python 3 says of the text; None if it reads it.

    Raises:
        SyntaxError: It is no Python 2 either; the same that Python 3 raised.
    """
    translated = translate_python2(text)
    if translated is None:
        if refused is not None:
            raise refused
        return ast.parse(text, path)
    try:
        tree = ast.parse(translated, path)
    except SyntaxError as error:
        raise refused or error from None
    keep_lines(tree, translated)
    return tree
