"""Files taken apart and put together again: what readers check first is right."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from random import Random

import numpy as np
import pytest

from benchmarks._fuzz import _samples
from benchmarks._fuzz._damage import damaged
from benchmarks._fuzz._forms import taken_apart
from graphkit._formats._table import read_table
from graphkit._formats._wire import fields, write_bytes, write_int
from graphkit.records import iterate_records

MESSAGE = write_int(1, 300) + write_bytes(2, b"abc") + b"\x1d\0\0\x80?" + write_bytes(4, b"")


def zipped():
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("one", "1")
            archive.writestr("two", "22")
        return file.getvalue()


def array():
    with io.BytesIO() as file:
        np.save(file, np.arange(3))
        return file.getvalue()


SAMPLES = {
    "zip": zipped(),
    "gzip": gzip.compress(b"some text", mtime=0),
    "tar": _samples.archives()[0]["m"],
    "table": _samples.golden("stored/kinds_v2.index")["kinds_v2.index"],
    "records": _samples.records()[0]["m"],
    "array": array(),
    "list": b'[1, "two", {"three": 3}]',
    "object": b'{"one": 1, "two": [2]}',
    "message": MESSAGE,
}


@pytest.mark.parametrize("data", SAMPLES.values(), ids=SAMPLES)
def test_parts_that_are_left_as_they_are_make_a_file_with_the_same_parts(data):
    form = taken_apart(data)
    assert len(form.parts) > 0
    again = form.together(form.parts)
    assert taken_apart(again).parts == form.parts


def changed(data, place, content):
    """The file with another content of one part."""
    form = taken_apart(data)
    form.parts[place] = (form.parts[place][0], content)
    return form.together(form.parts)


def test_members_of_archives_get_their_checksums():
    with zipfile.ZipFile(io.BytesIO(changed(SAMPLES["zip"], 1, b"changed"))) as archive:
        assert [archive.read(name) for name in ("one", "two")] == [b"1", b"changed"]
    assert gzip.decompress(changed(SAMPLES["gzip"], 0, b"changed")) == b"changed"


def test_headers_of_tar_get_their_sums():
    form = taken_apart(SAMPLES["tar"])
    place = next(n for n, (head, _) in enumerate(form.parts) if head.startswith(b"data/one"))
    head, content = form.parts[place]
    form.parts[place] = (head.replace(b"data/one", b"data/two"), content)
    with tarfile.open(fileobj=io.BytesIO(form.together(form.parts))) as archive:
        assert archive.getnames()[0] == "data/two.txt"


def test_blocks_and_records_get_their_checksums(tmp_path):
    table = changed(SAMPLES["table"], 2, b"changed")
    assert bytes(list(read_table(memoryview(table)))[2][1]) == b"changed"
    file = tmp_path / "records"
    file.write_bytes(changed(SAMPLES["records"], 1, b"changed"))
    assert list(iterate_records(file))[1] == b"changed"


def test_heads_of_arrays_get_their_lengths():
    head = taken_apart(SAMPLES["array"]).parts[0][1].replace(b"(3,)", b"(1, 3)")
    found = np.load(io.BytesIO(changed(SAMPLES["array"], 0, head)))
    np.testing.assert_array_equal(found, [[0, 1, 2]])


def test_values_of_json_stay_json():
    assert json.loads(changed(SAMPLES["object"], 1, b"[[]]")) == {"one": 1, "two": [[]]}
    assert json.loads(changed(SAMPLES["list"], 2, b"null")) == [1, "two", None]


def test_fields_of_messages_get_their_lengths():
    found = dict(fields(memoryview(changed(MESSAGE, 1, b"x" * 200))))
    assert (found[1], bytes(found[2])) == (300, b"x" * 200)


@pytest.mark.parametrize(
    "data", [b"", b"no form", b"PK\x03\x04", b"\x1f\x8b", b"[1,", b"\x08", b"\x0a\x05a"]
)
def test_what_has_no_form_is_not_taken_apart(data):
    assert taken_apart(data) is None


def test_damage_reaches_what_lies_inside():
    """Of a message in a record in a gzip file, what is damaged most often is the message."""
    data = gzip.compress(SAMPLES["records"], mtime=0)
    reached = 0
    for number in range(40):
        form = taken_apart(damaged(data, Random(number)))
        records = form and taken_apart(form.parts[0][1])
        reached += records is not None and records.parts != taken_apart(SAMPLES["records"]).parts
    assert reached >= 10


@pytest.mark.parametrize("data", [b"", b"x", b"12 and 345"])
def test_anything_can_be_damaged(data):
    assert len({damaged(data, Random(number)) for number in range(50)}) > 5
