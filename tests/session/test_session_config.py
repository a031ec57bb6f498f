"""`SessionConfig`: what it refuses, and the protocol buffer it makes."""

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.session import SessionConfig


def test_defaults_share_the_machine():
    proto = SessionConfig().to_proto()
    assert proto.allow_soft_placement
    assert proto.gpu_options.allow_growth
    assert proto.gpu_options.visible_device_list == ""
    assert proto.intra_op_parallelism_threads == proto.inter_op_parallelism_threads == 0
    assert dict(proto.device_count) == {"CPU": 1}
    assert not proto.log_device_placement


def test_every_choice_reaches_the_proto():
    proto = SessionConfig(
        soft_placement=False,
        memory_growth=False,
        intra_op_threads=2,
        inter_op_threads=3,
        visible_devices="0, 2",
        cpu_devices=4,
        log_placement=True,
    ).to_proto()
    assert not proto.allow_soft_placement
    assert not proto.gpu_options.allow_growth
    assert proto.intra_op_parallelism_threads == 2
    assert proto.inter_op_parallelism_threads == 3
    assert proto.gpu_options.visible_device_list == "0,2"
    assert proto.device_count["CPU"] == 4
    assert proto.log_device_placement


@pytest.mark.parametrize(
    ("devices", "listed"), [([1, 0], "1,0"), (("3",), "3"), ("", "-1"), ([], "-1"), (None, "")]
)
def test_visible_devices_are_listed_as_tensorflow_wants(devices, listed):
    proto = SessionConfig(visible_devices=devices).to_proto()
    assert proto.gpu_options.visible_device_list == listed


def test_proto_is_new_each_time():
    config = SessionConfig()
    config.to_proto().allow_soft_placement = False
    assert config.to_proto().allow_soft_placement


def test_calling_thread_runs_every_op():
    with tf.Graph().as_default() as graph:
        total = tf.constant(1) + 2
    config = SessionConfig(inter_op_threads=-1).to_proto()
    with tf.Session(graph=graph, config=config) as session:
        assert session.run(total) == 3


@pytest.mark.parametrize(
    ("argument", "value", "message"),
    [
        ("intra_op_threads", 0, "intra_op_threads must be 1 or more, got 0"),
        ("intra_op_threads", -1, "intra_op_threads must be 1 or more, got -1"),
        ("inter_op_threads", 0, "inter_op_threads must be 1 or more, or -1 .*, got 0"),
        ("cpu_devices", 0, "cpu_devices must be 1 or more, got 0"),
        ("visible_devices", "gpu0", "visible_devices must be different GPU numbers.*'gpu0'"),
        ("visible_devices", [0, 0], r"visible_devices must be different GPU numbers.*\[0, 0\]"),
        ("visible_devices", [-1], r"visible_devices must be different GPU numbers.*\[-1\]"),
    ],
)
def test_values_out_of_range_are_refused(argument, value, message):
    with pytest.raises(ArgumentError, match=rf"SessionConfig: {message}"):
        SessionConfig(**{argument: value})


@pytest.mark.parametrize(
    ("argument", "value", "message"),
    [
        ("soft_placement", 1, "soft_placement must be True or False, got int"),
        ("log_placement", "yes", "log_placement must be True or False, got str"),
        ("intra_op_threads", 2.0, "intra_op_threads must be an integer or None, got float"),
        ("inter_op_threads", True, "inter_op_threads must be an integer or None, got bool"),
        ("cpu_devices", None, "cpu_devices must be an integer, got NoneType"),
        ("visible_devices", 0, "visible_devices must be a string or sequence.*, got int"),
    ],
)
def test_values_of_another_type_are_refused(argument, value, message):
    with pytest.raises(ArgumentTypeError, match=rf"SessionConfig: {message}"):
        SessionConfig(**{argument: value})


def test_config_is_frozen_and_keyword_only():
    with pytest.raises(AttributeError, match="cannot assign to field 'cpu_devices'"):
        SessionConfig().cpu_devices = 2
    with pytest.raises(TypeError, match="positional"):
        SessionConfig(True)


def test_numpy_integers_are_integers():
    proto = SessionConfig(intra_op_threads=np.int64(2), cpu_devices=np.int32(3)).to_proto()
    assert proto.intra_op_parallelism_threads == 2
    assert proto.device_count["CPU"] == 3
