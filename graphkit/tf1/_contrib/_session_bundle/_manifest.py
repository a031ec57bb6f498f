"""The messages a session bundle says its inputs and outputs with.

TensorFlow no longer has them, so they are made here, with the field numbers of the format.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

__all__ = ["AssetFile", "Signature", "Signatures", "TensorBinding"]

_PACKAGE = "tensorflow.serving"
_FILE = "tensorflow/contrib/session_bundle/manifest.proto"
_Field = descriptor_pb2.FieldDescriptorProto

# Message to its fields, numbered from 1; "map:X" is a map from strings to X, "oneof:X" one of them.
_MESSAGES = {
    "Signatures": {"default_signature": "Signature", "named_signatures": "map:Signature"},
    "TensorBinding": {"tensor_name": "string"},
    "AssetFile": {"tensor_binding": "TensorBinding", "filename": "string"},
    "Signature": {
        "regression_signature": "oneof:RegressionSignature",
        "classification_signature": "oneof:ClassificationSignature",
        "generic_signature": "oneof:GenericSignature",
    },
    "RegressionSignature": {"input": "TensorBinding", "output": "TensorBinding"},
    "ClassificationSignature": {
        "input": "TensorBinding",
        "classes": "TensorBinding",
        "scores": "TensorBinding",
    },
    "GenericSignature": {"map": "map:TensorBinding"},
}


def _add_field(message: Any, name: str, number: int, kind: str) -> Any:
    field = message.field.add(name=name, number=number, label=_Field.LABEL_OPTIONAL)
    if kind == "string":
        field.type = _Field.TYPE_STRING
    else:
        field.type = _Field.TYPE_MESSAGE
        field.type_name = f".{_PACKAGE}.{kind}"
    return field


def _add_map(message: Any, name: str, number: int, kind: str) -> None:
    entry_name = "".join(part.capitalize() for part in name.split("_")) + "Entry"
    entry = message.nested_type.add(name=entry_name)
    entry.options.map_entry = True
    _add_field(entry, "key", 1, "string")
    _add_field(entry, "value", 2, kind)
    field = _add_field(message, name, number, f"{message.name}.{entry_name}")
    field.label = _Field.LABEL_REPEATED


def _described() -> Any:
    file = descriptor_pb2.FileDescriptorProto(name=_FILE, package=_PACKAGE, syntax="proto3")
    for message_name, fields in _MESSAGES.items():
        message = file.message_type.add(name=message_name)
        for number, (name, kind) in enumerate(fields.items(), 1):
            how, _, of = kind.rpartition(":")
            if how == "map":
                _add_map(message, name, number, of)
                continue
            field = _add_field(message, name, number, of)
            if how == "oneof":
                field.oneof_index = 0
        if any(kind.startswith("oneof:") for kind in fields.values()):
            message.oneof_decl.add(name="type")
    return file


# A pool of its own: another library may bring the same file.
_pool = descriptor_pool.DescriptorPool()
_pool.Add(_described())


def _message(name: str) -> Any:
    return message_factory.GetMessageClass(_pool.FindMessageTypeByName(f"{_PACKAGE}.{name}"))


AssetFile = _message("AssetFile")
Signature = _message("Signature")
Signatures = _message("Signatures")
TensorBinding = _message("TensorBinding")
