"""Tables in graphs: what fills them, which files may be read for them, what is looked up."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import MissingFileError, UnsafeFileError
from graphkit.export._freezing._table_files import TableFiles
from graphkit.export._graphs._choices import choices
from graphkit.export._graphs._nodes import free_name
from graphkit.export._graphs._tables import fill_tables
from graphkit.export._running._batches import generated_batches

FILLS = "InitializeTableFromTextFileV2"
WORDS = ["cat", "dog", "bird"]


def table(keys, values, default, name="table"):
    source = tf.lookup.KeyValueTensorInitializer(keys, values)
    return tf.lookup.StaticHashTable(source, default, name=name)


def numbers_of_words(count=3):
    words = WORDS if count == 3 else [f"word {number}" for number in range(count)]
    return table(words, np.arange(count, dtype=np.int64), -1)


def filled(graph):
    """The graph with its tables filled, and by what."""
    graph_def = graph.as_graph_def()
    return graph_def, fill_tables(graph_def, {})


def chosen(graph):
    """What may be made up for the inputs, each as a sorted list."""
    graph_def, fillers = filled(graph)
    found = choices(graph_def, graph, fillers)
    return {name: sorted(values.tolist()) for name, values in found.items()}


@pytest.mark.parametrize(
    "between",
    [
        lambda x: x,
        tf.identity,
        lambda x: tf.reshape(x, [-1]),
        lambda x: tf.expand_dims(x, 1),
        lambda x: tf.strings.lower(tf.identity(x)),
    ],
    ids=["at once", "Identity", "Reshape", "ExpandDims", "lower case"],
)
def test_words_of_the_table_are_made_up_and_an_unknown_one(graph, between):
    words = tf.placeholder(tf.string, [None], name="words")
    numbers_of_words().lookup(between(words))
    assert chosen(graph) == {"words": [b"", b"bird", b"cat", b"dog"]}


def test_of_many_words_some_are_enough(graph):
    numbers_of_words(1000).lookup(tf.placeholder(tf.string, [None], name="words"))
    assert 60 <= len(chosen(graph)["words"]) <= 65


def test_what_is_decoded_too_is_what_can_be_decoded(graph):
    """A table knows no such words, but bytes that are to be a row of numbers have one length."""
    words = tf.placeholder(tf.string, [None], name="words")
    numbers_of_words().lookup(words)
    tf.io.decode_raw(words, tf.uint8)
    lengths = [len(one) for one in chosen(graph)["words"]]
    assert len(lengths) > 1
    assert len(set(lengths)) == 1


def test_numbers_that_are_looked_up_are_made_up_as_all_are(graph):
    table(np.int64([7, 8]), WORDS[:2], "").lookup(tf.placeholder(tf.int64, [None], name="x"))
    assert chosen(graph) == {}


@pytest.mark.parametrize(
    ("use", "found"),
    [
        (lambda x: tf.cast(x, tf.int32), {"x": [0, 1]}),
        (lambda x: tf.cast(tf.identity(x), tf.int64), {"x": [0, 1]}),
        (lambda x: tf.cast(x, tf.float64), {}),
        (lambda x: (tf.cast(x, tf.int32), tf.not_equal(x, 0.0)), {"x": [0, 1]}),
        (lambda x: (tf.cast(x, tf.int32), x + 1.0), {}),
    ],
    ids=["as indices", "behind an Identity", "as other floats", "compared too", "both"],
)
def test_floats_that_are_indices_are_told(graph, use, found):
    use(tf.placeholder(tf.float32, [None], name="x"))
    assert chosen(graph) == found


@pytest.mark.parametrize("dtype", [tf.bool, tf.uint8, tf.int64], ids=lambda dtype: dtype.name)
def test_switches_pixels_and_integers_are_what_they_are_though_cast(graph, dtype):
    tf.cast(tf.placeholder(dtype, [], name="x"), tf.int32)
    assert chosen(graph) == {}


@pytest.mark.parametrize("shape", [[], [None], [2, None], [3, 1]], ids=str)
@pytest.mark.parametrize(
    ("dtype", "values"),
    [(tf.string, np.array([b"cat", b""], object)), (tf.float32, np.arange(2))],
    ids=["words", "indices"],
)
def test_batches_are_made_of_what_was_chosen(graph, shape, dtype, values):
    inputs = {"x": tf.placeholder(dtype, shape, name="x")}
    for batch in generated_batches("f", inputs, {"x": values}):
        assert inputs["x"].shape.is_compatible_with(batch["x"].shape)
        assert batch["x"].dtype == inputs["x"].dtype.as_numpy_dtype
        assert set(batch["x"].ravel().tolist()) <= set(values.tolist())


def test_a_filled_table_is_its_graphs_own(graph):
    numbers_of_words().lookup(tf.placeholder(tf.string, [None]))
    graph_def, fillers = filled(graph)
    nodes = {node.name: node for node in graph_def.node}
    assert list(fillers) == ["table"]
    assert nodes["table"].attr["shared_name"].s == b""
    assert nodes["table"].attr["use_node_name_sharing"].b
    assert list(nodes["table/filled"].input) == ["table", f"^{fillers['table']}"]


def test_two_that_fill_one_table_fill_none(graph):
    own = tf.raw_ops.HashTableV2(key_dtype=tf.string, value_dtype=tf.int64, name="own")
    for values in ([1], [2]):
        tf.raw_ops.InitializeTableV2(
            table_handle=own, keys=["a"], values=tf.constant(values, tf.int64)
        )
    assert filled(graph)[1] == {}


@pytest.mark.parametrize(("is_read", "found"), [(False, ["own"]), (True, [])])
def test_a_call_that_only_fills_becomes_what_it_does(graph, is_read, found):
    own = tf.raw_ops.HashTableV2(key_dtype=tf.string, value_dtype=tf.int64, name="own")

    @tf.function(autograph=False)
    def fill(handle, keys, values):
        tf.raw_ops.InitializeTableV2(table_handle=handle, keys=keys, values=values)
        return tf.constant(1.0)

    result = fill(own, tf.constant(["a"]), tf.constant([5], tf.int64))
    if is_read:
        tf.identity(result)
    graph_def, fillers = filled(graph)
    assert list(fillers) == found
    kinds = {node.name: node.op for node in graph_def.node}
    assert [kinds[name] for name in fillers.values()] == ["LookupTableImportV2"] * len(found)


@pytest.fixture
def folder(tmp_path):
    """A model, a list beside it, and lists elsewhere, one of them among a SavedModel's assets."""
    for place in ("beside", "elsewhere", "model/assets"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "list.txt").write_text("a\n")
    return tmp_path


def test_the_callers_own_graph_may_name_any_file(folder):
    name = str(folder / "elsewhere" / "list.txt")
    assert str(TableFiles().place("fill", "name", name)) == name


@pytest.mark.parametrize("name", ["/gone/list.txt", "gone/list.txt", "C:\\gone\\list.txt"])
def test_a_file_of_the_name_beside_the_source_will_do(folder, name):
    readable = TableFiles(folder / "beside" / "net.ckpt", allow={FILLS})
    assert readable.place("fill", "name", name) == folder / "beside" / "list.txt"


def test_the_file_that_is_named_comes_first(folder):
    readable = TableFiles(folder / "beside" / "net.ckpt", allow={FILLS})
    name = folder / "elsewhere" / "list.txt"
    assert readable.place("fill", "name", str(name)) == name


@pytest.mark.parametrize("allow", [(), {"ReadFile"}])
def test_nothing_is_read_without_the_users_word(folder, allow):
    readable = TableFiles(folder / "beside" / "net.ckpt", allow=allow)
    with pytest.raises(UnsafeFileError, match=rf"'fill' .* 'list\.txt'.*--allow {FILLS}"):
        readable.place("fill", "name", "list.txt")


@pytest.mark.parametrize(
    ("asset", "error"),
    [("list.txt", None), ("gone.txt", MissingFileError), ("../../list.txt", UnsafeFileError)],
)
def test_assets_are_those_of_the_models_folder(folder, asset, error):
    (folder / "list.txt").write_text("secret\n")
    readable = TableFiles(folder / "model", {"name": asset})
    if error is None:
        assert readable.place("fill", "name", "") == folder / "model" / "assets" / asset
        return
    with pytest.raises(error, match=asset.rpartition("/")[2]):
        readable.place("fill", "name", "")


@pytest.mark.parametrize(
    ("taken", "found"), [(set(), "a"), ({"a"}, "a_1"), ({"a", "a_1", "b"}, "a_2")]
)
def test_names_that_are_taken_get_a_number(taken, found):
    assert free_name(taken, "a") == found
    assert found in taken
