"""`graphkit checkpoint`: what people type, what it prints, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graphkit._formats._checkpoint import read_checkpoint

STORED = Path(__file__).parents[1] / "golden" / "stored"
OLD, NEW = STORED / "old", STORED / "new"


def test_rename_prints_each_new_name(graphkit):
    outcome = graphkit("checkpoint", "rename", OLD, "net/first=stem", "-o", "new")
    lines = outcome.out.splitlines()
    assert (outcome.code, outcome.err) == (0, "")
    assert lines[0].startswith("new: 10 variables, ")
    assert lines[1] == "  net/first/biases -> stem/biases"
    assert lines[-1] == "  all values read back, bit-identical"
    assert len(lines) == 6


def test_rename_applies_what_diff_wrote(graphkit, tmp_path):
    (tmp_path / "d.json").write_text(graphkit("diff", OLD, NEW, "--json").out)
    assert graphkit("checkpoint", "rename", OLD, "-o", "new", "--map", "d.json").code == 0
    report = json.loads(graphkit("diff", "new", NEW, "--json").out)
    assert report["renamed"] == []


def test_rename_takes_a_map_and_more(graphkit, tmp_path):
    (tmp_path / "m.json").write_text('{"net/first": "a", "net/second": "b"}')
    outcome = graphkit(
        "checkpoint", "rename", OLD, "net/second=c", "-o", "new", "--map", "m.json", "--json"
    )
    renamed = json.loads(outcome.out)["renamed"]
    assert renamed["net/first/weights"] == "a/weights"
    assert renamed["net/second/weights/Momentum"] == "c/weights/Momentum"


def test_rename_by_regular_expression(graphkit):
    outcome = graphkit("checkpoint", "rename", "--regex", OLD, r"^net/(\w+)/=\1_", "-o", "new")
    assert "  net/out/weights -> out_weights" in outcome.out.splitlines()


def test_convert_says_what_was_written(graphkit, tmp_path):
    outcome = graphkit("checkpoint", "convert", STORED / "kinds_v1", "-o", "new")
    assert outcome.code == 0
    assert outcome.out.splitlines()[0].startswith("new: 15 variables, ")
    assert json.loads(graphkit("inspect", "new", "--json").out)["version"] == "V2"


def test_add_classes_widens_the_head_and_its_slots(graphkit):
    outcome = graphkit(
        *("checkpoint", "add-classes", OLD, "net/out/weights", "--count", "2", "--value", "0.5"),
        *("-o", "new"),
    )
    lines = outcome.out.splitlines()
    assert (outcome.code, lines[0].split(",")[0]) == (0, "new: 10 variables")
    assert lines[1:] == [
        "  net/out/weights  [3, 2] -> [3, 4]",
        "  net/out/weights/Momentum  [3, 2] -> [3, 4]",
        "  all values read back, bit-identical",
    ]
    old, new = (read_checkpoint(path) for path in (Path(f"{OLD}"), Path("new")))
    for name, variable in old.variables.items():
        head = name.startswith("net/out/weights")
        shape = (*variable.shape[:-1], variable.shape[-1] + 2) if head else variable.shape
        assert new.variables[name].shape == shape
        kept = new.read(name)[..., :-2] if head else new.read(name)
        assert kept.tobytes() == old.read(name).tobytes()
    assert (new.read("net/out/weights")[..., -2:] == 0.5).all()


def test_add_classes_tells_what_grew(graphkit):
    outcome = graphkit("checkpoint", "add-classes", OLD, "net/out/weights", "-o", "new", "--json")
    assert json.loads(outcome.out)["grown"] == {
        "net/out/weights": [[3, 2], [3, 3]],
        "net/out/weights/Momentum": [[3, 2], [3, 3]],
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("rename", OLD, "-o", "new"), "nothing to rename: give OLD=NEW or --map FILE"),
        (("rename", OLD, "net", "-o", "new"), "'net' is not of the form OLD=NEW"),
        (("rename", OLD, "=net", "-o", "new"), "'=net' is not of the form OLD=NEW"),
        (("rename", OLD, "a=b", "a=c", "-o", "new"), "names 'a' twice"),
        (("rename", OLD, "nut=b", "-o", "new"), "did you mean 'net'"),
        (("rename", OLD, "net=b"), "Missing option '-o'"),
        (("rename", OLD, "-o", "new", "--map", "none.json"), "'none.json' does not exist"),
        (("rename", OLD, "-o", "new", "--map", "no.json"), "no.json is no JSON"),
        (("rename", OLD, "-o", "new", "--map", "list.json"), "list.json holds no {"),
        (("add-classes", OLD, "-o", "new"), "Missing argument 'VARIABLE...'"),
        (("add-classes", OLD, "net/aut/weights", "-o", "new"), "did you mean 'net/out/weights'"),
        (("add-classes", OLD, "net/out/weights", "--count", "0", "-o", "new"), "0 is not in"),
        (("convert", STORED / "none", "-o", "new"), "is no checkpoint"),
        (("convert", OLD, "-o", "none/new"), "folder does not exist"),
    ],
)
def test_mistakes_are_one_line(graphkit, tmp_path, arguments, said):
    (tmp_path / "no.json").write_text("old = new")
    (tmp_path / "list.json").write_text('["old", "new"]')
    outcome = graphkit("checkpoint", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err
    assert len(outcome.err.splitlines()) == 1
    assert not list(tmp_path.glob("new*"))
