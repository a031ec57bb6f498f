"""Every example program runs, in order and in one folder, and prints what it promises."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from warm_process import plain_environment

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))

PROMISED = {
    "01_multiple_graphs": ["doubled: [2. 4.]", "tripled: [3. 6.]", "refused: "],
    "02_feed_and_fetch": [
        "one tensor: [[11.0, 12.0], [13.0, 14.0]]",
        "by name:    [[2.0, 4.0], [6.0, 8.0]]",
        "a nesting:  [12.0, 13.0] 2 tensors",
        "did you mean 'a'",
    ],
    "03_device_placement": ["CPU:1", "result: [[12.0]]"],
    "04_cifar10_to_images": ["(32, 32, 3) uint8", "wrote 1437 training and 360 test images"],
    "05_pack_tfrecords": ["test: 360 records in 1 file(s)", "train: 1437 records in 4 file(s)"],
    "06_slice_input_producer": ["both epochs are done"],
    "07_string_input_producer": ["every file was read twice", "refused: ", "D.csv"],
    "08_read_tfrecords": ["two images: (2, 32, 32, 3) uint8", "1437 images, none lost"],
    "09_tensorboard": ["step 200: loss", "events written: training/fit"],
    "10_freeze_and_reload": ["loss after 300 steps", "at least 0.9: True"],
    "11_transfer_learning": [
        "city, forest: at least 90% right: True",
        "the front is bit-identical: True",
        "(16, 2) -> (16, 3), old weights kept: True",
        "city, forest, sea: at least 90% right: True",
    ],
}


def test_every_example_runs_and_keeps_its_promises(tmp_path, warm):
    assert [path.stem for path in EXAMPLES] == sorted(PROMISED)
    for path in EXAMPLES:
        done = warm.run(path, folder=tmp_path)
        assert done.returncode == 0, f"{path.name}:\n{done.stdout}{done.stderr}"
        assert done.stderr == "", f"{path.name} wrote to stderr"
        for promise in PROMISED[path.stem]:
            assert promise in done.stdout, f"{path.name} did not print {promise!r}:\n{done.stdout}"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_is_short_and_listed(path):
    assert len(path.read_text().splitlines()) <= 120
    assert f"`{path.name}`" in (ROOT / "examples" / "README.md").read_text()


def test_old_program_prints_what_it_printed_on_tensorflow_1_15(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "graphkit", "run", ROOT / "examples/old/train.py", "--steps=20"],
        cwd=tmp_path,
        env=plain_environment(ROOT),
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert (done.returncode, done.stdout) == (0, "loss after 20 steps: 0.0993\n"), done.stderr
    assert done.stderr == ""
