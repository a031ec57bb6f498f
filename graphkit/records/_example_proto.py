"""The message class of `tf.train.Example`, without TensorFlow.

Built in a descriptor pool of its own, so that it can live in one process with the class of the same
name that TensorFlow registers. Only the field numbers matter on disk; they are those of
https://github.com/tensorflow/tensorflow/blob/v1.15.5/tensorflow/core/example/feature.proto.
"""

from __future__ import annotations

from typing import Any

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

_PACKAGE = "graphkit.records"
_LISTS = {
    "BytesList": FieldDescriptorProto.TYPE_BYTES,
    "FloatList": FieldDescriptorProto.TYPE_FLOAT,
    "Int64List": FieldDescriptorProto.TYPE_INT64,
}
_KINDS = {"bytes_list": "BytesList", "float_list": "FloatList", "int64_list": "Int64List"}


def _add_message_field(message: DescriptorProto, name: str, number: int, kind: str) -> Any:
    return message.field.add(
        name=name,
        number=number,
        type=FieldDescriptorProto.TYPE_MESSAGE,
        type_name=f".{_PACKAGE}.{kind}",
        label=FieldDescriptorProto.LABEL_OPTIONAL,
    )


def _add_lists(file: FileDescriptorProto) -> None:
    """Adds message BytesList { repeated bytes value = 1; } and its two siblings."""
    for name, kind in _LISTS.items():
        file.message_type.add(name=name).field.add(
            name="value", number=1, type=kind, label=FieldDescriptorProto.LABEL_REPEATED
        )


def _add_feature(file: FileDescriptorProto) -> None:
    """Adds message Feature { oneof kind { BytesList bytes_list = 1; … } }."""
    message = file.message_type.add(name="Feature")
    message.oneof_decl.add(name="kind")
    for number, (name, kind) in enumerate(_KINDS.items(), start=1):
        _add_message_field(message, name, number, kind).oneof_index = 0


def _add_features(file: FileDescriptorProto) -> None:
    """Adds message Features { map<string, Feature> feature = 1; }."""
    message = file.message_type.add(name="Features")
    entry = message.nested_type.add(name="FeatureEntry")
    entry.options.map_entry = True
    entry.field.add(
        name="key",
        number=1,
        type=FieldDescriptorProto.TYPE_STRING,
        label=FieldDescriptorProto.LABEL_OPTIONAL,
    )
    _add_message_field(entry, "value", 2, "Feature")
    field = _add_message_field(message, "feature", 1, "Features.FeatureEntry")
    field.label = FieldDescriptorProto.LABEL_REPEATED


def _make_example_class() -> Any:
    """Makes message Example { Features features = 1; }."""
    file = FileDescriptorProto(name="graphkit/example.proto", package=_PACKAGE, syntax="proto3")
    _add_lists(file)
    _add_feature(file)
    _add_features(file)
    _add_message_field(file.message_type.add(name="Example"), "features", 1, "Features")
    pool = DescriptorPool()
    pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.Example"))


Example: Any = _make_example_class()
