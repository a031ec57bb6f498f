"""Names that modules of the standard library lost in Python 3: one table."""

from __future__ import annotations

import io
import operator
import os
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from numbers import Number
from typing import Any

from graphkit.port._neighbours._rows import Neighbour, constants, provided_by, renamed

__all__ = ["NEW_NAMES", "PYTHON2_ROWS"]

_HEAP_TYPE = 1 << 9  # Python's flag of classes made by a `class` statement


def _text_function(name: str) -> Callable[..., Any]:
    def call(text: str, *arguments: Any) -> Any:
        return getattr(text, name)(*arguments)

    call.__name__ = name
    return call


def _kind(name: str, holds: Callable[[Any], bool]) -> type:
    """Makes a class for `isinstance` to ask about."""
    asked = type(name, (type,), {"__instancecheck__": lambda _kind, value: holds(value)})
    kind: type = asked(name, (), {})
    return kind


def _walk_path(top: str, visit: Callable[[Any, str, list[str]], Any], argument: Any) -> None:
    """Calls a function for each folder; it may take names out of the list it gets."""
    try:
        names = os.listdir(top)
    except OSError:
        return
    visit(argument, top, names)
    for path in (os.path.join(top, name) for name in names):
        if os.path.isdir(path) and not os.path.islink(path):
            _walk_path(path, visit, argument)


def _is_file(value: Any) -> bool:
    return isinstance(getattr(value, "_file", value), io.IOBase)


def _is_instance(value: Any) -> bool:
    return bool(type(value).__flags__ & _HEAP_TYPE)


def _imap(function: Callable[..., Any] | None, *rows: Any) -> Any:
    return map(function, *rows) if function else zip(*rows, strict=False)


def _bound_method(function: Callable[..., Any], instance: Any, _kind: Any = None) -> Any:
    return types.MethodType(function, instance)


NEW_NAMES: dict[str, Any] = {
    "classobj": type,
    "function": types.FunctionType,
    "instance": lambda kind, names: _with_names(kind, names),
    "instancemethod": _bound_method,
    "module": types.ModuleType,
}


def _with_names(kind: type, names: Mapping[str, Any]) -> Any:
    made: Any = object.__new__(kind)
    vars(made).update(names)
    return made


_TEXT_FUNCTIONS = (
    *("capitalize", "center", "count", "expandtabs", "find", "index", "ljust", "lower", "lstrip"),
    *("replace", "rfind", "rindex", "rjust", "rstrip", "split", "strip", "swapcase"),
    *("translate", "upper", "zfill"),
)


def _joined(words: Sequence[str], between: str = " ") -> str:
    return between.join(words)


PYTHON2_ROWS: tuple[Neighbour, ...] = (
    Neighbour(
        "itertools",
        "Python 3 renamed them",
        {
            **renamed(izip_longest="zip_longest", ifilterfalse="filterfalse"),
            **constants(izip=zip, ifilter=filter, imap=_imap),
        },
    ),
    Neighbour("os", "Python 3 renamed it", renamed(getcwdu="getcwd")),
    Neighbour("os", "removed in Python 3", constants(**{"path.walk": _walk_path})),
    Neighbour(
        "operator",
        "removed in Python 3",
        constants(
            div=operator.floordiv,
            isCallable=callable,
            isMappingType=lambda value: isinstance(value, Mapping),
            isNumberType=lambda value: isinstance(value, Number),
            isSequenceType=lambda value: isinstance(value, Sequence),
            sequenceIncludes=operator.contains,
        ),
    ),
    Neighbour(
        "sys",
        "removed in Python 3",
        {
            **constants(maxint=sys.maxsize, setdefaultencoding=lambda _name: None),
            **constants(exc_clear=lambda: None),
            **constants(setcheckinterval=lambda _count: None, getcheckinterval=lambda: 100),
        },
    ),
    Neighbour(
        "string",
        "Python 3 has them as methods of str",
        {
            **renamed(
                letters="ascii_letters", lowercase="ascii_lowercase", uppercase="ascii_uppercase"
            ),
            **constants(maketrans=str.maketrans, atoi=int, atof=float, atol=int),
            **constants(join=_joined, joinfields=_joined, splitfields=_text_function("split")),
            **constants(**{name: _text_function(name) for name in _TEXT_FUNCTIONS}),
        },
    ),
    Neighbour(
        "types",
        "removed in Python 3",
        constants(
            BooleanType=bool,
            ClassType=type,
            ComplexType=complex,
            DictType=dict,
            DictionaryType=dict,
            FileType=_kind("file", _is_file),
            FloatType=float,
            InstanceType=_kind("instance", _is_instance),
            IntType=int,
            ListType=list,
            LongType=int,
            NoneType=type(None),
            ObjectType=object,
            SliceType=slice,
            StringType=str,
            StringTypes=(str,),
            TupleType=tuple,
            TypeType=type,
            UnboundMethodType=types.FunctionType,
            UnicodeType=str,
            XRangeType=range,
        ),
    ),
    Neighbour(
        "urllib",
        "split in Python 3",
        provided_by("urllib.parse", "quote", "quote_plus", "unquote", "urlencode"),
    ),
    Neighbour(
        "urllib",
        "split in Python 3",
        provided_by("urllib.request", "urlopen", "urlretrieve", "URLopener"),
    ),
)
