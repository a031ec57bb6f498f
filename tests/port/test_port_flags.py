"""The program's flags are its own."""

from __future__ import annotations

from absl import flags

from graphkit.port._flags import forget_hardware_flags


def values():
    """Flags of a TPU module, of another module of TensorFlow's, and of a program."""
    made = flags.FlagValues()
    for module, name in [
        ("tensorflow.python.tpu.client.client", "hbm_oom_exit"),
        ("tensorflow.python.tpu.client.client", "runtime_oom_exit"),
        ("tensorflow.python.tpu.tensor_tracer_flags", "delta_threshold"),
        ("tensorflow.python.ops.parallel_for.pfor", "op_conversion_fallback_to_while_loop"),
        ("train", "batch_size"),
    ]:
        flags.DEFINE_float(name, 0.5, "help", flag_values=made, module_name=module)
        made.register_flag_by_module(module, made[name])
    return made


def test_flags_of_tpu_modules_are_forgotten():
    made = values()
    forget_hardware_flags(made)
    assert sorted(made) == ["batch_size", "op_conversion_fallback_to_while_loop"]
    made(["train", "--batch_size=2"])
    assert made.batch_size == 2.0


def test_a_program_may_define_a_flag_of_the_same_name():
    made = values()
    forget_hardware_flags(made)
    flags.DEFINE_integer("delta_threshold", 3, "the program's own", flag_values=made)
    made(["train"])
    assert made.delta_threshold == 3


def test_forgetting_twice_changes_nothing():
    made = values()
    forget_hardware_flags(made)
    kept = sorted(made)
    forget_hardware_flags(made)
    assert sorted(made) == kept
