"""Gym's environments as they were: `reset()` gives the observation, `step()` four values.

Since Gym 0.26, and in Gymnasium, which goes on with it, `reset` returns a pair, `step` tells an end
from a time limit, and what is rendered is chosen when the environment is made.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

from graphkit.port._neighbours._rows import Neighbour

__all__ = ["GYM_ROWS", "OldEnvironment"]


class OldEnvironment:
    """An environment with the methods it had until Gym 0.25.

    Args:
        environment: One of today.
    """

    def __init__(self, environment: Any) -> None:
        self._environment = environment
        self._seed: int | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._environment, name)

    def reset(self, **options: Any) -> Any:
        """Starts an episode and returns its first observation."""
        if self._seed is not None:
            options.setdefault("seed", self._seed)
            self._seed = None
        observation, _information = self._environment.reset(**options)
        return observation

    def step(self, action: Any) -> tuple[Any, Any, bool, dict[str, Any]]:
        """Takes an action and returns observation, reward, whether it is over, and a note."""
        observation, reward, over, cut, information = self._environment.step(action)
        if cut and not over:
            information = {**information, "TimeLimit.truncated": True}
        return observation, reward, bool(over or cut), information

    def seed(self, seed: int | None = None) -> list[int | None]:
        """Seeds the next episode and the choice of random actions."""
        self._seed = seed
        self._environment.action_space.seed(seed)
        return [seed]

    def render(self, mode: str = "human", **_options: Any) -> Any:
        """Returns the picture for `mode="rgb_array"`; windows are not opened."""
        return self._environment.render() if mode == "rgb_array" else None

    @property
    def unwrapped(self) -> Any:
        """The environment itself, with the same old methods."""
        return OldEnvironment(self._environment.unwrapped)


def _has_old_methods(gym: Any) -> bool:
    if gym.__name__ == "gymnasium":
        return False
    major, minor = (int(part) for part in re.findall(r"\d+", gym.__version__)[:2])
    return (major, minor) < (0, 26)


def _make(gym: Any) -> Callable[..., Any]:
    real: Callable[..., Any] = gym.make
    if _has_old_methods(gym):
        return real

    @functools.wraps(real)
    def make(name: Any, **options: Any) -> Any:
        try:
            return OldEnvironment(real(name, render_mode="rgb_array", **options))
        except TypeError:  # an environment of the program's own that takes no such argument
            return OldEnvironment(real(name, **options))

    return make


GYM_ROWS = tuple(
    Neighbour(
        package,
        "environments return other values since Gym 0.26",
        {"make": _make},
        wraps=True,
    )
    for package in ("gym", "gymnasium")
)
