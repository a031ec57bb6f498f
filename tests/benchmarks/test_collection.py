"""A manifest names programs; each is laid out in a folder of its own, and nothing outside it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

import benchmarks
from benchmarks._collection import Program, Repository, Unusable, laid_out, read_manifest

OWN = Path(benchmarks.__file__).with_name("own_programs.json")


@pytest.fixture
def programs(tmp_path):
    """A folder with a program that trains too long."""
    folder = tmp_path / "programs"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "train.py").write_text("for step in range(1000):\n    pass\n")
    (folder / "README").write_text("read me\n")
    return folder


@pytest.fixture
def data(tmp_path):
    (tmp_path / "data" / "mnist").mkdir(parents=True)
    (tmp_path / "data" / "mnist" / "images").write_bytes(b"pixels")
    (tmp_path / "data" / "words.txt").write_text("cat\n")
    return tmp_path / "data"


def _manifest(tmp_path, **script):
    content = {
        "repos": {
            "mine": {"path": "programs"},
            "theirs": {"github": "someone/nets", "commit": "c"},
        },
        "scripts": [{"id": "train", "repo": "mine", "path": "src/train.py", **script}],
    }
    (tmp_path / "manifest.json").write_text(json.dumps(content))
    return tmp_path / "manifest.json"


def test_a_program_has_what_the_manifest_says(tmp_path):
    path = _manifest(
        tmp_path,
        args=["--steps", "3"],
        data=[["mnist", "MNIST_data"]],
        subs={"src/train.py": [["1000", "3"]]},
        timeout=7,
    )
    assert read_manifest(path, tmp_path / "mirror") == [
        Program(
            "train",
            Repository(tmp_path / "programs", None),
            "src/train.py",
            ("--steps", "3"),
            (("mnist", "MNIST_data"),),
            {"src/train.py": [["1000", "3"]]},
            7.0,
        )
    ]


def test_what_the_manifest_leaves_out_has_a_default(tmp_path):
    (program,) = read_manifest(_manifest(tmp_path), tmp_path)
    assert (program.arguments, program.data, program.replaced) == ((), (), {})
    assert program.seconds == 120


def test_a_public_repository_lies_in_the_mirror(tmp_path):
    (program,) = read_manifest(_manifest(tmp_path, repo="theirs"), tmp_path / "mirror")
    assert program.repository == Repository(tmp_path / "mirror" / "someone+nets", "c")


def test_without_a_mirror_a_public_repository_is_named(tmp_path):
    with pytest.raises(Unusable, match="someone/nets: say with --mirror"):
        read_manifest(_manifest(tmp_path))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "No such file"),
        ("{", "is no JSON"),
        ("[]", "is no manifest"),
        ('{"repos": {}}', "is no manifest .*scripts"),
        ('{"repos": {}, "scripts": [{"id": "a", "path": "b"}]}', "is no manifest .*repo"),
        ('{"repos": {}, "scripts": [{"id": "a", "repo": "x", "path": "b"}]}', "is no manifest .*x"),
    ],
)
def test_what_is_no_manifest_is_named(tmp_path, content, told):
    path = tmp_path / "manifest.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(Unusable, match=f"manifest.json: {told}"):
        read_manifest(path)


def test_the_manifest_of_our_own_programs_names_files_that_are_there(tmp_path):
    programs = read_manifest(OWN)
    assert len({program.name for program in programs}) == len(programs) >= 10
    assert all((one.repository.path / one.script).is_file() for one in programs)


def test_a_program_is_laid_out_with_its_data_and_changes(tmp_path, programs, data):
    program = Program(
        "train",
        Repository(programs, None),
        "src/train.py",
        data=(("mnist", "MNIST_data"), ("words.txt", "deep/er/words.txt")),
        replaced={"src/train.py": [[r"range\((\d+)000\)", r"range(\1)"]]},
    )
    script = laid_out(program, tmp_path / "work", data)
    assert script == tmp_path / "work" / "src" / "train.py"
    assert script.read_text() == "for step in range(1):\n    pass\n"
    assert (script.parent / "MNIST_data" / "images").read_bytes() == b"pixels"
    assert (script.parent / "deep" / "er" / "words.txt").read_text() == "cat\n"
    assert (tmp_path / "work" / "README").read_text() == "read me\n"
    assert "1000" in (programs / "src" / "train.py").read_text()


@pytest.mark.parametrize("bare", [True, False])
def test_a_program_is_taken_from_its_commit(tmp_path, programs, bare):
    def git(*words, folder=programs):
        named = ["-c", "user.name=n", "-c", "user.email=e", "-c", "init.defaultBranch=main"]
        done = subprocess.run(
            ["git", *named, *words], cwd=folder, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "first")
    commit = git("rev-parse", "HEAD")
    (programs / "src" / "train.py").write_text("newer\n")
    git("commit", "-qam", "second")
    place = programs
    if bare:
        place = tmp_path / "someone+nets"
        git("clone", "-q", "--bare", str(programs), str(place), folder=tmp_path)
    script = laid_out(Program("t", Repository(place, commit), "src/train.py"), tmp_path / "w", None)
    assert script.read_text().startswith("for step")
    with pytest.raises(Unusable, match="fatal: not a tree object: 0000"):
        laid_out(Program("t", Repository(place, "0" * 40), "src/train.py"), tmp_path / "v", None)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"script": "src/absent.py"}, "holds no src/absent.py"),
        ({"script": "../outside.py"}, "is outside the program's folder"),
        ({"repository": Repository(Path("/no/where"), None)}, "/no/where: no such folder"),
        ({"repository": Repository(Path("/no/where"), "c")}, "/no/where"),
        ({"data": (("absent", "x"),)}, "train: absent is not in the data folder"),
        ({"data": (("words.txt", "../../x"),)}, "is outside the program's folder"),
        ({"replaced": {"src/train.py": [["2000", "3"]]}}, "nothing in train.py matches '2000'"),
        ({"replaced": {"../train.py": [["2000", "3"]]}}, "is outside the program's folder"),
    ],
)
def test_what_is_not_there_or_leaves_the_folder_is_named(tmp_path, programs, data, changed, told):
    given = {"repository": Repository(programs, None), "script": "src/train.py", **changed}
    with pytest.raises(Unusable, match=told):
        laid_out(Program("train", **given), tmp_path / "work", data)
    assert not (tmp_path / "x").exists()


def test_data_without_a_data_folder_is_named(tmp_path, programs):
    asks = Program("train", Repository(programs, None), "src/train.py", data=(("mnist", "x"),))
    with pytest.raises(Unusable, match=r"mnist is not in the data folder \(--data\)"):
        laid_out(asks, tmp_path / "work", None)
