"""Every code block of the README and the documentation is executed, in order, page by page.

`python` blocks of a page share one namespace and one empty working directory. Lines of `console`
blocks that start with `$` are run there too: `graphkit …` in this process, but for `run` and
`bench`, which change theirs for good; `python …` in one of its own; `make …`, `pip install …` and
`python -m venv …` without what they would install again.
`text` blocks are not code.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from graphkit.cli import main

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
KNOWN = {"python", "console", "text"}


def blocks(page):
    return BLOCK.findall(page.read_text(encoding="utf-8"))


def commands(block):
    joined = block.replace("\\\n", " ")
    lines = [line[2:] for line in joined.splitlines() if line.startswith("$ ")]
    return [command for line in lines for command in line.split(" && ")]


def trial_of(command):
    """The words to run for a command, and whether they run in the repository itself."""
    program, *arguments = shlex.split(command, comments=True)
    match program.removeprefix(".venv/bin/"):
        case "make":
            return ["make", "--dry-run", "--always-make", *arguments], True
        case "pip":
            offline = ["--dry-run", "--no-index", "--no-deps", "--no-build-isolation"]
            return [sys.executable, "-m", "pip", *arguments, *offline], True
        case "python" | "python3":
            bare = ["--without-pip"] if arguments[:2] == ["-m", "venv"] else []
            return [sys.executable, *arguments, *bare], False
    pytest.fail(f"do not know how to try `{command}`; mark the block as text if it is not code")


def run_command(command, folder, warm):
    program, *arguments = shlex.split(command, comments=True)
    if program.removeprefix(".venv/bin/") == "graphkit":
        code, said = run_graphkit(arguments, folder, warm)
    else:
        words, in_repository = trial_of(command)
        done = subprocess.run(
            words,
            cwd=ROOT if in_repository else folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=250,
        )
        code, said = done.returncode, done.stdout + done.stderr
    assert code == 0, f"`{command}` exited {code}:\n{said}"


def run_graphkit(words, folder, warm):
    if words[0] in ("run", "bench"):
        done = warm.graphkit(*words, folder=folder)
        return done.returncode, done.stdout + done.stderr
    with pytest.raises(SystemExit) as ended:
        main(words)
    return ended.value.code, "(shown below)"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_block_of_the_page_runs(page, tmp_path, monkeypatch, warm):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    namespace = {"__name__": "__main__"}
    for language, block in blocks(page):
        assert language in KNOWN, f"a block of {page.name} is in {language!r}"
        if language == "python":
            exec(compile(block, f"{page.name} block", "exec"), namespace)
        elif language == "console":
            for command in commands(block):
                run_command(command, tmp_path, warm)


def test_every_block_says_its_language():
    for page in PAGES:
        fences = [line for line in page.read_text().splitlines() if line.startswith("```")]
        assert all(fence != "```" for fence in fences[::2]), page
