"""Downloading CIFAR-10 from a server of the test's own: whole, checked, or nothing."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from graphkit.errors import ArgumentError, CorruptFileError, DownloadError, UnsafeFileError
from graphkit.records import CIFAR10_MD5, CIFAR10_URL, download_cifar10, read_cifar10

NAME = "cifar-10-python.tar.gz"


def archive_of(folder, name="cifar-10-batches-py"):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        tar.add(folder, name)
    return content.getvalue()


def md5_of(content):
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


class Server(ThreadingHTTPServer):
    """Serves one body for every path, and remembers what was asked for."""

    daemon_threads = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.body, self.status, self.headers, self.asked = b"", 200, {}, []

    def url(self, name=NAME):
        return f"http://127.0.0.1:{self.server_port}/{name}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *arguments):
        """Says nothing."""


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with closing(Server()) as running:
        running.close = running.server_close
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def archive(server, cifar10_folder):
    """The archive the server serves; gives its checksum."""
    server.body = archive_of(cifar10_folder)
    server.headers = {"Content-Length": str(len(server.body))}
    return md5_of(server.body)


def test_published_address_and_checksum():
    assert CIFAR10_URL == "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
    assert CIFAR10_MD5 == "c58f30108f718f92721af3b95e74349a"


def test_download_is_unpacked_and_readable(server, archive, tmp_path):
    folder = download_cifar10(tmp_path / "data", url=server.url(), md5=archive)
    assert folder == tmp_path / "data" / "cifar-10-batches-py"
    assert os.listdir(tmp_path / "data") == ["cifar-10-batches-py"]
    assert len(read_cifar10(folder).train) == 7


def test_checksum_may_be_in_capitals(server, archive, tmp_path):
    assert download_cifar10(tmp_path / "data", url=server.url(), md5=archive.upper()).is_dir()


@pytest.mark.parametrize("told", [True, False])
def test_progress_tells_bytes_and_total(server, archive, tmp_path, told):
    size = len(server.body)
    server.headers = server.headers if told else {}
    calls = []
    download_cifar10(
        tmp_path / "data",
        url=server.url(),
        md5=archive,
        progress=lambda done, total: calls.append((done, total)),
    )
    assert calls[-1] == (size, size if told else None)
    assert [done for done, _ in calls] == sorted(done for done, _ in calls)


def test_what_is_there_is_not_downloaded_again(server, archive, tmp_path):
    for _ in range(2):
        download_cifar10(tmp_path / "data", url=server.url(), md5=archive)
    assert server.asked == [f"/{NAME}"]


def test_archive_put_there_by_hand_is_used_and_kept(server, archive, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / NAME).write_bytes(server.body)
    assert download_cifar10(tmp_path / "data", url=server.url(), md5=archive).is_dir()
    assert server.asked == []
    assert sorted(os.listdir(tmp_path / "data")) == ["cifar-10-batches-py", NAME]


def test_wrong_archive_put_there_by_hand_is_named_and_kept(server, tmp_path):
    (tmp_path / NAME).write_bytes(b"something else")
    with pytest.raises(
        CorruptFileError, match=f"{NAME}: 14 bytes with the MD5 .* expected {CIFAR10_MD5}"
    ):
        download_cifar10(tmp_path, url=server.url())
    assert os.listdir(tmp_path) == [NAME]


def test_wrong_checksum_leaves_nothing(server, archive, tmp_path):
    message = (
        f"{NAME}: {len(server.body)} bytes with the MD5 checksum {archive}, expected {'0' * 32}"
    )
    with pytest.raises(CorruptFileError, match=message):
        download_cifar10(tmp_path / "data", url=server.url(), md5="0" * 32)
    assert not (tmp_path / "data").exists()


def test_archive_of_something_else_leaves_nothing(server, cifar10_folder, tmp_path):
    server.body = archive_of(cifar10_folder, "other")
    with pytest.raises(CorruptFileError, match="holds no folder cifar-10-batches-py"):
        download_cifar10(tmp_path / "data", url=server.url(), md5=md5_of(server.body))
    assert not (tmp_path / "data").exists()


def test_unsafe_archive_leaves_nothing(server, cifar10_folder, tmp_path):
    (cifar10_folder / "link").symlink_to("/etc/passwd")
    server.body = archive_of(cifar10_folder)
    with pytest.raises(UnsafeFileError, match="member 'cifar-10-batches-py/link' is a link"):
        download_cifar10(tmp_path / "data", url=server.url(), md5=md5_of(server.body))
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(("status", "reason"), [(404, "HTTP Error 404"), (503, "HTTP Error 503")])
def test_refusal_of_the_server_says_what_to_do_by_hand(server, tmp_path, status, reason):
    server.status = status
    by_hand = tmp_path / "data" / NAME
    message = f"{server.url()} could not be downloaded: {reason}.* put it at {by_hand}"
    with pytest.raises(DownloadError, match=message) as caught:
        download_cifar10(tmp_path / "data", url=server.url())
    assert (caught.value.url, caught.value.path) == (server.url(), str(by_hand))
    assert not (tmp_path / "data").exists()


def test_connection_that_ends_early_is_told(server, archive, tmp_path):
    size = len(server.body)
    server.body = server.body[:-100]
    with pytest.raises(
        DownloadError, match=rf"ended after {size - 100} of {size} bytes|IncompleteRead"
    ):
        download_cifar10(tmp_path / "data", url=server.url(), md5=archive)
    assert not (tmp_path / "data").exists()


def test_answer_that_is_no_http_is_told(server, tmp_path):
    server.headers = {"Transfer-Encoding": "chunked"}
    server.body = b"no chunk size\r\n"
    with pytest.raises(DownloadError, match="could not be downloaded"):
        download_cifar10(tmp_path / "data", url=server.url())


def test_server_that_is_not_there_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with closing(Server()) as gone:
        gone.close = gone.server_close
        url = gone.url()
    with pytest.raises(DownloadError, match=r"could not be downloaded: .*refused"):
        download_cifar10(tmp_path / "data", url=url)


def test_download_without_end_is_refused(server, tmp_path, monkeypatch):
    monkeypatch.setattr("graphkit.records._download._MAX_BYTES", 1000)
    server.body = bytes(1001)
    with pytest.raises(UnsafeFileError, match=rf"{NAME}: is larger than 1000 bytes"):
        download_cifar10(tmp_path / "data", url=server.url())
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/a.tar.gz"])
def test_redirect_to_another_scheme_is_not_followed(server, tmp_path, target):
    server.status, server.headers = 302, {"Location": target}
    with pytest.raises(
        DownloadError, match=r"could not be downloaded: .*(not allowed|unknown url)"
    ):
        download_cifar10(tmp_path / "data", url=server.url())


@pytest.mark.parametrize(
    "url",
    [
        "file:///tmp/cifar-10-python.tar.gz",
        "ftp://host/cifar-10-python.tar.gz",
        "cifar-10-python.tar.gz",
        "https:///cifar.tar.gz",
        "https://host/",
        "https://host",
        "http://host/..",
        "",
    ],
)
def test_address_that_is_no_http_archive_is_refused(tmp_path, url):
    with pytest.raises(ArgumentError, match=rf"url must be an http:// or https:// .* got '{url}'"):
        download_cifar10(tmp_path / "data", url=url)
    assert os.listdir(tmp_path) == []
