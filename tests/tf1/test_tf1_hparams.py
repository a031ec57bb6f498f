"""Settings keep their types and are overridden by text, as contrib.training's were."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf
from graphkit.errors import ArgumentError

HParams = tf.contrib.training.HParams
parse_values = tf.contrib.training.parse_values


@pytest.fixture
def hparams():
    return HParams(rate=0.1, layers=[64, 32], name="net", deep=True, steps=10)


def test_text_overrides_settings(hparams):
    assert hparams.parse("rate=0.5, layers=[8,9],name=a b,deep=false,steps=3") is hparams
    assert hparams.values() == {
        "rate": 0.5,
        "layers": [8, 9],
        "name": "a b",
        "deep": False,
        "steps": 3,
    }


def test_single_places_of_a_list_are_parsed_but_cannot_be_set(hparams):
    """As in 1.15: only programs that ask `parse_values` themselves see them."""
    assert parse_values("layers[1]=7,layers[0]=6", {"layers": int}) == {"layers": {1: 7, 0: 6}}
    with pytest.raises(ValueError, match=r"Must pass a list for multi-valued parameter: layers\."):
        hparams.parse("layers[1]=7")
    assert hparams.layers == [64, 32]


def test_settings_by_protocol_buffer_are_refused():
    with pytest.raises(ArgumentError, match="hparam_def must be None; give settings by name"):
        HParams(hparam_def=object())
    assert HParams(None, "tree").get_model_structure() == "tree"


def test_a_setting_keeps_the_value_it_had_where_text_is_refused(hparams):
    before = hparams.values()
    with pytest.raises(ValueError, match="Unknown hyperparameter type for other"):
        hparams.parse("rate=0.5,steps=3,other=1")
    assert hparams.values() == before


def test_two_objects_share_nothing(hparams):
    other = HParams(rate=0.1)
    other.parse("rate=0.9")
    other.add_hparam("own", 1)
    assert hparams.rate == 0.1
    assert "own" not in hparams


def test_empty_text_changes_nothing(hparams):
    before = hparams.values()
    assert hparams.parse("").values() == before


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("other=1", "Unknown hyperparameter type for other"),
        ("rate", "Malformed hyperparameter value: rate"),
        ("rate=x", "Could not parse hparam 'rate' of type 'float' with value 'x'"),
        ("deep=maybe", "Could not parse hparam 'deep' of type 'bool' with value 'maybe'"),
        ("rate=1,rate=2", "Multiple assignments to variable 'rate'"),
        ("layers[0]=1,layers[0]=2", r"Multiple assignments to variable 'layers\[0\]'"),
        ("layers[0]=[1]", "Assignment of a list to a list index"),
        ("layers=[1],layers[0]=1", "Multiple assignments to variable 'layers' in"),
        ("rate=[1.0]", "Must not pass a list for single-valued parameter: rate"),
        ("layers=3", "Must pass a list for multi-valued parameter: layers"),
    ],
)
def test_malformed_text_is_refused(hparams, text, message):
    with pytest.raises(ValueError, match=message):
        hparams.parse(text)


def test_values_are_cast_without_loss(hparams):
    hparams.set_hparam("rate", 2)
    assert hparams.rate == 2.0
    assert isinstance(hparams.rate, float)
    hparams.set_hparam("layers", [np.int64(3)])
    assert [type(size) for size in hparams.layers] == [int]
    untyped = HParams(anything=None)
    untyped.set_hparam("anything", "text")
    assert untyped.anything == "text"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("steps", 1.5),
        ("steps", True),
        ("steps", None),
        ("deep", 1),
        ("deep", None),
        ("rate", "x"),
        ("rate", False),
        ("name", 3),
        ("name", None),
        ("layers", [1, 2.5]),
        ("layers", ["1"]),
    ],
)
def test_values_of_another_type_are_refused(hparams, name, value):
    with pytest.raises(ValueError, match=f"Could not cast hparam '{name}'"):
        hparams.set_hparam(name, value)


def test_settings_are_added_removed_and_asked_for(hparams):
    hparams.add_hparam("new", "x")
    assert "new" in hparams
    hparams.del_hparam("new")
    hparams.del_hparam("never_there")
    assert "new" not in hparams
    assert sorted(hparams) == ["deep", "layers", "name", "rate", "steps"]
    assert hparams.get("rate", 0.3) == 0.1
    assert hparams.get("layers", [1]) == [64, 32]
    assert hparams.get("none", 7) == 7
    assert hparams.get("rate") == 0.1
    with pytest.raises(ValueError, match=r"'rate'.*incompatible with default=\[1\]"):
        hparams.get("rate", [1])
    with pytest.raises(ValueError, match="reserved: parse"):
        hparams.add_hparam("parse", 1)
    with pytest.raises(ValueError, match="cannot be empty: nothing"):
        hparams.add_hparam("nothing", [])


def test_settings_are_written_and_read(hparams):
    with pytest.raises(TypeError, match="not JSON serializable"):
        HParams(a=1, f=len).to_json()
    assert HParams(b=1, a=[2]).to_json(sort_keys=True) == '{"a": [2], "b": 1}'
    assert hparams.parse_json('{"rate": 3.0}').rate == 3
    assert str(HParams(b=1, a="x")) == "b=1,a=x"
    assert repr(HParams(a=1)) == "HParams([('a', 1)])"
    hparams.set_model_structure("tree")
    assert hparams.get_model_structure() == "tree"


def test_unknown_names_can_be_ignored():
    assert parse_values("a=1,b=2", {"a": int}, ignore_unknown=True) == {"a": 1}
