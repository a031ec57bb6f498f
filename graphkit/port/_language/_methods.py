"""What rewritten expressions of the program call: today's behaviour first, the old one after.

Each entry of the table says which method of which types is gone, and what stands in for it.
"""

from __future__ import annotations

import codecs
import functools
import operator
import sys
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["OLD_METHODS", "has_old_method", "old_method"]


def _is_nothing(_value: Any) -> bool:
    return False


def _is_array(value: Any) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.ndarray | numpy.generic)


def _is_mapping(value: Any) -> bool:
    return isinstance(value, Mapping)


def _is_iterator(value: Any) -> bool:
    return hasattr(value, "__next__")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _has_iter(value: Any) -> bool:
    return hasattr(value, "iterfind")


def _has_tobytes(value: Any) -> bool:
    return hasattr(value, "tobytes")


def _set_item(array: Any, *arguments: Any) -> None:
    *place, value = arguments
    if not place:
        array[...] = value
    elif len(place) > 1:
        array[tuple(place)] = value
    elif isinstance(place[0], tuple):
        array[place[0]] = value
    else:
        array.flat[place[0]] = value


def _peak_to_peak(array: Any, *arguments: Any, **options: Any) -> Any:
    return sys.modules["numpy"].ptp(array, *arguments, **options)


def _new_byte_order(array: Any, order: str = "S") -> Any:
    return array.view(array.dtype.newbyteorder(order))


# Codecs of Python 2 that turned bytes into bytes.
_OF_BYTES = frozenset({"base64", "bz2", "hex", "zlib"})


def _decoded(text: str, encoding: str = "ascii", *_rest: Any, **_options: Any) -> str:
    if encoding in _OF_BYTES:
        raw: Any = codecs.getdecoder(encoding)(text.encode("latin-1"))[0]
        return str(raw, "latin-1")
    return text


def _message_of(error: BaseException) -> Any:
    return error.args[0] if len(error.args) == 1 else ""


_Test = Callable[[Any], bool]


def _renamed(name: str) -> tuple[_Test, str]:
    return callable, name


# method: (which objects lost it, what stands in for it: a function, or the attribute's new name)
OLD_METHODS: dict[str, tuple[_Test, Callable[..., Any] | str]] = {
    # NumPy 2.3 removed the old name of tobytes; array.array lost it in Python 3.9.
    "tostring": (_has_tobytes, lambda value, *a, **k: value.tobytes(*a, **k)),
    # NumPy 2.0 removed these three methods of arrays.
    "itemset": (_is_array, _set_item),
    "newbyteorder": (_is_array, _new_byte_order),
    "ptp": (_is_array, _peak_to_peak),
    # Python 3 renamed these.
    "iteritems": (_is_mapping, lambda mapping: iter(mapping.items())),
    "iterkeys": (_is_mapping, lambda mapping: iter(mapping.keys())),
    "itervalues": (_is_mapping, lambda mapping: iter(mapping.values())),
    "viewitems": (_is_mapping, lambda mapping: mapping.items()),
    "viewkeys": (_is_mapping, lambda mapping: mapping.keys()),
    "viewvalues": (_is_mapping, lambda mapping: mapping.values()),
    "has_key": (_is_mapping, operator.contains),
    "next": (_is_iterator, next),
    # Text needs no decoding any more.
    "decode": (_is_text, _decoded),
    # Exceptions had a message until Python 2.7.
    "message": (lambda value: isinstance(value, BaseException), _message_of),
    # Python 3.9 removed Element.getchildren and Thread.isAlive.
    "getiterator": (_has_iter, lambda element, tag=None: list(element.iter(tag))),
    "getchildren": (_has_iter, list),
    "isAlive": (lambda value: hasattr(value, "is_alive"), lambda thread: thread.is_alive()),
    # Python 3 renamed the attributes of functions.
    "func_closure": _renamed("__closure__"),
    "func_code": _renamed("__code__"),
    "func_defaults": _renamed("__defaults__"),
    "func_dict": _renamed("__dict__"),
    "func_doc": _renamed("__doc__"),
    "func_globals": _renamed("__globals__"),
    "func_name": _renamed("__name__"),
    "im_class": (callable, lambda method: type(method.__self__)),
    "im_func": (callable, lambda method: getattr(method, "__func__", method)),
    "im_self": _renamed("__self__"),
}


_VALUES = frozenset({"im_class", "im_func", "message"})  # what was no method


def old_method(value: Any, name: str) -> Any:
    """Reads an attribute, or what stands in for it where it is gone.

    Args:
        value: The object.
        name: The attribute; a key of `OLD_METHODS` if it is gone.

    Returns:
        The attribute as it is today; else the old method bound to the object.

    Raises:
        AttributeError: The object never had it either.
    """
    try:
        return getattr(value, name)
    except AttributeError:
        lost, replacement = OLD_METHODS.get(name, (_is_nothing, ""))
        if not lost(value):
            raise
        if name in _VALUES:
            return replacement(value)  # type: ignore[operator]
        if isinstance(replacement, str):
            return getattr(value, replacement)
        return functools.partial(replacement, value)


def has_old_method(value: Any, name: str) -> bool:
    """Calls `hasattr` for a Python 2 program, whose text was no sequence to go through.

    Args:
        value: The object.
        name: The attribute.

    Returns:
        The truth value.
    """
    if name == "__iter__" and isinstance(value, str | bytes):
        return False
    try:
        old_method(value, name)
    except AttributeError:
        return False
    return True
