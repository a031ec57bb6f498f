"""What Python 2's `random` drew from a seed; Python 3 chooses and shuffles otherwise."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, MutableSequence
from typing import Any

__all__ = ["RANDOM_NAMES", "Random"]

_SMALL = 21  # from how many on a set of chosen places is smaller than a list of all


class Random(random.Random):
    """A generator of random numbers."""

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        """Draws one of `range(start, stop, step)`."""
        choices = range(start) if stop is None else range(start, stop, step)
        if not choices:
            raise ValueError("empty range for randrange()")
        return choices[int(self.random() * len(choices))]

    def randint(self, a: int, b: int) -> int:
        """Draws a number from a to b, both included."""
        return self.randrange(a, b + 1)

    def choice(self, seq: Any) -> Any:
        """Draws one of a sequence."""
        return seq[int(self.random() * len(seq))]

    def shuffle(self, x: MutableSequence[Any], random: Callable[[], float] | None = None) -> None:
        """Shuffles a list in place."""
        draw = random or self.random
        for i in range(len(x) - 1, 0, -1):
            j = int(draw() * (i + 1))
            x[i], x[j] = x[j], x[i]

    def sample(self, population: Any, k: int) -> list[Any]:  # type: ignore[override]
        """Draws k different ones."""
        size = len(population)
        if not 0 <= k <= size:
            raise ValueError("sample larger than population")
        small = _SMALL + (4 ** math.ceil(math.log(k * 3, 4)) if k > 5 else 0)
        if size <= small or hasattr(population, "keys"):
            return self._from_pool(list(population), k)
        if isinstance(population, set | frozenset):
            self.random()  # drawn before a set was seen to have no places
            population = tuple(population)
        places: dict[int, None] = {}
        while len(places) < k:
            places.setdefault(int(self.random() * size))
        return [population[place] for place in places]

    def _from_pool(self, pool: list[Any], k: int) -> list[Any]:
        drawn = []
        for left in range(len(pool), len(pool) - k, -1):
            place = int(self.random() * left)
            drawn.append(pool[place])
            pool[place] = pool[left - 1]
        return drawn


class _Shared(Random):
    """The generator of the module's functions, whose numbers libraries draw as well."""

    def random(self) -> float:
        return random.random()


_shared = _Shared()
RANDOM_NAMES: dict[str, Any] = {
    "Random": Random,
    **{name: getattr(_shared, name) for name in ("choice", "randint", "randrange", "sample")},
    "shuffle": _shared.shuffle,
}
