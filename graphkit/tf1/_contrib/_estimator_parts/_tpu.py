"""Parts of TPUEstimator that only TPU hardware needs: the classes exist, making one is refused."""

from __future__ import annotations

from typing import Any

from graphkit.errors import RefusedNameError

__all__ = ["Refused"]


class Refused:
    """Stands for a class of TensorFlow's TPU support that is gone.

    Args:
        args: Whatever the class took.
        kwargs: Whatever the class took by name.

    Raises:
        RefusedNameError: Always.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise RefusedNameError(
            f"tf.tpu.{type(self).__name__}",
            "a part of training on TPU hardware",
            "make the TPUEstimator with use_tpu=False; it trains on this machine",
        )


def __getattr__(name: str) -> type[Refused]:
    """Makes the class of that name, so that isinstance can be asked about it."""
    if name.startswith("__"):
        raise AttributeError(name)
    made = type(name, (Refused,), {})
    globals()[name] = made
    return made
