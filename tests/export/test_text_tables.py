"""Tables that text files fill: in a frozen file they are constants, and need the files no more."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError, CorruptFileError, MissingFileError, UnsafeFileError
from graphkit.export import convert, freeze, freeze_session, inspect_file, load_graph

RECORDED = Path(__file__).parents[1] / "golden" / "text_tables"
FILLS = "InitializeTableFromTextFileV2"
OUTPUTS = ["sums", "ages", "mirrored"]
LINE, WHOLE = tf.lookup.TextFileIndex.LINE_NUMBER, tf.lookup.TextFileIndex.WHOLE_LINE


@pytest.fixture
def recorded(tmp_path):
    """What 1.15.5 saved, in a folder of its own."""
    return Path(shutil.copytree(RECORDED, tmp_path / "recorded"))


def assert_as_recorded(path):
    with np.load(RECORDED / "expected.npz") as file:
        expected = dict(file)
    words = np.char.encode(expected["words"], "utf-8").astype(object)
    with load_graph(path) as graph:
        found = graph.run({"words": words}, OUTPUTS)
    assert found["sums"].tolist() == expected["sums"].tolist()
    assert found["ages"].tolist() == expected["ages"].tolist()
    assert [[word.decode() for word in row] for row in found["mirrored"]] == [
        list(row) for row in expected["mirrored"]
    ]


def test_a_checkpoint_of_1_15_with_the_files_beside_it(recorded, tmp_path):
    report = freeze(recorded / "network", tmp_path / "m.pb", outputs=OUTPUTS, allow={FILLS})
    shutil.rmtree(recorded)
    assert_as_recorded(report.path)
    details = inspect_file(report.path).details
    assert details.unsafe_ops == []
    assert not {FILLS, "VariableV2"} & set(details.ops)


def test_a_checkpoint_names_the_permission_it_needs(recorded, tmp_path):
    told = (
        rf"network: its op '.*' fills a table from the file '(words\.txt|ages\.csv)', which was "
        rf"not read \(.* --allow {FILLS} permits it"
    )
    for act in (freeze, convert):
        with pytest.raises(UnsafeFileError, match=told):
            act(recorded / "network", tmp_path / "m.pb", outputs=OUTPUTS)
    assert not (tmp_path / "m.pb").exists()


def test_a_saved_model_brings_its_own_files(recorded, tmp_path, monkeypatch):
    (recorded / "words.txt").write_text("some\nthing\nelse\nis\nhere\n")
    monkeypatch.chdir(recorded)  # where the graph's own name for the file leads somewhere else
    report = freeze("saved", tmp_path / "m.pb")
    assert_as_recorded(report.path)


def test_assets_outside_the_folder_are_not_read(recorded, tmp_path):
    (recorded / "saved" / "assets" / "words.txt").unlink()
    (recorded / "saved" / "assets" / "words.txt").symlink_to(recorded / "words.txt")
    with pytest.raises(UnsafeFileError, match=r"saved: .*'words\.txt', which lies outside"):
        freeze(recorded / "saved", tmp_path / "m.pb")
    (recorded / "saved" / "assets" / "words.txt").unlink()
    with pytest.raises(MissingFileError, match=r"its part 'words\.txt' does not exist"):
        freeze(recorded / "saved", tmp_path / "m.pb")


def test_a_graph_file_and_convert_take_the_permission_too(recorded, tmp_path):
    with tf.Graph().as_default() as graph:
        words = tf.placeholder(tf.string, [None], name="words")
        tf.identity(table(recorded / "words.txt").lookup(words), name="y")
    tf.io.write_graph(graph, str(recorded), "graph.pb", as_text=False)
    told = rf"graph\.pb: .*allow={{'{FILLS}'}}"
    with pytest.raises(UnsafeFileError, match=told):
        convert(recorded / "graph.pb", tmp_path / "new.pb", outputs="y")
    convert(recorded / "graph.pb", tmp_path / "new.pb", outputs="y", allow={FILLS})
    with load_graph(tmp_path / "new.pb") as loaded:
        assert loaded.run({"words": [b"dog", b"the", b"?"]})["y"].tolist() == [4, 0, -1]


def table(path, key=(tf.string, WHOLE), value=(tf.int64, LINE), default=-1, **rules):
    source = tf.lookup.TextFileInitializer(str(path), *key, *value, **rules)
    return tf.lookup.StaticHashTable(source, default)


@pytest.mark.parametrize(
    ("content", "how", "asked", "given"),
    [
        (b"a\nb\r\nc", {}, [b"b", b"c", b"d"], [1, 2, -1]),
        (b"a\nb\nc\n", {"vocab_size": 2}, [b"a", b"b", b"c"], [0, 1, -1]),
        (b"\xff\xfe\n \n", {}, [b"\xff\xfe", b" "], [0, 1]),
        (
            b"x;4;a\ny;-5;b\n",
            {"key": (tf.string, 2), "value": (tf.int64, 1), "delimiter": ";"},
            [b"b", b"a", b"x"],
            [-5, 4, -1],
        ),
        (
            b"7\t0.5\n8\t-2\n",
            {"key": (tf.int64, 0), "value": (tf.float32, 1), "default": 9.0},
            [8, 7, 1],
            [-2.0, 0.5, 9.0],
        ),
        (
            b"one\ntwo\n",
            {"key": (tf.int64, LINE), "value": (tf.string, WHOLE), "default": "?"},
            [1, 0, 5],
            [b"two", b"one", b"?"],
        ),
    ],
    ids=["lines", "the first lines", "any bytes", "columns", "numbers", "back to words"],
)
def test_lines_and_columns_mean_what_they_do_in_a_session(
    graph, session, tmp_path, content, how, asked, given
):
    (tmp_path / "list.txt").write_bytes(content)
    looked_up = table(tmp_path / "list.txt", **how)
    keys = tf.placeholder(looked_up.key_dtype, [None], name="keys")
    tf.identity(looked_up.lookup(keys), name="y")
    session.run(tf.tables_initializer())
    freeze_session(session, tmp_path / "m.pb", outputs="y")
    (tmp_path / "list.txt").unlink()
    with load_graph(tmp_path / "m.pb") as loaded:
        assert loaded.run({"keys": asked})["y"].tolist() == given


@pytest.mark.parametrize(
    ("content", "how", "told"),
    [
        (b"", {}, r"is empty; it fills the table 'hash_table"),
        (b"a\n\nb\n", {}, "empty line found at position 3"),
        (b"a\nb\na\n", {}, "different value for same key. Key a has 0 and trying to add value 2"),
        (b"a\n", {"vocab_size": 3}, "Invalid vocab_size in .* expected 3 but got 1"),
        (
            b"a,1\nb\n",
            {"key": (tf.string, 0), "value": (tf.int64, 1), "delimiter": ","},
            r"columns in .*list\.txt line 1 \(b\) : expected at least 2 got 1",
        ),
        (
            b"a,1\nb,x\n",
            {"key": (tf.string, 0), "value": (tf.int64, 1), "delimiter": ","},
            "Field x in line 1 is not a valid int64",
        ),
    ],
    ids=["empty", "empty line", "twice", "too short", "columns", "no number"],
)
def test_what_cannot_fill_a_table_is_said_of_the_file(graph, session, tmp_path, content, how, told):
    (tmp_path / "list.txt").write_bytes(content)
    words = tf.placeholder(tf.string, [None], name="words")
    tf.identity(table(tmp_path / "list.txt", **how).lookup(words), name="y")
    with pytest.raises(CorruptFileError, match=rf"list\.txt: .*{told}"):
        freeze_session(session, tmp_path / "m.pb", outputs="y")
    assert not (tmp_path / "m.pb").exists()


@pytest.mark.parametrize("make", [lambda path: None, Path.mkdir], ids=["nothing", "a folder"])
def test_a_file_that_is_gone_is_named_with_its_table(graph, session, tmp_path, make):
    make(tmp_path / "list.txt")
    words = tf.placeholder(tf.string, [None], name="words")
    tf.identity(table(tmp_path / "list.txt").lookup(words), name="y")
    with pytest.raises(MissingFileError, match=r"list\.txt: does not exist; it fills .*hash_table"):
        freeze_session(session, tmp_path / "m.pb", outputs="y")


def test_a_file_beyond_all_measure_is_not_read(graph, session, tmp_path):
    with open(tmp_path / "list.txt", "wb") as file:
        file.truncate(2**30 + 1)  # a hole, which takes no room on the disk
    words = tf.placeholder(tf.string, [None], name="words")
    tf.identity(table(tmp_path / "list.txt").lookup(words), name="y")
    with pytest.raises(UnsafeFileError, match="larger than the 1,073,741,824 bytes"):
        freeze_session(session, tmp_path / "m.pb", outputs="y")


@pytest.mark.parametrize("shape", [[], [None], [2, None], [None, 1], [3]], ids=str)
def test_a_file_that_changed_behind_a_session_is_noticed(graph, session, tmp_path, shape):
    (tmp_path / "list.txt").write_text("a\nb\nc\nd\n")
    words = tf.placeholder(tf.string, shape, name="words")
    tf.identity(table(tmp_path / "list.txt").lookup(words), name="y")
    session.run(tf.tables_initializer())
    freeze_session(session, tmp_path / "m.pb", outputs="y")
    (tmp_path / "list.txt").write_text("a\nb\nd\nc\n")
    with pytest.raises(CorruptFileError, match=r"changed since .* another value for b'd'"):
        freeze_session(session, tmp_path / "m.pb", outputs="y")


def test_a_table_that_is_cut_off_needs_no_file(graph, session, tmp_path):
    words = tf.placeholder(tf.string, [None], name="words")
    found = table(tmp_path / "gone.txt").lookup(words)
    tf.multiply(found, 2, name="y")
    freeze_session(session, tmp_path / "m.pb", outputs="y", inputs=found.name)
    with load_graph(tmp_path / "m.pb") as loaded:
        assert loaded.run({key: [4] for key in loaded.inputs})["y"].tolist() == [8]


def test_a_name_that_is_computed_is_no_name_of_a_file(graph, session, tmp_path):
    words = tf.placeholder(tf.string, [None], name="words")
    place = tf.strings.join([str(tmp_path), "/list.txt"])
    own = tf.raw_ops.HashTableV2(key_dtype=tf.string, value_dtype=tf.int64, name="own")
    rules = {"key_index": WHOLE, "value_index": LINE}
    tf.raw_ops.InitializeTableFromTextFileV2(table_handle=own, filename=place, **rules)
    default = tf.constant(-1, tf.int64)
    tf.raw_ops.LookupTableFindV2(table_handle=own, keys=words, default_value=default, name="y")
    with pytest.raises(ArgumentError, match=r"behind the lookup tables.*depend on 'own'"):
        freeze_session(session, tmp_path / "m.pb", outputs="y")


@pytest.fixture(scope="module")
def of_tensorflow_2(tmp_path_factory):
    """A SavedModel whose tables are filled by functions: of a file in its folder, of constants."""
    folder = tmp_path_factory.mktemp("of tensorflow 2")
    (folder / "list.txt").write_text("a\nb\nc\n")
    with tf.init_scope():
        module = tf.compat.v2.Module()
        module.numbers = table(folder / "list.txt")
        source = tf.lookup.KeyValueTensorInitializer(tf.constant([0, 2], tf.int64), ["x", "z"])
        module.names = tf.lookup.StaticHashTable(source, "?")
        spec = tf.TensorSpec([None], tf.string, name="words")
        call = tf.function(
            lambda words: {"y": module.names.lookup(module.numbers.lookup(words))},
            input_signature=[spec],
        )
        tf.saved_model.save(module, str(folder / "saved"), signatures=call)
    (folder / "list.txt").unlink()
    return folder / "saved"


def test_a_model_of_tensorflow_2_fills_its_tables_by_functions(of_tensorflow_2, tmp_path):
    freeze(of_tensorflow_2, tmp_path / "m.pb")
    details = inspect_file(tmp_path / "m.pb").details
    assert (details.functions, details.unsafe_ops) == ({}, [])
    with load_graph(tmp_path / "m.pb") as loaded:
        [found] = loaded.run({"serving_default_words": [b"c", b"b", b"a", b"d"]}).values()
    assert found.tolist() == [b"z", b"?", b"x", b"?"]


def test_an_asset_of_a_function_has_to_be_there(of_tensorflow_2, tmp_path):
    shutil.copytree(of_tensorflow_2, tmp_path / "saved")
    next((tmp_path / "saved" / "assets").iterdir()).unlink()
    with pytest.raises(MissingFileError, match=r"its part 'list\.txt' does not exist"):
        freeze(tmp_path / "saved", tmp_path / "m.pb")


def test_two_versions_of_one_file_live_beside_each_other(tmp_path):
    for number, content in enumerate(["a\nb\n", "b\na\n"]):
        (tmp_path / "list.txt").write_text(content)
        with tf.Graph().as_default(), tf.Session() as session:
            words = tf.placeholder(tf.string, [None], name="words")
            tf.identity(table(tmp_path / "list.txt").lookup(words), name="y")
            session.run(tf.tables_initializer())
            freeze_session(session, tmp_path / f"{number}.pb", outputs="y")
    with tf.Graph().as_default(), tf.Session() as session:
        fed = tf.constant([b"a", b"b"])
        found = []
        for number in range(2):
            graph_def = tf.GraphDef.FromString((tmp_path / f"{number}.pb").read_bytes())
            found += tf.import_graph_def(graph_def, {"words:0": fed}, ["y:0"], name=f"m{number}")
        assert [values.tolist() for values in session.run(found)] == [[0, 1], [1, 0]]
