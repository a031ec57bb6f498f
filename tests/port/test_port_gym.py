"""Environments of today answer as those of Gym until 0.25 did."""

from __future__ import annotations

import sys
import types

import pytest

from graphkit.port._neighbours._gym import GYM_ROWS
from graphkit.port._neighbours._put_back import Neighbours


class Space:
    """Remembers its seed."""

    seeded = None

    def seed(self, seed):
        self.seeded = seed


class Corridor:
    """Three steps to the right, then the time is over."""

    def __init__(self):
        self.action_space = Space()
        self.place = 0
        self.seeds = []
        self.unwrapped = self

    def reset(self, seed=None):
        self.seeds.append(seed)
        self.place = 0
        return self.place, {"fresh": True}

    def step(self, action):
        self.place += action
        return self.place, 1.0, self.place >= 5, self.place == 3, {}

    def render(self):
        return "picture"


def load(monkeypatch, name, version, make):
    module = types.ModuleType(name)
    module.__version__, module.make = version, make
    monkeypatch.setitem(sys.modules, name, module)
    Neighbours(GYM_ROWS).welcome(name)
    return module


@pytest.fixture(params=[("gym", "0.26.2"), ("gymnasium", "1.2.0")])
def env(request, monkeypatch):
    asked = []

    def make(name, render_mode=None):
        asked.append((name, render_mode))
        return Corridor()

    made = load(monkeypatch, *request.param, make).make("Corridor-v0")
    assert asked == [("Corridor-v0", "rgb_array")]
    return made


def test_reset_gives_the_observation(env):
    assert env.reset() == 0


def test_step_gives_four_values(env):
    env.reset()
    assert env.step(1) == (1, 1.0, False, {})
    assert env.step(2) == (3, 1.0, True, {"TimeLimit.truncated": True})
    assert env.step(2) == (5, 1.0, True, {})


def test_the_seed_is_for_the_next_episode(env):
    assert env.seed(4) == [4]
    env.reset()
    env.reset()
    assert env.seeds == [4, None]
    assert env.action_space.seeded == 4


def test_pictures_are_given_and_windows_not_opened(env):
    assert env.render(mode="rgb_array") == "picture"
    assert env.render() is None


def test_the_environment_inside_is_as_old(env):
    assert env.unwrapped.reset() == 0
    assert env.place == 0


def test_an_environment_without_pictures_is_made_as_well(monkeypatch):
    gym = load(monkeypatch, "gym", "0.26.2", lambda name: Corridor())
    assert gym.make("Own-v0").reset() == 0


@pytest.mark.parametrize("version", ["0.9.4", "0.25.2"])
def test_an_old_gym_is_left_alone(monkeypatch, version):
    def make(name):
        return Corridor()

    assert load(monkeypatch, "gym", version, make).make is make
