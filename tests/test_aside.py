"""Files written aside: a name holds the whole of something, or what it held before."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading

import pytest

from graphkit._aside import (
    check_target,
    files_aside,
    files_together,
    folder_aside,
    make_folder,
    move_out,
    naming,
    part_of,
)
from graphkit.errors import MissingFileError

as_root = os.name == "posix" and os.geteuid() == 0


@pytest.fixture(params=["plain", "with a space", "naïve-数字", "-o", "a%20b", ".hidden"])
def folder(request, tmp_path):
    """A folder, under every kind of name that people give folders."""
    made = tmp_path / request.param
    made.mkdir()
    return made


def test_part_is_hidden_beside_its_target(folder):
    part = part_of(folder / "model.pb")
    assert part.parent == folder
    assert part.name.startswith(".model.pb.")
    assert part.suffix == ".part"
    assert not part.exists()


def test_no_two_parts_have_one_name(tmp_path):
    assert len({part_of(tmp_path / "x") for _ in range(200)}) == 200


def test_file_appears_when_the_block_is_done(folder):
    target = folder / "numbers.txt"
    with files_aside([target]) as (part,):
        part.write_text("1 2 3")
        assert not target.exists()
    assert target.read_text() == "1 2 3"
    assert os.listdir(folder) == ["numbers.txt"]


def test_folder_appears_with_the_file_beside_it(folder):
    with files_aside([folder / "model", folder / "model.json"]) as (part, note):
        part.mkdir()
        (part / "saved_model.pb").write_text("graph")
        note.write_text("{}")
    assert sorted(os.listdir(folder)) == ["model", "model.json"]
    assert os.listdir(folder / "model") == ["saved_model.pb"]


def test_folder_of_a_block_that_failed_is_gone_with_all_in_it(folder):
    with pytest.raises(ValueError, match="no"), files_aside([folder / "model"]) as (part,):
        part.mkdir()
        (part / "saved_model.pb").write_text("graph")
        raise ValueError("no")
    assert os.listdir(folder) == []


def test_files_appear_together(folder):
    targets = [folder / name for name in ("a", "b", "c")]
    with files_aside(targets) as parts:
        for part, target in zip(parts, targets, strict=True):
            part.write_text(target.name)
            assert not any(other.exists() for other in targets)
    assert [target.read_text() for target in targets] == ["a", "b", "c"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, MemoryError])
def test_whatever_goes_wrong_leaves_the_file_before(folder, error):
    target = folder / "kept"
    target.write_text("before")
    with pytest.raises(error), files_aside([target, folder / "new"]) as parts:
        parts[0].write_text("half")
        raise error
    assert target.read_text() == "before"
    assert os.listdir(folder) == ["kept"]


def test_part_that_was_never_written_leaves_all_as_it_was(tmp_path):
    (tmp_path / "b").write_text("before")
    with (
        pytest.raises(FileNotFoundError) as caught,
        files_aside([tmp_path / "b", tmp_path / "a"]) as parts,
    ):
        parts[1].write_text("only this one")
    assert caught.value.filename == str(tmp_path / "b")
    assert (tmp_path / "b").read_text() == "before"
    assert os.listdir(tmp_path) == ["b"]


def test_last_of_many_writers_of_one_name_wins_whole(tmp_path):
    target = tmp_path / "shared"

    def write(number):
        with files_aside([target]) as (part,):
            part.write_text(f"{number}" * 10_000)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    content = target.read_text()
    assert len(content) == 10_000
    assert len(set(content)) == 1
    assert os.listdir(tmp_path) == ["shared"]


def test_process_that_dies_leaves_the_file_before(tmp_path):
    target = tmp_path / "model"
    target.write_text("before")
    code = (
        "import os, pathlib, sys\n"
        "from graphkit._aside import files_aside\n"
        "with files_aside([pathlib.Path(sys.argv[1])]) as (part,):\n"
        "    part.write_text('half')\n"
        "    os._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", code, str(target)], timeout=120).returncode == 9
    assert target.read_text() == "before"
    assert [name for name in os.listdir(tmp_path) if not name.startswith(".")] == ["model"]


def test_target_that_is_a_folder_is_refused_before_the_work(tmp_path):
    with pytest.raises(MissingFileError, match="is a folder; a file was to be written there"):
        with files_aside([tmp_path]):
            pytest.fail("the work was begun")


@pytest.mark.parametrize(
    ("place", "reason"),
    [("absent/x", "folder does not exist; nothing"), ("file/x", "is not a folder; nothing was w")],
)
def test_target_without_a_folder_is_refused(tmp_path, place, reason):
    (tmp_path / "file").touch()
    with pytest.raises(MissingFileError, match=reason) as caught:
        check_target(tmp_path / place)
    assert caught.value.path == str((tmp_path / place).parent)


@pytest.mark.skipif(as_root, reason="nothing is read-only to root")
def test_folder_that_is_read_only_is_named_by_its_target(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(PermissionError) as caught, files_aside([tmp_path / "x"]) as (part,):
            part.write_text("")
    finally:
        tmp_path.chmod(0o700)
    assert caught.value.filename == str(tmp_path / "x")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EFBIG])
def test_full_disk_names_the_first_target(tmp_path, number):
    parts, targets = [tmp_path / ".a.part", tmp_path / ".b.part"], [tmp_path / "a", tmp_path / "b"]
    with pytest.raises(OSError, match="a'") as caught, naming(parts, targets):
        raise OSError(number, os.strerror(number))
    assert (caught.value.errno, caught.value.filename) == (number, str(targets[0]))


@pytest.mark.parametrize("as_bytes", [False, True])
def test_error_about_a_part_names_its_target(tmp_path, as_bytes):
    part, target = tmp_path / ".b.part", tmp_path / "b"
    named = os.fsencode(part) if as_bytes else str(part)
    with (
        pytest.raises(OSError, match="b'") as caught,
        naming([tmp_path / "x", part], [tmp_path, target]),
    ):
        raise PermissionError(errno.EACCES, "denied", named)
    assert isinstance(caught.value, PermissionError)
    assert caught.value.filename == str(target)


def test_error_about_something_in_a_part_names_it_in_the_target(tmp_path):
    part, target = tmp_path / ".b.part", tmp_path / "b"
    with pytest.raises(OSError, match="denied") as caught, naming([part], [target]):
        raise PermissionError(errno.EACCES, "denied", str(part / "train" / "0.png"))
    assert caught.value.filename == str(target / "train" / "0.png")


@pytest.mark.parametrize(
    "error",
    [
        PermissionError(errno.EACCES, "denied", "/elsewhere"),
        PermissionError(errno.EACCES, "denied"),
        MissingFileError("/elsewhere", "is one of ours"),
        ValueError("another"),
    ],
)
def test_error_about_something_else_passes_unchanged(tmp_path, error):
    with pytest.raises(type(error)) as caught, naming([tmp_path / "p"], [tmp_path / "t"]):
        raise error
    assert caught.value is error


def test_folder_is_made_with_all_above_it(folder):
    make_folder(folder / "a" / "b" / "c")
    make_folder(folder / "a" / "b" / "c")
    assert (folder / "a" / "b" / "c").is_dir()


def test_file_in_the_way_of_a_folder_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(MissingFileError, match="is a file; a folder was to be written") as caught:
        make_folder(tmp_path / "file" / "b" / "c")
    assert caught.value.path == str(tmp_path / "file")


def test_hidden_folder_is_gone_after_the_block(folder):
    with folder_aside(folder) as part:
        assert part.parent == folder
        assert part.name.startswith(".")
        (part / "done").write_text("whole")
        (part / "done").rename(folder / "done")
        (part / "left").write_text("over")
    assert os.listdir(folder) == ["done"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_folders_made_for_nothing_are_removed(tmp_path, error):
    target = tmp_path / "a" / "b"
    with pytest.raises(error), folder_aside(target) as part:
        (part / "half").write_text("")
        raise error
    assert os.listdir(tmp_path) == []


def test_folders_that_were_there_stay_with_what_they_hold(tmp_path):
    (tmp_path / "kept").write_text("")
    with pytest.raises(ValueError, match="wrong"), folder_aside(tmp_path):
        raise ValueError("wrong")
    assert os.listdir(tmp_path) == ["kept"]


@pytest.fixture
def finished(folder):
    """Finished files in a hidden folder, and the folder they are for."""
    aside = folder / ".aside"
    aside.mkdir()
    parts = [aside / name for name in ("a.data", "b.data", "a.index")]
    for part in parts:
        part.write_text(part.name)
    return parts, folder


@pytest.fixture(params=["links", "no links"])
def links(request, monkeypatch):
    """File systems with and without hard links."""
    if request.param == "no links":

        def refuse(*_paths):
            raise OSError(errno.EPERM, os.strerror(errno.EPERM))

        monkeypatch.setattr(os, "link", refuse)


def _texts(folder):
    return {file.name: file.read_text() for file in folder.iterdir() if file.is_file()}


@pytest.mark.usefixtures("links")
def test_finished_files_get_their_names(finished):
    parts, folder = finished
    move_out(parts, folder)
    assert _texts(folder) == {part.name: part.name for part in parts}
    assert not any(part.exists() for part in parts)
    assert all(file.stat().st_nlink == 1 for file in folder.iterdir() if file.is_file())


@pytest.mark.usefixtures("links")
@pytest.mark.parametrize("taken", ["a.data", "b.data", "a.index"])
def test_where_one_name_is_taken_none_is_given(finished, taken):
    parts, folder = finished
    (folder / taken).write_text("theirs")
    with pytest.raises(FileExistsError) as refused:
        move_out(parts, folder)
    assert refused.value.filename2 == str(folder / taken)
    assert _texts(folder) == {taken: "theirs"}


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError, MemoryError])
def test_an_interruption_between_the_names_takes_them_back(finished, monkeypatch, error):
    parts, folder = finished
    link = os.link

    def interrupted(part, target):
        if target.name == "a.index":
            raise error
        link(part, target)

    monkeypatch.setattr(os, "link", interrupted)
    if error is OSError:  # then the file is renamed, which is refused too
        monkeypatch.setattr(type(folder), "replace", lambda *_: (_ for _ in ()).throw(error()))
    with pytest.raises(error):
        move_out(parts, folder)
    assert _texts(folder) == {}


def test_of_many_who_want_the_same_names_one_gets_all(folder):
    wanted = ("m.data", "m.index")
    asides = [folder / f".{writer}" for writer in range(8)]
    for aside in asides:
        aside.mkdir()
        for name in wanted:
            (aside / name).write_text(aside.name)
    start, refused = threading.Barrier(len(asides)), []

    def write(aside):
        start.wait()
        try:
            move_out([aside / name for name in wanted], folder)
        except FileExistsError:
            refused.append(aside)

    threads = [threading.Thread(target=write, args=(aside,)) for aside in asides]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == len(asides) - 1
    assert set(_texts(folder)) == set(wanted)
    assert len(set(_texts(folder).values())) == 1


def test_files_that_belong_together_have_their_own_names_in_a_hidden_folder(folder):
    targets = [folder / "model.weights", folder / "model"]
    (folder / "model").write_text("before")
    with files_together(targets) as parts:
        assert [part.name for part in parts] == ["model.weights", "model"]
        [hidden] = {part.parent for part in parts}
        assert (hidden.parent, hidden.name[:7], hidden.suffix) == (folder, ".model.", ".part")
        for part in parts:
            part.write_text("new")
        assert (folder / "model").read_text() == "before"
    assert {file.name: file.read_text() for file in folder.iterdir()} == {
        "model": "new",
        "model.weights": "new",
    }


def test_files_that_belong_together_stay_as_they_were_if_one_fails(folder):
    (folder / "model").write_text("before")
    targets = [folder / "model.weights", folder / "model"]
    with pytest.raises(ValueError, match="no"), files_together(targets) as parts:
        parts[0].write_text("new")
        raise ValueError("no")
    assert [(file.name, file.read_text()) for file in folder.iterdir()] == [("model", "before")]


def test_a_folder_that_cannot_be_made_is_told_by_the_file(tmp_path):
    told = r"x: cannot be written \(File name too long\); nothing was"
    with pytest.raises(MissingFileError, match=told), files_together([tmp_path / ("x" * 250)]):
        pass
    assert list(tmp_path.iterdir()) == []
