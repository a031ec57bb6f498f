"""Files of NumPy that claim what they do not hold: refused in one line, without a warning."""

from __future__ import annotations

import io
import warnings
import zipfile

import numpy as np
import pytest

from graphkit.errors import CorruptFileError
from graphkit.export._predicting._arrays import read_archive, read_array


def _written(shape, dtype="<f4", content=b"\0" * 16):
    """A file of a head and of what follows it."""
    with io.BytesIO() as file:
        head = {"descr": dtype, "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, head)
        return file.getvalue() + content


CLAIMS = {
    "more than there is": (_written((5,)), r"shape \(5,\) and dtype float32 does not fit"),
    "more than can be counted": (_written((2**62, 2**62)), "does not fit"),
    "rows of nothing": (_written((2**40, 0)), "does not fit"),
    "texts of no length": (_written((2**40,), "|S0"), "does not fit"),
    "objects": (_written((1,), "|O"), "objects of Python"),
}


@pytest.mark.parametrize("claim", sorted(CLAIMS))
def test_claims_are_compared_with_what_is_there(claim, tmp_path):
    content, said = CLAIMS[claim]
    (tmp_path / "x.npy").write_bytes(content)
    with zipfile.ZipFile(tmp_path / "x.npz", "w") as archive:
        archive.writestr("x.npy", content)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(CorruptFileError, match=said):
            read_array(tmp_path / "x.npy")
        with pytest.raises(CorruptFileError, match=said):
            read_archive(tmp_path / "x.npz", lambda names: names[0])


def test_what_is_there_is_read(tmp_path):
    (tmp_path / "x.npy").write_bytes(_written((2, 2), content=np.float32([1, 2, 3, 4]).tobytes()))
    assert read_array(tmp_path / "x.npy").tolist() == [[1, 2], [3, 4]]
