"""What other programs say of a model in several lines is told in one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from graphkit.errors import GraphkitError
from graphkit.export import open_model
from graphkit.export._running._engines._said import said_by

SAVED = Path(__file__).parents[1] / "golden" / "tflite_files"


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("one\ntwo", "one two"),
        ("\n  first:\n\t- second\r\n", "first: - second"),
        ("as it is", "as it is"),
        ("", ""),
    ],
)
def test_lines_become_one(message, told):
    assert said_by(ValueError(message)) == told


def test_an_op_that_the_interpreter_lacks_is_told_in_one_line():
    with pytest.raises(GraphkitError, match=r"custom op: MatrixInverse\. See instr") as refused:
        with open_model(SAVED / "custom.tflite") as model:
            model.run({info.name: np.ones(info.shape, np.float32) for info in model.inputs})
    assert "\n" not in str(refused.value)
