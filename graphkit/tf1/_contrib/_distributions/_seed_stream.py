"""Seeds of one seed, each different."""

from __future__ import annotations

import hashlib
from typing import Any

__all__ = ["SeedStream"]


class SeedStream:
    """A function that gives another seed whenever it is called.

    Args:
        seed: The first seed, anything with a text, or another stream; without it there are none.
        salt: A text that tells this stream from others of the same seed.
    """

    def __init__(self, seed: Any, salt: Any) -> None:
        self.original_seed: Any = seed.original_seed if isinstance(seed, SeedStream) else seed
        self.salt = salt
        self._count = 0

    def __call__(self) -> int | None:
        """Returns the next seed, or None where the first is None."""
        self._count += 1
        if self.original_seed is None:
            return None
        text = str((self.original_seed, self._count, self.salt))
        return int(hashlib.sha512(text.encode("utf-8")).hexdigest(), 16)
