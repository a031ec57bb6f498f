"""contrib.lookup's tables: words from lists and files, buckets for the rest, errors, changes."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf
from graphkit.errors import ArgumentError

lookup = tf.contrib.lookup
WORDS = ["b", "a", "c"]


@pytest.fixture
def words(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("".join(f"{word}\n" for word in WORDS))
    return str(path)


def found(session, table, keys, dtype=tf.string):
    session.run(tf.tables_initializer())
    return session.run(table.lookup(tf.constant(keys, dtype))).tolist()


TABLES = {
    "list": lambda words, **more: lookup.index_table_from_tensor(WORDS, **more),
    "strings": lambda words, **more: lookup.string_to_index_table_from_tensor(WORDS, **more),
    "file": lambda words, **more: lookup.index_table_from_file(words, **more),
    "strings of a file": lambda words, **more: lookup.string_to_index_table_from_file(
        words, **more
    ),
}


@pytest.mark.parametrize("make", TABLES.values(), ids=TABLES)
class TestWordsToNumbers:
    def test_a_word_has_its_place(self, session, words, make):
        table = make(words)
        assert found(session, table, [["a", "b"], ["c", "a"]]) == [[1, 0], [2, 1]]
        assert session.run(table.size()) == 3

    def test_other_words_are_minus_one_or_the_default(self, session, words, make):
        assert found(session, make(words), ["z", ""]) == [-1, -1]
        assert found(session, make(words, default_value=7), ["z", "a"]) == [7, 1]

    def test_other_words_are_spread_over_buckets(self, session, words, make):
        table = make(words, num_oov_buckets=4)
        others = [f"other {number}" for number in range(40)]
        spread = found(session, table, others)
        assert set(spread) == {3, 4, 5, 6}
        assert found(session, table, others) == spread
        assert found(session, table, WORDS) == [0, 1, 2]
        # Fingerprints of words do not depend on the table.
        wanted = session.run(tf.string_to_hash_bucket_fast(others, 4)) + 3
        assert spread == wanted.tolist()

    def test_a_key_of_its_own_spreads_words_otherwise(self, session, words, make):
        strong = make(words, num_oov_buckets=9, hasher_spec=lookup.StrongHashSpec([1, 2]))
        others = [f"other {number}" for number in range(20)]
        wanted = session.run(tf.string_to_hash_bucket_strong(others, 9, [1, 2])) + 3
        assert found(session, strong, others) == wanted.tolist()

    def test_a_table_is_filled_by_the_initialiser_of_tables(self, session, words, make):
        table = make(words)
        ids = table.lookup(tf.constant(["a"]))
        with pytest.raises(tf.errors.FailedPreconditionError, match="initializ"):
            session.run(ids)
        assert len(tf.get_collection(tf.GraphKeys.TABLE_INITIALIZERS)) == 1
        session.run(tf.tables_initializer())
        session.run(tf.tables_initializer())
        assert session.run(ids).tolist() == [1]
        assert (ids.dtype, ids.shape.as_list()) == (tf.int64, [1])

    def test_keys_of_another_type_are_refused(self, session, words, make):
        with pytest.raises(TypeError, match=r"int32.*string|string.*int32"):
            make(words).lookup(tf.constant([1]))

    def test_sparse_words_stay_sparse(self, session, words, make):
        given = tf.SparseTensor([[0, 1], [2, 0]], ["c", "z"], [3, 2])
        ids = make(words).lookup(given)
        session.run(tf.tables_initializer())
        value = session.run(ids)
        assert value.values.tolist() == [2, -1]
        assert value.indices.tolist() == [[0, 1], [2, 0]]


def test_a_file_is_read_up_to_a_size(session, words):
    table = lookup.string_to_index_table_from_file(words, vocab_size=2, num_oov_buckets=1)
    assert found(session, table, WORDS) == [0, 1, 2]  # the third is in the bucket
    with_all = lookup.index_table_from_file(words, vocab_size=3)
    assert found(session, with_all, WORDS) == [0, 1, 2]


def test_a_file_that_is_shorter_than_said_is_named(session, words):
    table = lookup.index_table_from_file(words, vocab_size=9)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"words\.txt"):
        found(session, table, ["a"])


def test_a_file_that_is_not_there_is_named(session, tmp_path):
    table = lookup.index_table_from_file(str(tmp_path / "none.txt"))
    with pytest.raises(tf.errors.NotFoundError, match=r"none\.txt"):
        found(session, table, ["a"])


@pytest.mark.parametrize("name", ["", None])
def test_a_file_must_have_a_name(graph, name):
    with pytest.raises(ValueError, match=r"vocabulary_file|vocabulary file"):
        lookup.index_table_from_file(name)


def test_a_file_with_a_word_twice_is_refused(session, tmp_path):
    (tmp_path / "twice").write_text("a\nb\na\n")
    table = lookup.index_table_from_file(str(tmp_path / "twice"))
    with pytest.raises(tf.errors.FailedPreconditionError, match=r"Duplicate|duplicate|different"):
        found(session, table, ["a"])


def test_columns_of_a_file_are_keys_and_values(session, tmp_path):
    (tmp_path / "pairs").write_text("x 3\ny 5\n")
    columns = lookup.TextFileInitializer(
        str(tmp_path / "pairs"), tf.string, 0, tf.int64, 1, delimiter=" "
    )
    table = lookup.HashTable(columns, -1)
    assert found(session, table, ["y", "x", "z"]) == [5, 3, -1]


def test_lines_of_a_file_are_numbered_either_way(session, words):
    ids = lookup.HashTable(lookup.TextFileIdTableInitializer(words), -1)
    lines = lookup.HashTable(lookup.TextFileStringTableInitializer(words), "none")
    assert found(session, ids, ["c", "b", "?"]) == [2, 0, -1]
    assert found(session, lines, [0, 2, 9], tf.int64) == [b"b", b"c", b"none"]


def test_numbers_are_words_too(session):
    table = lookup.index_table_from_tensor(np.array([40, 20, 30]), dtype=tf.int64)
    assert found(session, table, [20, 40, 7], tf.int64) == [1, 0, -1]
    # Whole numbers of 32 bits are kept in 64; they are not looked up in 32, nor were they in 1.15.
    small = lookup.index_table_from_tensor(np.array([40, 20], np.int32), dtype=tf.int32)
    with pytest.raises(TypeError, match="int32"):
        small.lookup(tf.constant([40]))


@pytest.mark.parametrize("mapping", [[], None])
def test_a_list_has_words(session, mapping):
    if mapping is None:
        with pytest.raises(ArgumentError, match="mapping must be a list of words, got None"):
            lookup.index_table_from_tensor(mapping)
    else:
        with pytest.raises((ValueError, tf.errors.OpError)):
            found(session, lookup.index_table_from_tensor(tf.constant(mapping, tf.string)), ["a"])


def test_a_list_with_a_word_twice_is_refused(session):
    table = lookup.index_table_from_tensor(["a", "b", "a"])
    with pytest.raises(tf.errors.FailedPreconditionError):
        found(session, table, ["a"])


@pytest.mark.parametrize(("default", "wanted"), [("UNK", b"UNK"), ("?", b"?")])
def test_numbers_become_words(session, words, default, wanted):
    by_list = lookup.index_to_string_table_from_tensor(WORDS, default)
    by_file = lookup.index_to_string_table_from_file(words, default_value=default)
    ids = [[0, 2], [3, -1]]
    assert found(session, by_list, ids, tf.int64) == [[b"b", b"c"], [wanted, wanted]]
    assert found(session, by_file, ids, tf.int64) == [[b"b", b"c"], [wanted, wanted]]


def test_words_become_numbers_and_words_again_without_a_table(session):
    ids = lookup.string_to_index(tf.constant([["a", "z"]]), tf.constant(WORDS), default_value=2)
    again = lookup.index_to_string(ids, tf.constant(WORDS), "none")
    session.run(tf.tables_initializer())
    assert session.run([ids, again])[0].tolist() == [[1, 2]]
    assert session.run(again).tolist() == [[b"a", b"c"]]
    assert ids.shape.as_list() == [1, 2]


def test_tables_of_one_shared_name_hold_the_same(session):
    def table(default, **names):
        return lookup.HashTable(lookup.KeyValueTensorInitializer(["k"], [4]), default, **names)

    one, other = table(-1, shared_name="both"), table(-2, shared_name="both")
    apart, own = table(-3), table(-4, name="mine")
    session.run(one.init)
    assert session.run(other.lookup(tf.constant(["k", "?"]))).tolist() == [4, -2]
    with pytest.raises(tf.errors.FailedPreconditionError):
        session.run(apart.lookup(tf.constant(["k"])))
    names = [table.name for table in (one, other, apart, own)]
    assert names == ["hash_table", "hash_table_1", "hash_table_2", "mine"]
    assert one.init is one.initializer
    assert one.resource_handle.op.get_attr("shared_name") == b"both"


def test_what_a_table_holds_is_exported(session):
    pairs = lookup.KeyValueTensorInitializer(["a", "b"], [1.0, 2.0])
    keys, values = lookup.HashTable(pairs, -1.0).export()
    session.run(tf.tables_initializer())
    assert dict(zip(*(part.tolist() for part in session.run([keys, values])), strict=True)) == {
        b"a": 1.0,
        b"b": 2.0,
    }


def test_a_table_of_vectors_changes_while_it_is_used(session, tmp_path):
    table = lookup.MutableHashTable(tf.string, tf.float32, [0.0, 0.0])
    keys, more = tf.constant(["a", "b"]), tf.constant([[1.0, 2.0], [3.0, 4.0]])
    session.run(table.insert(keys, more))
    assert session.run(table.lookup(tf.constant(["b", "?"]))).tolist() == [[3, 4], [0, 0]]
    session.run(table.insert(tf.constant(["b"]), tf.constant([[5.0, 6.0]])))
    assert session.run(table.size()) == 2
    path = tf.train.Saver().save(session, str(tmp_path / "table"))
    session.run(table.remove(tf.constant(["a", "?"])))
    assert session.run(table.size()) == 1
    tf.train.Saver().restore(session, path)
    held, values = session.run(table.export())
    assert {k: v.tolist() for k, v in zip(held, values, strict=True)} == {
        b"a": [1, 2],
        b"b": [5, 6],
    }


@pytest.mark.parametrize("buckets", [None, 4])
def test_a_dense_table_grows_and_forgets(session, buckets):
    table = lookup.MutableDenseHashTable(
        tf.int64,
        tf.float32,
        -1.0,
        empty_key=0,
        deleted_key=-1,
        initial_num_buckets=buckets,
    )
    keys = tf.range(1, 101, dtype=tf.int64)
    session.run(table.insert(keys, tf.cast(keys, tf.float32) / 2))
    assert session.run(table.size()) == 100
    assert session.run(table.lookup(tf.constant([1, 100, 101], tf.int64))).tolist() == [0.5, 50, -1]
    session.run(table.remove(keys[:99]))
    assert session.run(table.size()) == 1
    with pytest.raises(tf.errors.InvalidArgumentError, match="empty_key"):
        session.run(table.insert(tf.constant([0], tf.int64), tf.constant([1.0])))
