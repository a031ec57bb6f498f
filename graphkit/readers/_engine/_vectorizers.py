"""What `tf.vectorized_map` has to be taught: ops of input pipelines that it does not know."""

from __future__ import annotations

from typing import Any

from graphkit._tf import pfor, tf

__all__ = ["teach_vectorizers"]


def teach_vectorizers() -> None:
    """Adds the ops below to what `tf.vectorized_map` can do, unless TensorFlow has come to."""
    known = pfor._pfor_converter_registry  # noqa: SLF001  # there is no other way to ask
    for op_type, vectorizer in _VECTORIZERS.items():
        if op_type not in known:
            pfor.RegisterPFor(op_type)(vectorizer)


def _decode_raw(pfor_input: Any) -> Any:
    """Bytes to numbers: `[B]` to `[B, N]`; all as long as the first, as in a batch."""
    numbers = tf.raw_ops.DecodeRaw(
        bytes=pfor_input.stacked_input(0),
        out_type=pfor_input.get_attr("out_type"),
        little_endian=pfor_input.get_attr("little_endian"),
    )
    return pfor.wrap(numbers, True)


_VECTORIZERS = {"DecodeRaw": _decode_raw}
