"""The program's flags are its own."""

from __future__ import annotations

import importlib
import sys

import pytest
from absl import flags

from graphkit.port._flags import find_flags_as_before, make_way_for_flags


def values():
    """Flags of a TPU module, of another module of TensorFlow's, and of a program."""
    made = flags.FlagValues()
    for module, name in [
        ("tensorflow.python.tpu.client.client", "hbm_oom_exit"),
        ("tensorflow.python.tpu.client.client", "runtime_oom_exit"),
        ("tensorflow.python.tpu.tensor_tracer_flags", "delta_threshold"),
        ("tensorflow.python.ops.parallel_for.pfor", "fallback"),
        ("train", "batch_size"),
    ]:
        flags.DEFINE_float(name, 0.5, "help", flag_values=made, module_name=module)
        made.register_flag_by_module(module, made[name])
    return made


def test_flags_of_tpu_modules_are_forgotten():
    made = values()
    make_way_for_flags(made)
    assert sorted(made) == ["batch_size", "fallback"]
    made(["train", "--batch_size=2"])
    assert made.batch_size == 2.0


def test_a_program_may_define_a_flag_of_the_same_name():
    made = values()
    make_way_for_flags(made)
    flags.DEFINE_integer("delta_threshold", 3, "the program's own", flag_values=made)
    made(["train"])
    assert made.delta_threshold == 3


def test_forgetting_twice_changes_nothing():
    made = values()
    make_way_for_flags(made)
    kept = sorted(made)
    make_way_for_flags(made)
    assert sorted(made) == kept


def test_a_program_may_define_a_flag_that_is_there():
    made = values()
    make_way_for_flags(made)
    flags.DEFINE_string("batch_size", "many", "the program's own", flag_values=made)
    made(["train"])
    assert made.batch_size == "many"


def test_a_program_may_not_define_its_own_flag_twice():
    made = values()
    make_way_for_flags(made)
    flags.DEFINE_string("name", "a", "", flag_values=made, module_name="one")
    with pytest.raises(flags.DuplicateFlagError, match="'name' is defined twice"):
        flags.DEFINE_string("name", "b", "", flag_values=made, module_name="two")


def test_the_flags_are_absls_where_no_others_are_named(monkeypatch):
    made = values()
    monkeypatch.setattr(flags, "FLAGS", made)
    make_way_for_flags()
    assert "hbm_oom_exit" not in made
    assert made["batch_size"].allow_override


def test_without_absl_there_is_nothing_to_do(monkeypatch):
    made = values()
    monkeypatch.setattr(flags, "FLAGS", made)
    monkeypatch.delitem(sys.modules, "absl.flags")
    make_way_for_flags()
    assert "hbm_oom_exit" in made


def test_a_flag_two_modules_of_tensorflow_define_is_forgotten_once():
    made = values()
    made.register_flag_by_module("tensorflow.python.tpu.another", made["hbm_oom_exit"])
    make_way_for_flags(made)
    assert "hbm_oom_exit" not in made


def test_flags_without_their_own_values_keep_their_defaults():
    made = values()
    make_way_for_flags(made)
    made(["train", "--noop"], known_only=True)
    assert made.batch_size == 0.5


def test_a_default_that_changed_is_that_of_1_15():
    made = flags.FlagValues()
    flags.DEFINE_boolean(
        "op_conversion_fallback_to_while_loop", True, "", flag_values=made, module_name="pfor"
    )
    make_way_for_flags(made)
    made(["train"])
    assert made.op_conversion_fallback_to_while_loop is False


@pytest.fixture
def wrapped():
    """What `tf.app.flags.FLAGS` is, around flags of a test's own."""
    platform = importlib.import_module("tensorflow.python.platform.flags")
    made = flags.FlagValues()
    for module, name, default in [
        ("train", "rate", 0.1),
        ("tensorflow.python.ops.parallel_for.pfor", "fallback", 1.0),
        ("absl.logging", "verbosity", 0.0),
    ]:
        flags.DEFINE_float(name, default, "help", flag_values=made, module_name=module)
        made.register_flag_by_module(module, made[name])
    wrapper = platform._FlagValuesWrapper(made)
    find_flags_as_before(wrapper)
    return wrapper


def test_parse_flags_reads_the_command_line(wrapped, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["train.py", "--rate=0.5", "--other=1"])
    assert wrapped.__dict__["__parsed"] is False
    wrapped._parse_flags()
    assert (wrapped.rate, wrapped.__dict__["__parsed"]) == (0.5, True)


def test_parse_flags_reads_what_it_is_given(wrapped):
    wrapped._parse_flags(["--rate", "2"])
    assert wrapped.rate == 2.0


def test_the_values_before_1_5_are_the_programs_own(wrapped):
    wrapped._parse_flags(["--rate=3"])
    assert wrapped.__dict__["__flags"] == {"rate": 3.0}


def test_a_value_written_there_is_the_flags(wrapped):
    wrapped._parse_flags([])
    values = wrapped.__dict__["__flags"]
    values["rate"] = 4.0
    assert (wrapped.rate, values) == (4.0, {"rate": 4.0})


def test_what_1_15_showed_of_the_flags_stays(wrapped):
    wrapped._parse_flags([])
    assert list(vars(wrapped)) == ["__wrapped"]
    assert sorted(wrapped.__flags) == sorted(wrapped) == ["fallback", "rate", "verbosity"]
    assert wrapped.__flags["rate"].value == 0.1
    with pytest.raises(KeyError, match="__nothing"):
        wrapped.__dict__["__nothing"]
