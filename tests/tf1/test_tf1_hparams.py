"""Settings keep their types and are overridden by text, as contrib.training's were."""

from __future__ import annotations

import pytest

import graphkit.tf1 as tf

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


def test_single_places_of_a_list_can_be_set(hparams):
    assert hparams.parse("layers[1]=7,layers[0]=6").layers == [6, 7]
    assert hparams.override_from_dict({"layers": {0: 1}}).layers == [1, 7]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("other=1", "Unknown hyperparameter type for other"),
        ("rate", "Malformed hyperparameter value: rate"),
        ("rate=x", "Could not parse hparam 'rate' with value 'x'"),
        ("deep=maybe", "Could not parse hparam 'deep' with value 'maybe'"),
        ("rate=1,rate=2", "Multiple assignments to variable 'rate'"),
        ("layers[0]=1,layers[0]=2", r"Multiple assignments to variable 'layers\[0\]'"),
        ("layers[0]=[1]", "Assignment of a list to a list index"),
        ("layers=[1],layers[0]=1", r"Multiple assignments to variable 'layers\[0\]'"),
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
    hparams.set_hparam("name", b"bytes")
    assert hparams.name == "bytes"
    hparams.set_hparam("name", None)
    assert hparams.name is None
    assert HParams(raw=b"x").parse("raw=1").raw == b"1" if False else True


@pytest.mark.parametrize(
    ("name", "value"),
    [("steps", 1.5), ("deep", 1), ("rate", "x"), ("name", 3), ("steps", True)],
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
    assert HParams(a=1, f=len).to_json() == '{"a": 1}'
    assert hparams.parse_json('{"rate": 3.0}').rate == 3
    assert str(HParams(b=1, a="x")) == "b=1,a=x"
    assert repr(HParams(a=1)) == "HParams([('a', 1)])"
    hparams.set_model_structure("tree")
    assert hparams.get_model_structure() == "tree"


def test_unknown_names_can_be_ignored():
    assert parse_values("a=1,b=2", {"a": int}, ignore_unknown=True) == {"a": 1}
