"""Every recorded program does with `graphkit.tf1` what it did with TensorFlow 1.15.5."""

from __future__ import annotations

import importlib.util
import json
import warnings
from pathlib import Path

import numpy as np
import pytest

import graphkit.tf1 as tf

GOLDEN = Path(__file__).parents[1] / "golden"


def recorder():
    spec = importlib.util.spec_from_file_location("record_tf1", GOLDEN / "record_tf1.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


RECORDER = recorder()
AREAS = sorted(path.stem.removeprefix("record_tf1_") for path in GOLDEN.glob("record_tf1_*.py"))
PROGRAMS = {(area, name): call for area in AREAS for name, call in RECORDER.programs(area).items()}
# Each graph is run once or twice: rewriting it first takes longer than that.
AS_WRITTEN = tf.ConfigProto()
AS_WRITTEN.graph_options.rewrite_options.disable_meta_optimizer = True
RECORDED = {area: json.loads((GOLDEN / f"tf1_{area}.json").read_text()) for area in AREAS}


def assert_close(name, now, then):
    if isinstance(then, list) and then and not isinstance(then[0], str):
        assert np.shape(now) == np.shape(then), name
    if isinstance(then, list) and any(isinstance(part, list) for part in then):
        for number, parts in enumerate(zip(now, then, strict=True)):
            assert_close(f"{name}[{number}]", *parts)
    elif isinstance(then, float) or (isinstance(then, list) and _numbers(then)):
        now, then = np.array(now, float), np.array(then, float)
        np.testing.assert_allclose(now, then, rtol=3e-5, atol=3e-6, err_msg=name)
    else:
        assert now == then, name


def at_least_as_known(now, then):
    if then is None or now is None:
        return then is None
    return len(now) == len(then) and all(b in (a, None) for a, b in zip(now, then, strict=True))


def _numbers(values):
    # JSON holds what is not finite as words.
    words = ("nan", "inf", "-inf")
    return all(isinstance(value, int | float) or value in words for value in values)


@pytest.mark.parametrize(("area", "name"), sorted(PROGRAMS))
def test_program_does_what_it_did_with_1_15(area, name):
    then = RECORDED[area][name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        now = RECORDER.describe(tf, PROGRAMS[area, name], AS_WRITTEN)
    assert now.keys() == then.keys(), (now.get("error"), then.get("error"))
    for part in then:
        if part == "values":
            assert now["values"].keys() == then["values"].keys()
            for key in then["values"]:
                assert_close(key, now["values"][key], then["values"][key])
        elif part == "shapes":
            for key, shape in then["shapes"].items():
                assert at_least_as_known(now["shapes"][key], shape), key
        else:
            assert json.loads(json.dumps(now[part])) == then[part], part
