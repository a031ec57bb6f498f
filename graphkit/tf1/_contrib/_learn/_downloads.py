"""contrib.learn's downloads that are tried again, and the texts of DBpedia."""

from __future__ import annotations

import errno
import functools
import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib import error, request

import numpy as np

from graphkit.errors import ArgumentError, DownloadError
from graphkit.records import unpack_archive
from graphkit.tf1._contrib._learn._csv import Dataset, load_csv_without_header, shrink_csv
from graphkit.tf1._mnist._data_set import Datasets

__all__ = [
    "DBPEDIA_URL",
    "load_dbpedia",
    "maybe_download_dbpedia",
    "retry",
    "urlretrieve_with_retry",
]

DBPEDIA_URL = "https://github.com/le-scientifique/torchDatasets/raw/master/dbpedia_csv.tar.gz"
_PATIENCE_SECONDS = 30


def retry(
    initial_delay: float,
    max_delay: float,
    factor: float = 2.0,
    jitter: float = 0.25,
    is_retriable: Callable[[Exception], bool] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Calls a function again when it fails, waiting longer each time.

    Args:
        initial_delay: The first wait in seconds.
        max_delay: The longest one; there is no call after it.
        factor: How much longer each wait is.
        jitter: By how much of itself a wait varies.
        is_retriable: Says of an error whether another call could help. Without it there are as many
            calls, and no wait.

    Returns:
        A decorator.

    Raises:
        ValueError: `factor` is below 1, or `jitter` not.
    """
    if factor < 1:
        raise ArgumentError("retry", "factor", factor, "1 or more")
    if jitter >= 1:
        raise ArgumentError("retry", "jitter", jitter, "less than 1")

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            for delay in _delays(initial_delay, max_delay, factor, jitter):
                try:
                    return function(*args, **kwargs)
                except Exception as failure:
                    if is_retriable is None:
                        continue
                    if not is_retriable(failure):
                        raise
                    time.sleep(delay)
            return function(*args, **kwargs)

        return call

    return wrap


def _delays(delay: float, longest: float, factor: float, jitter: float) -> Iterator[float]:
    while delay <= longest:
        yield delay * random.uniform(1 - jitter, 1 + jitter)
        delay *= factor


def _timed_out(failure: Exception) -> bool:
    return isinstance(failure, OSError) and failure.errno == errno.ETIMEDOUT


@retry(initial_delay=1.0, max_delay=16.0, is_retriable=_timed_out)
def urlretrieve_with_retry(url: str, filename: str | None = None) -> tuple[str, Any]:
    """Downloads a file, again where the connection timed out.

    Args:
        url: The address.
        filename: Where it goes; a new file for temporary use unless given.

    Returns:
        Where it is, and the headers of the answer.

    Raises:
        OSError: It cannot be fetched.
    """
    with request.urlopen(url, timeout=_PATIENCE_SECONDS) as answer:
        with open(filename, "wb") if filename else tempfile.NamedTemporaryFile(delete=False) as out:
            shutil.copyfileobj(answer, out)
            size, announced = out.tell(), answer.headers.get("Content-Length")
        if announced is not None and size < int(announced):
            headers = answer.headers
            raise error.ContentTooShortError(
                f"{url}: {size} of {announced} bytes", (out.name, headers)
            )
        return out.name, answer.headers


def maybe_download_dbpedia(data_dir: str) -> None:
    """Makes sure that the texts of DBpedia are in a folder.

    Args:
        data_dir: The folder; they are in `dbpedia_csv` below it, or in `dbpedia_csv.tar.gz`.

    Raises:
        DownloadError: They are in neither and could not be fetched.
        DataError: The archive is damaged, or would write elsewhere.
    """
    folder = os.path.join(data_dir, "dbpedia_csv")
    if all(os.path.exists(os.path.join(folder, f"{part}.csv")) for part in ("train", "test")):
        return
    archive = os.path.join(data_dir, "dbpedia_csv.tar.gz")
    if not os.path.exists(archive):
        os.makedirs(data_dir, exist_ok=True)
        try:
            fetched, _ = urlretrieve_with_retry(DBPEDIA_URL)
        except OSError as failure:
            reason = failure.reason if isinstance(failure, error.URLError) else failure
            raise DownloadError(DBPEDIA_URL, str(reason), archive) from failure
        shutil.move(fetched, archive)
    unpack_archive(archive, data_dir)


# Three texts and one to test with: enough to try a program.
_FEW_TEXTS = {
    "train": [
        (1, "Google", "Google is a company."),
        (2, "Larry Page", "Larry Page is the co-founder of Google."),
        (3, "Time", "Time is a news magazine."),
    ],
    "test": [(2, "Sergey Brin", "Sergey Brin is the co-founder of Google.")],
}


def load_dbpedia(size: str | None = "small", test_with_fake_data: bool = False) -> Datasets:
    """Reads texts of DBpedia: what each is called, what it says, and which of 14 kinds it is.

    They are below `dbpedia_data`, in the folder that TF_EXP_BASE_DIR names, or this one.

    Args:
        size: "small" for one text of a thousand, which are written beside the files.
        test_with_fake_data: Whether to use four texts instead.

    Returns:
        Training and test data; titles and texts `[N, 2]`, int32 labels `[N]`; no validation data.

    Raises:
        DownloadError: The texts are not there and could not be fetched.
    """
    if test_with_fake_data:
        parts: Any = {name: _few(rows) for name, rows in _FEW_TEXTS.items()}
    else:
        folder = os.path.join(os.environ.get("TF_EXP_BASE_DIR", ""), "dbpedia_data")
        maybe_download_dbpedia(folder)
        parts = {
            name: _texts(os.path.join(folder, "dbpedia_csv", f"{name}.csv"), size == "small")
            for name in ("train", "test")
        }
    return Datasets(train=parts["train"], validation=None, test=parts["test"])  # type: ignore[arg-type]


def _few(rows: list[tuple[int, str, str]]) -> Dataset:
    return Dataset(
        np.array([row[1:] for row in rows]), np.array([row[0] for row in rows], np.int32)
    )


def _texts(path: str, small: bool) -> Dataset:
    if small:
        shrink_csv(path, 1000)
        path = path.replace(".csv", "_small.csv")
    return load_csv_without_header(path, np.int32, str, target_column=0)
