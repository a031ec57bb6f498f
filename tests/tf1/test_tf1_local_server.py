"""The job of the local server is "local", as in 1.15.5, where the same lines say the same."""

from __future__ import annotations

import pytest
from graphkit.tf1.python.training import server_lib

import graphkit.tf1 as tf


@pytest.mark.parametrize("owner", [tf.train, tf.distribute, server_lib])
def test_ops_are_placed_on_its_job(owner):
    server = owner.Server.create_local_server()
    with tf.Graph().as_default(), tf.device("/job:local/task:0"):
        count = tf.Variable(1.0, use_resource=False)
        more = count.assign_add(1.0)
        with tf.Session(server.target) as session:
            names = [device.name for device in session.list_devices()]
            assert names[0] == "/job:local/replica:0/task:0/device:CPU:0"
            session.run(count.initializer)
            assert session.run(more) == 2.0


def test_it_can_be_started_later():
    server = tf.train.Server.create_local_server(start=False)
    assert isinstance(server, tf.train.Server)
    server.start()
    with tf.Graph().as_default(), tf.Session(server.target) as session:
        assert session.run(tf.constant(3)) == 3


def test_it_hands_its_configuration_to_its_sessions():
    config = tf.ConfigProto(device_count={"CPU": 2})
    server = tf.train.Server.create_local_server(config)
    with tf.Graph().as_default(), tf.Session(server.target) as session:
        assert len([one for one in session.list_devices() if one.device_type == "CPU"]) == 2
