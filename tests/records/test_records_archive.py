"""Unpacking archives: whole, inside the folder, plain files only."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import tracemalloc

import pytest

from graphkit.errors import ArgumentError, CorruptFileError, MissingFileError, UnsafeFileError
from graphkit.records import unpack_archive


def member(name, content=b"", **attributes):
    """A tar member and its content; attributes overwrite what the header says."""
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for key, value in attributes.items():
        setattr(info, key, value)
    return info, content


def make_archive(path, *members, compressed=True, format=tarfile.PAX_FORMAT):
    with tarfile.open(path, "w:gz" if compressed else "w", format=format) as tar:
        for info, content in members:
            tar.addfile(info, io.BytesIO(content) if info.isreg() else None)
    return path


def tree(folder):
    return {
        str(path.relative_to(folder)): None if path.is_dir() else path.read_bytes()
        for path in folder.rglob("*")
    }


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_files_and_folders_come_out(tmp_path, compressed, format):
    archive = make_archive(
        tmp_path / "a.tar.gz",
        member("top", type=tarfile.DIRTYPE),
        member("top/one.txt", b"1"),
        member("top/deep/er/two.bin", bytes(3_000_000)),
        member("./other.txt", b""),
        member("empty", type=tarfile.DIRTYPE),
        compressed=compressed,
        format=format,
    )
    made = unpack_archive(archive, tmp_path / "out")
    assert [path.name for path in made] == ["empty", "other.txt", "top"]
    assert tree(tmp_path / "out") == {
        "empty": None,
        "other.txt": b"",
        "top": None,
        "top/one.txt": b"1",
        "top/deep": None,
        "top/deep/er": None,
        "top/deep/er/two.bin": bytes(3_000_000),
    }


def test_long_names_come_out(tmp_path):
    name = "/".join(["folder" * 20] * 3) + "/file.txt"
    archive = make_archive(tmp_path / "a.tar", member(name, b"x"))
    unpack_archive(archive, tmp_path / "out")
    assert (tmp_path / "out" / name).read_bytes() == b"x"


def test_owners_and_permissions_stay_behind(tmp_path):
    archive = make_archive(tmp_path / "a.tar", member("run", b"x", mode=0o4777, uid=0))
    (tmp_path / "plain").touch()
    unpack_archive(archive, tmp_path / "out")
    assert (tmp_path / "out" / "run").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (member("/etc/evil", b"x"), "member '/etc/evil' would leave the folder"),
        (member("../evil", b"x"), r"member '\.\./evil' would leave the folder"),
        (member("good/../../evil", b"x"), "member .* would leave the folder"),
        (member("..", type=tarfile.DIRTYPE), r"member '\.\.' would leave the folder"),
        (member("C:\\evil", b"x"), "member .* would leave the folder"),
        (member("C:evil", b"x"), "member .* would leave the folder"),
        (member("..\\evil", b"x"), "member .* would leave the folder"),
        (member("\\\\server\\share\\evil", b"x"), "member .* would leave the folder"),
        (member("a\0b", b"x"), r"member .*would leave the folder"),
        (member("link", type=tarfile.SYMTYPE, linkname="/etc"), "member 'link' is a link"),
        (member("link", type=tarfile.LNKTYPE, linkname="good"), "member 'link' is a link"),
        (member("pipe", type=tarfile.FIFOTYPE), "member 'pipe' is no plain file"),
        (member("disk", type=tarfile.BLKTYPE), "member 'disk' is no plain file"),
        (member("tty", type=tarfile.CHRTYPE), "member 'tty' is no plain file"),
        (member("good", b"again"), "member 'good' is there twice"),
        (member("good/below", b"x"), "member 'good/below' is there twice"),
        (member("good", type=tarfile.DIRTYPE), "member 'good' is there twice"),
        (member("large", bytes(1001)), "member 'large' goes beyond 1000 bytes"),
    ],
)
def test_unsafe_member_is_named_and_nothing_is_unpacked(tmp_path, bad, message):
    if "\0" in bad[0].name:
        bad[0].pax_headers = {"path": bad[0].name}
        bad[0].name = "shown"
    archive = make_archive(tmp_path / "bad.tar.gz", member("good", b"fine"), bad)
    with pytest.raises(UnsafeFileError, match=rf"bad\.tar\.gz: {message}"):
        unpack_archive(archive, tmp_path / "new" / "out", max_bytes=1000)
    assert os.listdir(tmp_path) == ["bad.tar.gz"]


def test_sizes_are_added_up(tmp_path):
    archive = make_archive(tmp_path / "a.tar", *[member(name, bytes(400)) for name in "abc"])
    with pytest.raises(UnsafeFileError, match="member 'c' goes beyond 1000 bytes"):
        unpack_archive(archive, tmp_path / "out", max_bytes=1000)
    assert len(unpack_archive(archive, tmp_path / "out", max_bytes=1200)) == 3


def test_more_members_than_allowed_are_refused(tmp_path):
    archive = tmp_path / "many.tar"
    header = member("same", type=tarfile.DIRTYPE)[0].tobuf()
    archive.write_bytes(header * 100_001 + bytes(1024))
    with pytest.raises(UnsafeFileError, match=r"member 'same' goes beyond .* 100000 files"):
        unpack_archive(archive, tmp_path / "out")


def test_header_bomb_takes_no_memory(tmp_path):
    header = member("bomb", type=tarfile.XHDTYPE, size=1 << 30)[0].tobuf(tarfile.USTAR_FORMAT)
    with gzip.open(tmp_path / "bomb.tar.gz", "wb", compresslevel=1) as file:
        file.write(header + bytes(32 << 20))
    tracemalloc.start()
    with pytest.raises(UnsafeFileError, match=rf"byte 512: has a header of {1 << 30} bytes"):
        unpack_archive(tmp_path / "bomb.tar.gz", tmp_path / "out")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no archive at all" * 100,
        gzip.compress(b"no archive at all" * 100),
        gzip.compress(bytes(2048))[:-6],
        b"\x1f\x8b\x08\x00damaged",
        b"\x1f\x8b\x07",
    ],
    ids=["empty", "text", "gzipped text", "cut gzip", "damaged gzip", "other method"],
)
def test_file_of_another_format_is_corrupt(tmp_path, content):
    (tmp_path / "a.tar.gz").write_bytes(content)
    with pytest.raises(CorruptFileError, match=r"a\.tar\.gz: is no whole tar archive"):
        unpack_archive(tmp_path / "a.tar.gz", tmp_path / "out")
    assert os.listdir(tmp_path) == ["a.tar.gz"]


@pytest.mark.parametrize("compressed", [True, False])
def test_cut_archive_is_corrupt_and_nothing_is_unpacked(tmp_path, compressed):
    content = os.urandom(20_000)
    archive = make_archive(
        tmp_path / "a.tar", member("one", b"1"), member("two", content), compressed=compressed
    )
    archive.write_bytes(archive.read_bytes()[:12_000])
    with pytest.raises(CorruptFileError, match="is no whole tar archive"):
        unpack_archive(archive, tmp_path / "out")
    assert os.listdir(tmp_path) == ["a.tar"]


def test_negative_size_is_refused(tmp_path):
    info, _ = member("odd", b"")
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    header[124:136] = b"\xff" * 11 + b"\x00"
    header[148:156] = b"%06o\0 " % (sum(header[:148]) + 8 * 32 + sum(header[156:512]))
    (tmp_path / "a.tar").write_bytes(bytes(header) + bytes(1024))
    with pytest.raises(
        (CorruptFileError, UnsafeFileError), match=r"a\.tar: .*(odd|invalid|negative)"
    ):
        unpack_archive(tmp_path / "a.tar", tmp_path / "out")


def test_what_is_there_is_not_replaced(tmp_path):
    archive = make_archive(tmp_path / "a.tar", member("mine", b"theirs"), member("new", b"n"))
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine").write_bytes(b"mine")
    with pytest.raises(ArgumentError, match="unpack_archive: folder must be a folder without mine"):
        unpack_archive(archive, out)
    assert tree(out) == {"mine": b"mine"}


def test_folder_that_is_a_file_is_refused(tmp_path):
    archive = make_archive(tmp_path / "a.tar", member("x", b"1"))
    (tmp_path / "file").touch()
    with pytest.raises(MissingFileError, match="file: is a file; a folder was to be written there"):
        unpack_archive(archive, tmp_path / "file")


def test_absent_archive_is_named(tmp_path):
    with pytest.raises(MissingFileError, match=r"absent\.tar: does not exist"):
        unpack_archive(tmp_path / "absent.tar", tmp_path / "out")
    assert os.listdir(tmp_path) == []


def test_negative_limit_is_refused(tmp_path):
    with pytest.raises(ArgumentError, match="max_bytes must be 0 or more, got -1"):
        unpack_archive(tmp_path / "a.tar", tmp_path, max_bytes=-1)


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("damage", ["wrong header", "cut header", "cut between members"])
def test_archive_without_its_end_is_unpacked_not_even_in_part(tmp_path, compressed, damage):
    path = make_archive(tmp_path / "a.tar", member("a", b"1"), member("b", b"2"), compressed=False)
    content, second = bytearray(path.read_bytes()), 2 * tarfile.BLOCKSIZE
    if damage == "wrong header":
        content[second] ^= 1
    else:
        del content[second + (100 if damage == "cut header" else 0) :]
    path.write_bytes(gzip.compress(content) if compressed else content)
    with pytest.raises(CorruptFileError, match=r"a\.tar, byte 1024: is no whole tar archive"):
        unpack_archive(path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "9"},
        {"GNU.sparse.map": "a,b", "GNU.sparse.size": "9"},
    ],
)
def test_damaged_sparse_map_is_told(tmp_path, headers):
    path = make_archive(tmp_path / "a.tar", member("a", b"q" * 600, pax_headers=headers))
    with pytest.raises(CorruptFileError, match=r"a\.tar: is no whole tar archive"):
        unpack_archive(path, tmp_path / "out")


def test_name_that_no_file_can_have_is_refused(tmp_path):
    path = make_archive(tmp_path / "a.tar", member("n" * 300, b"1"))
    with pytest.raises(UnsafeFileError, match=r"member 'n{60}'\.\.\. has too long a name"):
        unpack_archive(path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_full_disk_leaves_nothing(tmp_path, largest_file):
    path = make_archive(tmp_path / "a.tar", member("a", b"1" * 9000))
    with largest_file(5000), pytest.raises(OSError, match="File too large") as caught:
        unpack_archive(path, tmp_path / "out")
    assert caught.value.filename == str(tmp_path / "out")
    assert not (tmp_path / "out").exists()
