"""TensorFlow's dtypes by their number in files.

The numbers are those of
https://github.com/tensorflow/tensorflow/blob/v1.15.5/tensorflow/core/framework/types.proto.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["STRING", "StoredType", "number_of", "stored_type"]

STRING = 7
_REFERENCES = 100


class StoredType(NamedTuple):
    """A dtype.

    Attributes:
        name: What TensorFlow calls it.
        bytes: The size of an element; 0 where elements have no fixed size.
        array: The NumPy dtype its elements can be read as, "" if there is none. What NumPy lacks
            (bfloat16 …) is read as plain bits.
    """

    name: str
    bytes: int = 0
    array: str = ""


_TYPES = {
    1: StoredType("float32", 4, "<f4"),
    2: StoredType("float64", 8, "<f8"),
    3: StoredType("int32", 4, "<i4"),
    4: StoredType("uint8", 1, "|u1"),
    5: StoredType("int16", 2, "<i2"),
    6: StoredType("int8", 1, "|i1"),
    STRING: StoredType("string"),
    8: StoredType("complex64", 8, "<c8"),
    9: StoredType("int64", 8, "<i8"),
    10: StoredType("bool", 1, "|b1"),
    11: StoredType("qint8", 1, "|i1"),
    12: StoredType("quint8", 1, "|u1"),
    13: StoredType("qint32", 4, "<i4"),
    14: StoredType("bfloat16", 2, "<u2"),
    15: StoredType("qint16", 2, "<i2"),
    16: StoredType("quint16", 2, "<u2"),
    17: StoredType("uint16", 2, "<u2"),
    18: StoredType("complex128", 16, "<c16"),
    19: StoredType("float16", 2, "<f2"),
    20: StoredType("resource"),
    21: StoredType("variant"),
    22: StoredType("uint32", 4, "<u4"),
    23: StoredType("uint64", 8, "<u8"),
}


def number_of(dtype: StoredType) -> int:
    """The number of a dtype that this table has."""
    return next(number for number, listed in _TYPES.items() if listed == dtype)


def stored_type(number: int) -> StoredType:
    """The dtype of a number; that of the value where it is the number of a reference."""
    plain = number - _REFERENCES if number > _REFERENCES else number
    return _TYPES.get(plain, StoredType(f"unknown dtype {number}"))
