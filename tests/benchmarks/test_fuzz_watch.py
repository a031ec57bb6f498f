"""A process that dies, hangs or grows over a file is found, and the next file is read as well."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks import fuzz
from benchmarks._fuzz._attempt import attempt
from benchmarks._fuzz._readers import Reader
from benchmarks._fuzz._watch import Limits, StartFailed, watch
from graphkit.errors import CorruptFileError

LINUX = pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="needs Linux, which tells memory"
)
# It reads as `_worker` does: tells that it is ready, then of each case what WAY says.
WORKER = """
import json, os, sys, time
way, first, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]
os.makedirs(folder)
if way == "unable":
    sys.exit("no sample")
print("{}" if way == "unready" else '{"ready": true}', flush=True)
for number, _ in enumerate(sys.stdin, start=first):
    with open(os.path.join(folder, "file"), "w") as file:
        file.write(str(number))
    told = dict(number=number, ended="accepted", why="", where="", cpu=0.5, resident=1024, peak=0)
    told["spent"] = 0.5 * (number - first + 1)
    if number == 2 and way == "dies":
        os.abort()
    if number == 2 and way == "hangs":
        time.sleep(60)
    if number == 2 and way == "fails":
        told |= {"ended": "failed", "why": "Traceback", "where": "KeyError at file.py:1"}
    if number == 2 and way == "is slow":
        told["cpu"] = 9.0
    if number == 2 and way == "is greedy":
        told["peak"] = 600 * 1024
    if way == "grows":
        told["resident"] += 100 * 1024 * number
    if number == 3:
        told["ended"] = "refused"
    print(json.dumps(told), flush=True)
"""


def watched(way, **options):
    kept = []

    def keep(finding, folder):
        kept.append((finding.kind, finding.number, (folder / "file").read_text()))

    command = [sys.executable, "-I", "-S", "-c", WORKER, way]
    # A machine may be slow for a second while nothing hangs.
    limits = Limits(seconds=1 if way == "hangs" else 60, warm=1)
    options = {"cpu": 100, "most": 5, "limits": limits, "keep": keep} | options
    return watch(command, **options), kept


def test_cases_are_counted():
    run, kept = watched("reads")
    assert (run.cases, run.accepted, run.refused, run.found, kept) == (5, 4, 1, 0, [])
    assert run.slowest == 0.5
    assert run.peak == 1.0


@pytest.mark.parametrize(
    ("way", "kind"),
    [
        ("dies", "died"),
        ("hangs", "hung"),
        ("fails", "failed"),
        ("is slow", "slow"),
        ("is greedy", "greedy"),
    ],
)
def test_what_goes_wrong_is_found_and_the_other_cases_are_read(way, kind):
    run, kept = watched(way)
    assert kept == [(kind, 2, "2")]
    assert (run.accepted, run.refused, run.found) == (3, 1, 1)


def test_growth_is_found():
    run, kept = watched("grows", most=3)
    assert kept == [("grown", 2, "2")]
    assert (run.found, run.cases) == (1, 3)


def test_the_time_to_compute_is_bounded():
    run, _ = watched("reads", cpu=1.5, most=None)
    assert run.cases == 3


def test_what_died_says_last_is_told():
    run, _ = watched("dies", first=2, most=1)
    [finding] = run.findings.values()
    assert finding.where == "died of -6"


def test_a_process_that_cannot_start_is_told():
    with pytest.raises(StartFailed, match="no sample"):
        watched("unable")


def reader(read):
    return Reader("by hand", lambda: [{"m": b"data"}], read)


def test_an_attempt_says_how_it_ended(tmp_path):
    def refuses(folder):
        raise CorruptFileError(folder / "m", "is refused")

    def fails(folder):
        (folder / "m").read_bytes().index(b"no data")

    assert attempt(reader(lambda folder: None), 0, 0, tmp_path / "a").ended == "accepted"
    refused = attempt(reader(refuses), 0, 0, tmp_path / "b")
    assert (refused.ended, refused.why) == ("refused", f"{tmp_path / 'b' / 'm'}: is refused")
    failed = attempt(reader(fails), 0, 0, tmp_path / "c")
    assert failed.ended == "failed"
    assert failed.where.startswith("ValueError at")
    assert "subsection not found" in failed.why


@LINUX
def test_an_attempt_measures_memory_that_was_given_back(tmp_path):
    small = attempt(reader(lambda folder: None), 0, 0, tmp_path / "a")
    large = attempt(reader(lambda folder: b"x" * 2**26 and None), 0, 0, tmp_path / "b")
    assert small.peak < 2**13 < 2**15 < large.peak


def test_the_command_reads_prints_and_keeps(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(
        fuzz, "worker", lambda name, seed: [sys.executable, "-I", "-S", "-c", WORKER, "fails"]
    )
    words = ["--cases", "4", "--found", str(tmp_path), "--seed", "7", "labels", "onnx"]
    assert fuzz.main(words) == 1
    printed = capsys.readouterr().out.splitlines()
    assert any(line.startswith("| onnx | 4 | 2 | 1 |") for line in printed)
    assert printed[-1].endswith("| 1 KeyError at file.py:1 (2) |")
    why = (tmp_path / "labels-7-2" / "why.txt").read_text().splitlines()
    assert why[:2] == ["labels --seed 7 --first 2 --cases 1", "failed: KeyError at file.py:1"]
    assert (tmp_path / "labels-7-2" / "file").read_text() == "2"


def test_an_unknown_reader_is_refused(capsys):
    with pytest.raises(SystemExit) as raised:
        fuzz.main(["labelz"])
    assert raised.value.code == 2
    assert "labels" in capsys.readouterr().err
