"""What the search found: files that once ended a reader otherwise than by an error of graphkit."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
import zipfile
import zlib

import numpy as np
import pytest

from benchmarks._fuzz import _samples
from benchmarks._fuzz._cases import lay_out
from benchmarks._fuzz._readers import chosen
from benchmarks._fuzz._samples import golden, onnx
from graphkit._formats._checkpoint import read_checkpoint
from graphkit._formats._table import masked_crc, read_table, write_table
from graphkit._formats._wire import write_bytes, write_fixed32, write_int
from graphkit._marks import WEIGHTS_MARK
from graphkit._tf import tf
from graphkit.errors import CorruptFileError, UnsafeFileError
from graphkit.export import freeze, inspect_file, load_graph, open_model, rename_checkpoint
from graphkit.export._apart._beside import marked_digest
from graphkit.export._predicting import _arrays
from graphkit.records import read_image
from graphkit.records._framing import frame
from graphkit.tf1._mnist._idx import LABELS, read_idx


def array(header):
    """A file of NumPy with such a head and no values."""
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header


def head(shape, dtype="<f4"):
    return f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}}}\n".encode()


def archive(member):
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as written:
            written.writestr("x.npy", member)
        return file.getvalue()


def flipped(data, place):
    return data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]


def idx(kind, *sizes):
    return b"".join(number.to_bytes(4, "big") for number in (kind, *sizes))


CELL = {"cell_type": "code", "source": "%%time\n" * 3000}
SOUND = archive(array(head((0, 3))))
INDEX = list(read_table(memoryview(golden("stored/kinds_v2.index")["kinds_v2.index"])))


def stored(more):
    """The index of a checkpoint with another entry, or with one more."""
    entries = {bytes(key): bytes(value) for key, value in INDEX} | more
    return write_table(sorted(entries.items()))


def entry(*shape):
    """A variable of no bytes."""
    sizes = b"".join(write_bytes(2, write_int(1, size)) for size in shape)
    return write_int(1, 1) + write_bytes(2, sizes) + write_fixed32(6, masked_crc(0))


FOUND = {
    "a checkpoint of a name as long as none": (
        "checkpoint-2",
        "checkpoint",
        b'model_checkpoint_path: "%s"' % (b"x" * 4000),
    ),
    "an array whose head does not end": ("examples", "m.npy", array(b"{'descr': (\n")),
    "an array of endless rows of nothing": ("examples", "m.npy", array(head((10**18, 0)))),
    "an array of endless nothing": ("examples", "m.npy", array(head((10**18, 3), "|S0"))),
    "an archive without its directory": ("examples", "m.npz", SOUND[:-30]),
    "an archive whose head does not end": ("examples", "m.npz", archive(array(b"{'descr': (\n"))),
    "an archive with a false checksum": ("examples", "m.npz", flipped(SOUND, 50)),
    "an archive of a later version": (
        "examples",
        "m.npz",
        SOUND.replace(b"PK\x01\x02\x14\x03\x14", b"PK\x01\x02\x14\x03\xff"),
    ),
    "an archive that promises much": ("examples", "m.npz", archive(array(head((10**12, 3))))),
    "an archive of endless rows": ("examples", "m.npz", archive(array(head((10**18, 0))))),
    "a notebook as deep as can be": ("notebook", "m.ipynb", b'{"cells": ' + b"[" * 10**5),
    "a notebook of cells in cells": ("notebook", "m.ipynb", json.dumps({"cells": [CELL]}).encode()),
    "digits with damage inside": (
        "digits",
        "images.gz",
        flipped(gzip.compress(bytes(range(256)) * 9, mtime=0), 15),
    ),
    "digits as large as none": ("digits", "images", idx(2051, 2**32 - 1, 2**32 - 1, 0)),
}


@pytest.mark.parametrize("case", FOUND.values(), ids=FOUND)
def test_is_refused(case, tmp_path):
    name, file, content = case
    [reader] = chosen([name])
    lay_out({file: content}, tmp_path / "case")
    with pytest.raises(CorruptFileError, match=file):
        reader.read(tmp_path / "case")


def test_an_archive_that_unfolds_beyond_all_measure_is_not_unfolded(tmp_path, monkeypatch):
    monkeypatch.setattr(_arrays, "_LARGEST", 2**20)
    [reader] = chosen(["examples"])
    content = archive(array(head((2**17, 3))) + bytes(12 * 2**17))
    assert len(content) < 2**14
    lay_out({"m.npz": content}, tmp_path / "case")
    with pytest.raises(UnsafeFileError, match=r"m\.npz: its 'x\.npy' claims 1,572,9"):
        reader.read(tmp_path / "case")


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({b"\0\1\2": INDEX[1][1]}, id="a key of a piece that does not end"),
        pytest.param({b"\0\1\xff\1\0\1": INDEX[1][1]}, id="a name of a piece that is no text"),
        pytest.param({b"zeros": entry(2**40, 2**40, 0)}, id="a shape of nothing beyond numbers"),
    ],
)
def test_checkpoints_that_are_refused(more, tmp_path):
    data = "kinds_v2.data-00000-of-00001"
    files = {"m.index": stored(more), "m.data-00000-of-00001": golden(f"stored/{data}")[data]}
    lay_out(files, tmp_path / "case")
    source = tmp_path / "case" / "m"
    with pytest.raises(CorruptFileError, match="case"):
        for name in read_checkpoint(source).variables:
            read_checkpoint(source).read(name)
        rename_checkpoint(source, tmp_path / "new", {INDEX[1][0].decode(): "renamed"})


@pytest.mark.parametrize("starts", [2, 41])
def test_a_loop_that_begins_in_several_places_is_refused(starts, tmp_path):
    """TensorFlow would end the process."""
    with tf.Graph().as_default() as graph:
        tf.disable_control_flow_v2()
        try:
            tf.while_loop(lambda i: i < 3, lambda i: i + 1, [tf.constant(0)])
        finally:
            tf.enable_control_flow_v2()
    graph_def = graph.as_graph_def()
    (merge,) = (node for node in graph_def.node if node.op == "Merge")
    merge.input[:] = [*[merge.input[0]] * starts, merge.input[1]]
    (tmp_path / "m.pb").write_bytes(graph_def.SerializeToString())
    with pytest.raises(CorruptFileError, match=f"the loop at 'while/Merge' begins {starts} times"):
        load_graph(tmp_path / "m.pb")


def test_no_room_is_made_for_digits_that_are_not_there(tmp_path):
    (tmp_path / "labels").write_bytes(idx(LABELS, 2**30) + b"\1\2")
    tracemalloc.start()
    try:
        with pytest.raises(CorruptFileError, match="1073741824 bytes are promised, 2 are there"):
            read_idx(tmp_path / "labels", LABELS)
        assert tracemalloc.get_traced_memory()[1] < 2**24
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("number", [2**31, 2**32, 10**30])
@pytest.mark.parametrize("in_function", [False, True])
def test_an_output_beyond_31_bits_is_refused(number, in_function, tmp_path):
    """TensorFlow would end the process, or take another output."""
    graph_def = tf.GraphDef()
    graph_def.node.add(name="x", op="Placeholder").attr["dtype"].type = 1
    nodes = graph_def.library.function.add().node_def if in_function else graph_def.node
    nodes.add(name="y", op="Identity", input=[f"x:{number}"]).attr["T"].type = 1
    (tmp_path / "m.pb").write_bytes(graph_def.SerializeToString())
    with pytest.raises(CorruptFileError, match=f"'y' takes the output 'x:{number}', which no op"):
        load_graph(tmp_path / "m.pb")


def cut_entry(index):
    """The index of a checkpoint whose last variable is described by half a field."""
    entries = [(bytes(key), bytes(value)) for key, value in read_table(memoryview(index))]
    return write_table([*entries[:-1], (entries[-1][0], b"\x2a\x05")])


def freezable(changed, change):
    """A checkpoint with its graph, as `m`, one of its files changed."""
    files = {}
    for suffix in (".index", ".data-00000-of-00001", ".meta"):
        [content] = golden(f"freezing/trained_ref{suffix}").values()
        files[f"m{suffix}"] = change(content) if suffix == changed else content
    return files


def no_file_name(meta):
    graph = tf.MetaGraphDef.FromString(meta)
    graph.saver_def.filename_tensor_name = "nowhere:0"
    return graph.SerializeToString()


@pytest.mark.parametrize(
    ("changed", "change"), [(".index", cut_entry), (".meta", no_file_name)], ids=["index", "meta"]
)
def test_checkpoints_are_not_restored_that_would_end_the_process(changed, change, tmp_path):
    lay_out(freezable(changed, change), tmp_path / "case")
    with pytest.raises(CorruptFileError, match=r"case.m: "):
        freeze(tmp_path / "case" / "m", tmp_path / "out.pb")


def test_variables_of_a_saved_model_are_looked_at_first(tmp_path):
    files = golden("text_tables/saved")
    index = "saved/variables/variables.index"
    lay_out({**files, index: cut_entry(files[index])}, tmp_path / "case")
    with pytest.raises(CorruptFileError, match="cut short"):
        open_model(tmp_path / "case" / "saved")


def test_a_head_that_does_not_end_is_not_handed_to_numpy(tmp_path):
    """NumPy takes 11 seconds to find no end in 8 KB of blanks."""
    [reader] = chosen(["examples"])
    content = array(b"{'descr': '<f4', 'shape': ((2, 3), " + b" " * 8000)
    for name, data in (("m.npy", content), ("m.npz", archive(content))):
        lay_out({name: data}, tmp_path / "case")
        with pytest.raises(CorruptFileError, match="was never closed"):
            reader.read(tmp_path / "case")


@pytest.mark.filterwarnings("ignore:Reading `.npy`")
def test_arrays_of_python_2_are_read(tmp_path):
    [reader] = chosen(["examples"])
    lay_out({"m.npy": array(head("(2L, 3L)")) + bytes(24)}, tmp_path / "case")
    reader.read(tmp_path / "case")


def test_a_png_that_claims_more_than_its_bytes_can_hold_is_not_unfolded(tmp_path):
    png = bytearray(_samples.pictures()[0]["m.png"])
    png[16:24] = (60_000).to_bytes(4, "big") * 2
    png[29:33] = zlib.crc32(png[12:29]).to_bytes(4, "big")
    (tmp_path / "m.png").write_bytes(png)
    with pytest.raises(CorruptFileError, match="claims 60,000 x 60,000 pixels, which"):
        read_image(tmp_path / "m.png")


def test_no_room_is_made_for_a_part_of_a_png_that_is_not_there(tmp_path):
    png = bytearray(_samples.pictures()[0]["m.png"])
    png[33:37] = (700_000_000).to_bytes(4, "big")
    (tmp_path / "m.png").write_bytes(png)
    with pytest.raises(CorruptFileError, match="700,000,000 bytes of it should follow"):
        read_image(tmp_path / "m.png")


def test_names_that_are_no_text_are_refused_where_models_run(tmp_path):
    """The programs that run them hand such names on, or fail over them."""
    pytest.importorskip("onnxruntime")
    tflite = golden("tflite_files/quantized.tflite")["quantized.tflite"]
    assert tflite.count(b"\1\0\0\0x\0") == 1
    [model, _] = onnx()
    lay_out(
        {
            "m.tflite": tflite.replace(b"\1\0\0\0x\0", b"\1\0\0\0\xff\0"),
            "m.onnx": model["m.onnx"].replace(b"\x12\x01N", b"\x12\x01\xce"),
        },
        tmp_path / "case",
    )
    for name in ("m.tflite", "m.onnx"):
        with pytest.raises(CorruptFileError, match=name):
            open_model(tmp_path / "case" / name)


def test_the_mark_of_weights_apart_may_be_any_bytes():
    graph_def = tf.GraphDef()
    graph_def.node.add(name="x", op="NoOp").attr[WEIGHTS_MARK].s = b"ab\xff"
    assert marked_digest(graph_def.node) == "ab\N{REPLACEMENT CHARACTER}"


def test_an_event_whose_time_has_three_bytes_is_where_a_file_is_damaged(tmp_path):
    file = tmp_path / "m"
    version = b"\x09" + bytes(8) + b"\x1a\x0dbrain.Event:2"
    file.write_bytes(frame(version) + frame(b"\x0a\x03abc"))
    report = inspect_file(file)
    assert "the time of an event is no number" in report.to_text()


@pytest.mark.parametrize(
    "said",
    [
        '{"size": [1e999, 8]}',
        '{"size": [8, 1%s]}' % ("0" * 400),
        '{"size": [2147483647, 2147483647]}',
        '{"scale": 1%s}' % ("0" * 400),
        '{"mean": [1, 2, 1%s]}' % ("0" * 400),
    ],
)
def test_numbers_beyond_measure_prepare_no_picture(said, tmp_path):
    [reader] = chosen(["preprocessing"])
    lay_out({"m.pb.json": f'{{"preprocessing": {said}}}'.encode()}, tmp_path / "case")
    with pytest.raises(CorruptFileError, match="does not say how pictures are prepared"):
        reader.read(tmp_path / "case")


@pytest.mark.parametrize("notes", [1, [], {"kernelspec": 3}, {"language_info": [], "x": None}])
def test_metadata_of_a_notebook_may_be_anything(notes, tmp_path):
    [reader] = chosen(["notebook"])
    content = json.dumps({"cells": [], "metadata": notes}).encode()
    lay_out({"m.ipynb": content}, tmp_path / "case")
    reader.read(tmp_path / "case")


def test_arrays_that_are_sound_are_still_read(tmp_path):
    [reader] = chosen(["examples"])
    for name, save in (("m.npy", np.save), ("m.npz", np.savez_compressed)):
        with io.BytesIO() as file:
            save(file, np.ones((2, 3), np.float64))
            lay_out({name: file.getvalue()}, tmp_path / "case")
        reader.read(tmp_path / "case")
