"""`tensorflow.python.…`, the private paths that old code imports."""

from __future__ import annotations

from graphkit.tf1._entries import Area

__all__ = ["AREAS"]

_V1 = "tensorflow.compat.v1"
_P = "tensorflow.python"
_LEGACY = "tf_keras.src.legacy_tf_layers"


def _moved(path: str, *more: str) -> dict[str, Area]:
    """A private module, and where else its names are looked for: in compat.v1 at last."""
    return {f"python.{path}": Area({}, (f"{_P}.{path}", *more, _V1))}


AREAS = {
    "python": Area({}, ("tensorflow.python",)),
    "python.framework": Area({}, (f"{_P}.framework",)),
    "python.layers": Area({}, (f"{_P}.layers",)),
    **{
        f"python.layers.{n}": Area({}, (f"{_LEGACY}.{n}",))
        for n in ("base", "convolutional", "core", "normalization", "pooling")
    },
    "python.ops": Area({}, (f"{_P}.ops",)),
    **_moved("framework.ops"),
    **_moved("ops.array_ops"),
    **_moved("ops.control_flow_ops"),
    **_moved("ops.variable_scope"),
}
