"""Comparing the features a program asks for with what its records hold.

A wrong name or dtype would otherwise surface in the middle of a run, from a parser that cannot know
what the files hold. One record is read as the graph is built.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphkit._tf import tf
from graphkit.errors import (
    ArgumentError,
    ArgumentTypeError,
    CorruptFileError,
    DataError,
    UnknownNameError,
)
from graphkit.readers._decode import DecodeImage, DecodeRaw
from graphkit.readers._files import is_remote
from graphkit.records import decode_example, find_compression, iterate_records

__all__ = ["check_decode_rules", "check_features", "check_first_record"]

_KINDS = {"bytes": tf.string, "float": tf.float32, "int64": tf.int64}
_DENSE = (tf.FixedLenFeature, tf.FixedLenSequenceFeature, tf.VarLenFeature)
_OTHERS = (tf.SparseFeature, tf.io.RaggedFeature)


@dataclass(frozen=True)
class _Stored:
    """The features of one record, and the file they were read from."""

    path: str
    features: Mapping[str, Any]


def check_features(where: str, features: Any) -> None:
    """Refuses what is not a dict of feature specifications with dtypes a record can hold."""
    wanted = "a dict from feature name to tf.io.FixedLenFeature, VarLenFeature, …"
    if not isinstance(features, Mapping):
        raise ArgumentTypeError(where, "features", type(features).__name__, wanted)
    if not features:
        raise ArgumentError(where, "features", features, f"{wanted}, with at least one feature")
    for name, spec in features.items():
        if not isinstance(name, str) or not isinstance(spec, (*_DENSE, *_OTHERS)):
            raise ArgumentTypeError(where, "features", f"{name!r}: {spec!r}", wanted)
        if tf.as_dtype(spec.dtype) not in _KINDS.values():
            raise ArgumentTypeError(
                where,
                f"features[{name!r}]",
                tf.as_dtype(spec.dtype).name,
                "of dtype string, int64 or float32, all that a record can hold (DecodeRaw makes"
                " others from bytes)",
            )
        _check_length(where, name, spec)


def _check_length(where: str, name: str, spec: Any) -> None:
    """Refuses a dense feature of unknown length, which the parser cannot put into one tensor."""
    shape = tf.TensorShape(getattr(spec, "shape", []))
    if isinstance(spec, tf.FixedLenFeature) and not shape.is_fully_defined():
        wanted = "of a fully known shape (VarLenFeature takes any number of values)"
        raise ArgumentError(where, f"features[{name!r}]", spec.shape, wanted)
    if isinstance(spec, tf.FixedLenSequenceFeature) and not spec.allow_missing:
        wanted = "with allow_missing=True, to pad records with fewer values"
        raise ArgumentError(where, f"features[{name!r}]", spec, wanted)


def check_decode_rules(where: str, decode: Any, features: Mapping[str, Any]) -> None:
    """Refuses rules of unknown kind, for unknown features, or for others than single strings."""
    wanted = "a dict from feature name to DecodeRaw or DecodeImage"
    if not isinstance(decode, Mapping):
        raise ArgumentTypeError(where, "decode", type(decode).__name__, wanted)
    for name, rule in decode.items():
        if not isinstance(rule, (DecodeRaw, DecodeImage)):
            raise ArgumentTypeError(where, f"decode[{name!r}]", repr(rule), wanted)
        if name not in features:
            raise UnknownNameError("feature", name, features)
        spec = features[name]
        scalar = isinstance(spec, tf.FixedLenFeature) and tf.TensorShape(spec.shape).rank == 0
        if not scalar or tf.as_dtype(spec.dtype) != tf.string:
            raise ArgumentTypeError(
                where,
                f"features[{name!r}]",
                repr(spec),
                "FixedLenFeature([], tf.string) to be decoded",
            )


def check_first_record(
    where: str,
    paths: Sequence[str],
    features: Mapping[str, Any],
    decode: Mapping[str, Any],
    compression: str,
) -> None:
    """Compares the features and rules with the first record; files elsewhere are left alone.

    Raises:
        ArgumentError: A feature has another number of values or bytes than was said, or the file
            another compression.
        ArgumentTypeError: A feature is of another kind than was said.
        CorruptFileError: The first record cannot be read.
        DataError: No file holds a record.
        UnknownNameError: A feature is not there; names that are there are suggested.
    """
    if any(map(is_remote, paths)):
        return
    stored = _first_record(where, paths, compression)
    for name, spec in features.items():
        if isinstance(spec, _DENSE):
            _check_feature(where, name, spec, stored)
    for name, rule in decode.items():
        if isinstance(rule, DecodeRaw) and name in stored.features:
            _check_raw_size(where, name, rule, stored)


def _first_record(where: str, paths: Sequence[str], compression: str) -> _Stored:
    """Reads the first record of the first file that has one."""
    for path in paths:
        try:
            record = next(iterate_records(path, compression=compression), None)
        except CorruptFileError:
            _check_compression(where, path, compression)
            raise
        if record is not None:
            try:
                return _Stored(path, decode_example(record))
            except ArgumentError as error:
                reason = "its first record is no tf.train.Example"
                raise DataError(path, reason) from error
    others = f", nor do the {len(paths) - 1} files after it" if len(paths) > 1 else ""
    raise DataError(paths[0], f"holds no record{others}")


def _check_compression(where: str, path: str, compression: str) -> None:
    """Refuses another compression than that of a file, if that is why it does not read."""
    found = find_compression(path)
    try:
        next(iterate_records(path, compression=found), None)
    except DataError:
        return
    wanted = f'"{found}", as {path} is {"" if found else "not "}compressed'
    raise ArgumentError(where, "compression", compression, wanted)


def _check_feature(where: str, name: str, spec: Any, stored: _Stored) -> None:
    """Compares one feature with the record's."""
    if name not in stored.features:
        if _is_required(spec) or _is_misspelt(name, stored):
            raise UnknownNameError("feature", name, stored.features)
        return
    feature = stored.features[name]
    held = _KINDS[feature.kind]
    if tf.as_dtype(spec.dtype) != held:
        raise ArgumentTypeError(
            where,
            f"features[{name!r}]",
            tf.as_dtype(spec.dtype).name,
            f"of dtype {held.name}, as in the first record of {stored.path}",
        )
    count = len(feature.values)
    if isinstance(spec, tf.FixedLenFeature):
        shape = tf.TensorShape(spec.shape)
        if shape.num_elements() != count:
            wanted = f"of a shape of {count} values, as in the first record of {stored.path}"
            raise ArgumentError(where, f"features[{name!r}]", shape.as_list(), wanted)


def _is_required(spec: Any) -> bool:
    """Whether a record without the feature is an error to the parser."""
    return isinstance(spec, tf.FixedLenFeature) and spec.default_value is None


def _is_misspelt(name: str, stored: _Stored) -> bool:
    """Whether a feature that may be absent looks like one that is there."""
    return bool(difflib.get_close_matches(name, stored.features, n=1, cutoff=0.8))


def _check_raw_size(where: str, name: str, rule: DecodeRaw, stored: _Stored) -> None:
    """Compares the bytes of a feature with what its rule makes of them."""
    held = len(stored.features[name].values[0])
    if held != rule.size:
        raise ArgumentError(
            where,
            f"decode[{name!r}]",
            f"{rule.dtype.name} {rule.shape} = {rule.size} bytes",
            f"of a dtype and shape that take {held} bytes, as in the first record of {stored.path}",
        )
