"""Weights of every dtype that numbers have lie apart bit by bit; what is no number stays."""

from __future__ import annotations

import numpy as np
import pytest
from frozen_files import ops

from graphkit._tf import tf
from graphkit.export import freeze_session, load_graph

NUMBERS = [tf.float16, tf.bfloat16, tf.float32, tf.float64, tf.complex64, tf.complex128]
NUMBERS += [tf.int8, tf.uint16, tf.int32, tf.int64]


def frozen(tmp_path, value, dtype):
    """The file of a variable that is the output."""
    path = tmp_path / "m.pb"
    with tf.Graph().as_default(), tf.Session() as session:
        variable = tf.get_variable("v", initializer=tf.constant(value, dtype))
        tf.identity(variable, name="y")
        session.run(variable.initializer)
        return freeze_session(session, path, outputs="y", weights_apart=True)


@pytest.mark.parametrize("dtype", NUMBERS, ids=lambda dtype: dtype.name)
@pytest.mark.parametrize("shape", [(), (3, 2)], ids=str)
def test_numbers_come_back_bit_by_bit(tmp_path, dtype, shape):
    value = (np.arange(np.prod(shape, dtype=int)).reshape(shape) + 1).astype(dtype.as_numpy_dtype)
    report = frozen(tmp_path, value, dtype)
    assert report.weights == tmp_path / "m.pb.weights"
    with load_graph(report.path) as loaded:
        found = np.asarray(loaded.run({})["y"])
    assert (found.dtype, found.shape, found.tobytes()) == (value.dtype, shape, value.tobytes())


@pytest.mark.parametrize(("value", "dtype"), [([True, False], tf.bool), ([b"a", b""], tf.string)])
def test_what_is_no_number_stays_and_no_file_is_made(tmp_path, value, dtype):
    report = frozen(tmp_path, value, dtype)
    assert report.weights is None
    assert [file.name for file in tmp_path.iterdir()] == ["m.pb"]
    assert "RestoreV2" not in ops(report.path).values()
    with load_graph(report.path) as loaded:
        assert loaded.run({})["y"].tolist() == value
