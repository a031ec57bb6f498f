"""contrib.learn's small data sets: what they need, and what they say when it is not there.

What they hold is compared with 1.15.5 by `test_tf1_goldens.py`.
"""

from __future__ import annotations

import errno
import io
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from urllib import error, request

import numpy as np
import pytest

import graphkit.tf1 as tf
from graphkit.errors import CorruptFileError, DownloadError, MissingFileError, UnsafeFileError

sets = tf.contrib.learn.datasets
dbpedia = sets.text_datasets


class Answer(io.BytesIO):
    """What a server sends."""

    headers: Mapping[str, str] = {}


class TestSmallSets:
    """Irises and houses."""

    def test_irises_are_those_of_scikit_learn_but_for_two(self):
        bundled = pytest.importorskip("sklearn.datasets").load_iris()
        found = sets.load_iris()
        differs = np.flatnonzero((found.data != bundled.data).any(axis=1))
        assert differs.tolist() == [34, 37]
        assert found.target.tolist() == bundled.target.tolist()

    def test_what_is_changed_in_them_is_not_there_the_next_time(self):
        pytest.importorskip("sklearn")
        sets.load_iris().data[:] = 0
        assert sets.load_iris().data.min() > 0

    def test_without_scikit_learn_the_error_says_what_to_install(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
        with pytest.raises(MissingFileError, match=r"iris\.csv: .*pip install scikit-learn"):
            sets.load_iris()

    def test_houses_need_a_file(self):
        with pytest.raises(FileNotFoundError, match="give load_boston the path of your own file"):
            sets.load_dataset("boston")

    @pytest.mark.parametrize("load", [sets.load_iris, sets.load_boston])
    def test_a_file_of_ones_own_is_read(self, load, tmp_path):
        (tmp_path / "own.csv").write_text("2,2,a,b\n1,2,0\n3,4,1\n")
        found = load(str(tmp_path / "own.csv"))
        assert found.data.tolist() == [[1, 2], [3, 4]]
        assert found.target.tolist() == [0, 1]

    def test_a_file_that_is_cut_short_is_no_data_set(self, tmp_path):
        (tmp_path / "own.csv").write_text("3,2,a,b\n1,2,0\n")
        with pytest.raises(ValueError, match="1 rows where the header says 3"):
            sets.load_iris(str(tmp_path / "own.csv"))


class TestPoints:
    """Circles and spirals."""

    @pytest.mark.parametrize("n_classes", [2, 3, 5])
    @pytest.mark.parametrize("n_samples", [15, 16, 31])
    def test_every_class_has_a_circle_of_its_own(self, n_classes, n_samples):
        found = sets.synthetic.circles(n_samples, seed=0, factor=0.5, n_classes=n_classes)
        assert found.data.shape == (n_samples, 2)
        each = n_samples // n_classes
        for label in range(1, n_classes):
            radii = np.linalg.norm(found.data[found.target == label], axis=1)
            np.testing.assert_allclose(radii, 0.5**label)
            assert len(radii) == each
        assert (found.target == 0).sum() == n_samples - each * (n_classes - 1)

    @pytest.mark.parametrize("mode", ["archimedes", "bernoulli", "fermat"])
    def test_two_spirals_are_each_other_turned_by_half(self, mode):
        found = sets.synthetic.spirals(40, seed=1, mode=mode)
        first, second = (found.data[found.target == label] for label in (0, 1))
        np.testing.assert_allclose(
            sorted(map(tuple, np.round(first, 9))), sorted(map(tuple, np.round(-second, 9)))
        )
        assert np.abs(found.data).max() == 1

    @pytest.mark.parametrize("make", [sets.synthetic.circles, sets.synthetic.spirals])
    def test_noise_moves_points_and_a_seed_repeats_it(self, make):
        still, noisy, again = make(20, seed=3), make(20, 0.2, 3), make(20, 0.2, 3)
        assert noisy.target.tolist() == still.target.tolist()
        assert 0.05 < np.std(noisy.data - still.data) < 0.5
        assert noisy.data.tolist() == again.data.tolist()

    def test_without_a_seed_numbers_go_on(self):
        np.random.seed(4)
        one, two = sets.synthetic.circles(30), sets.synthetic.circles(30)
        assert one.target.tolist() != two.target.tolist()


class TestDownloads:
    """Files of the network, which is not there."""

    @pytest.fixture
    def offline(self, monkeypatch):
        asked = []

        def refuse(url, *args, **kwargs):
            asked.append(url)
            raise error.URLError("no network")

        monkeypatch.setattr(request, "urlopen", refuse)
        return asked

    def test_texts_that_cannot_be_fetched_say_where_to_put_them(self, offline, tmp_path):
        with pytest.raises(DownloadError, match="no network; download it by another way") as caught:
            dbpedia.maybe_download_dbpedia(str(tmp_path))
        assert caught.value.path == str(tmp_path / "dbpedia_csv.tar.gz")
        assert offline == [dbpedia.DBPEDIA_URL]

    def test_texts_that_are_there_are_not_fetched(self, offline, tmp_path):
        (tmp_path / "dbpedia_csv").mkdir()
        for part in ("train", "test"):
            (tmp_path / "dbpedia_csv" / f"{part}.csv").write_text("")
        dbpedia.maybe_download_dbpedia(str(tmp_path))
        assert offline == []

    def test_an_archive_writes_nowhere_else(self, offline, tmp_path):
        folder = tmp_path / "in"
        folder.mkdir()
        with tarfile.open(folder / "dbpedia_csv.tar.gz", "w:gz") as out:
            out.addfile(tarfile.TarInfo("../escaped.csv"), io.BytesIO())
        with pytest.raises(UnsafeFileError, match="escaped"):
            dbpedia.maybe_download_dbpedia(str(folder))
        assert not (tmp_path / "escaped.csv").exists()

    def test_a_damaged_archive_is_named(self, offline, tmp_path):
        (tmp_path / "dbpedia_csv.tar.gz").write_bytes(b"damaged")
        with pytest.raises(CorruptFileError, match=r"dbpedia_csv\.tar\.gz"):
            dbpedia.maybe_download_dbpedia(str(tmp_path))

    def test_what_was_fetched_is_unpacked(self, monkeypatch, tmp_path):
        packed = tmp_path / "packed.tar.gz"
        with tarfile.open(packed, "w:gz") as out:
            for part in ("train", "test"):
                member = tarfile.TarInfo(f"dbpedia_csv/{part}.csv")
                member.size = 4
                out.addfile(member, io.BytesIO(b"1,a\n"))
        fetch = request.urlopen
        monkeypatch.setattr(
            request, "urlopen", lambda url, **settings: fetch(packed.as_uri(), **settings)
        )
        dbpedia.maybe_download_dbpedia(str(tmp_path / "new"))
        assert (tmp_path / "new" / "dbpedia_csv" / "test.csv").read_text() == "1,a\n"

    def test_a_file_that_came_short_is_an_error(self, monkeypatch, tmp_path):
        answer = Answer(b"short")
        answer.headers = {"Content-Length": "10"}
        monkeypatch.setattr(request, "urlopen", lambda url, **settings: answer)
        with pytest.raises(error.ContentTooShortError, match="5 of 10 bytes"):
            sets.base.urlretrieve_with_retry("http://example.com/x", str(tmp_path / "x"))

    def test_a_time_out_is_tried_again(self, monkeypatch, tmp_path):
        asked = []

        def answer(url, **settings):
            asked.append(url)
            if len(asked) < 3:
                raise TimeoutError(errno.ETIMEDOUT, "timed out")
            return Answer(b"here")

        monkeypatch.setattr(request, "urlopen", answer)
        monkeypatch.setattr("time.sleep", lambda seconds: None)
        path, _ = sets.base.urlretrieve_with_retry("http://example.com/x", str(tmp_path / "x"))
        assert Path(path).read_text() == "here"
        assert len(asked) == 3


def test_a_call_that_is_tried_again_keeps_its_name_and_arguments():
    @sets.base.retry(0.001, 0.002)
    def add(first, *, second):
        """Adds."""
        return first + second

    assert add(1, second=2) == 3
    assert (add.__name__, add.__doc__) == ("add", "Adds.")


def test_waits_grow_and_vary(monkeypatch):
    waits = []
    monkeypatch.setattr("time.sleep", waits.append)

    @sets.base.retry(1.0, 8.0, jitter=0.1, is_retriable=lambda failure: True)
    def fail():
        raise OSError("always")

    with pytest.raises(OSError, match="always"):
        fail()
    assert len(waits) == 4
    for wait, expected in zip(waits, (1, 2, 4, 8), strict=True):
        assert expected * 0.9 <= wait <= expected * 1.1
