"""contrib.learn's vocabularies: what is written into files, and what is read from them.

What they compute is compared with 1.15.5 by `test_tf1_goldens.py`.
"""

from __future__ import annotations

import json
import pickle

import pytest

import graphkit.tf1 as tf
from graphkit.errors import ArgumentError, CorruptFileError

learn = tf.contrib.learn.preprocessing


@pytest.fixture
def processor():
    made = learn.VocabularyProcessor(4, min_frequency=1)
    return made.fit(["the cat", "the cat sat", "cat on the mat"])


def rows(processor, *texts):
    return [row.tolist() for row in processor.transform(texts)]


def test_a_processor_is_written_and_read(processor, tmp_path):
    path = str(tmp_path / "vocab")
    processor.save(path)
    again = learn.VocabularyProcessor.restore(path)
    texts = ["the cat sat", "a dog", "cat cat cat cat the"]
    assert rows(again, *texts) == rows(processor, *texts) == [[2, 1, 0, 0], [0] * 4, [1] * 4]
    assert (again.max_document_length, again.min_frequency) == (4, 1)
    assert list(again.reverse([[2, 1, 0]])) == ["the cat <UNK>"]


def test_the_file_is_plain_json(processor, tmp_path):
    processor.save(str(tmp_path / "vocab"))
    assert json.loads((tmp_path / "vocab").read_text()) == {
        "max_document_length": 4,
        "min_frequency": 1,
        "words": ["<UNK>", "cat", "the"],
    }


def test_what_is_read_learns_no_new_words(processor, tmp_path):
    processor.save(str(tmp_path / "vocab"))
    again = learn.VocabularyProcessor.restore(str(tmp_path / "vocab"))
    assert again.vocabulary_.get("dog") == 0
    again.vocabulary_.freeze(False)
    assert again.vocabulary_.get("dog") == 3


def test_words_of_every_script_survive(tmp_path):
    made = learn.VocabularyProcessor(3).fit(["naïve été", "日本 ок"])
    made.save(str(tmp_path / "vocab"))
    again = learn.VocabularyProcessor.restore(str(tmp_path / "vocab"))
    assert again.vocabulary_.words == ["<UNK>", "naïve", "été", "日本", "ок"]


def test_a_vocabulary_without_the_way_back_is_written_too(tmp_path):
    vocabulary = learn.CategoricalVocabulary(support_reverse=False)
    made = learn.VocabularyProcessor(2, vocabulary=vocabulary)
    vocabulary.add("a")
    made.vocabulary_ = vocabulary
    made.save(str(tmp_path / "vocab"))
    with pytest.raises(ArgumentError, match="support_reverse must be True to turn ids back"):
        list(made.reverse([[1]]))
    assert rows(learn.VocabularyProcessor.restore(str(tmp_path / "vocab")), "a b") == [[1, 0]]


class _Marked:
    """Leaves a mark when it is unpickled."""

    def __reduce__(self):
        return (_MARKS.append, ("run",))


_MARKS: list[str] = []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[1]",
        b"3",
        b"\xff\xfe",
        b'{"words": []}',
        b'{"words": 3}',
        b'{"words": ["<UNK>"], "max_document_length": "long", "min_frequency": 0}',
        b"words",
        pickle.dumps({"words": ["<UNK>"]}),
    ],
)
def test_files_of_another_kind_are_refused(tmp_path, content):
    (tmp_path / "vocab").write_bytes(content)
    with pytest.raises(CorruptFileError, match=r"vocab.*VocabularyProcessor\.save wrote"):
        learn.VocabularyProcessor.restore(str(tmp_path / "vocab"))


@pytest.mark.parametrize("missing", ["max_document_length", "min_frequency"])
def test_a_file_that_lacks_a_setting_is_refused(processor, tmp_path, missing):
    processor.save(str(tmp_path / "vocab"))
    settings = json.loads((tmp_path / "vocab").read_text())
    del settings[missing]
    (tmp_path / "vocab").write_text(json.dumps(settings))
    with pytest.raises(CorruptFileError, match="fit the texts again"):
        learn.VocabularyProcessor.restore(str(tmp_path / "vocab"))


def test_a_pickle_of_1_15_runs_nothing(tmp_path):
    (tmp_path / "vocab").write_bytes(pickle.dumps(_Marked()))
    with pytest.raises(CorruptFileError, match="fit the texts again"):
        learn.VocabularyProcessor.restore(str(tmp_path / "vocab"))
    assert _MARKS == []


def test_a_missing_file_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError, match="gone"):
        learn.VocabularyProcessor.restore(str(tmp_path / "gone"))


def test_texts_are_read_one_by_one():
    read = []

    def texts():
        for text in ["a", "b"]:
            read.append(text)
            yield text

    following = learn.VocabularyProcessor(1).transform(texts())
    assert read == []
    next(following)
    assert read == ["a"]
