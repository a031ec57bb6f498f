"""The demo from end to end, short: what it makes, what it reports, what it refuses."""

from __future__ import annotations

import json
import urllib.request
from contextlib import redirect_stderr, redirect_stdout
from datetime import datetime
from io import StringIO
from types import SimpleNamespace

import cv2
import pytest

from graphkit import export, summaries
from graphkit.cli import main
from graphkit.demo import run_demo
from graphkit.errors import ArgumentError, MissingFileError


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The report of the command as it prints it, and what it says meanwhile."""
    log_dir = tmp_path_factory.mktemp("demo") / "logs of a demo"
    words = ["demo", "--steps", "120", "--batch-size", "32", "--log-dir", str(log_dir), "--json"]
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        with pytest.raises(SystemExit) as ended:
            main(words)
    assert ended.value.code == 0, err.getvalue()
    made = SimpleNamespace(**json.loads(out.getvalue()))
    assert made.log_dir == str(log_dir)
    return made, err.getvalue().splitlines()


def test_demo_learns_the_digits(report):
    made, _ = report
    assert made.test_accuracy >= 0.9
    assert made.train_steps == 120
    assert made.examples_per_second == pytest.approx(120 * 32 / made.train_seconds)


def test_frozen_graph_computes_what_the_session_computes(report):
    made, _ = report
    assert made.max_abs_diff <= 1e-5
    with export.load_graph(made.frozen) as frozen:
        assert list(frozen.inputs) == ["images"]
        assert {"probabilities", "predictions"} <= set(frozen.outputs)


def test_event_files_hold_curves_pictures_and_the_graph(report):
    made, _ = report
    log = summaries.read_events(made.log_dir)
    scalars = {tag.rpartition("/")[2]: values for tag, values in log.scalars.items()}
    assert scalars["loss"][-1].value < scalars["loss"][0].value
    assert log.histograms
    assert log.images
    assert log.graph is not None


def test_a_real_tensorboard_serves_what_the_demo_wrote(report):
    made, _ = report
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    with summaries.start_board(made.log_dir, port=0) as board:

        def ask(path):
            with direct.open(f"{board.url}data/plugin/{path}", timeout=60) as answer:
                return answer.read()

        assert {"loss", "accuracy"} <= set(json.loads(ask("scalars/tags"))["."])
        histograms = json.loads(ask("histograms/tags"))["."]
        assert {"activations/logits", "variables/block1/conv/kernel"} <= set(histograms)
        assert "images/image/0" in json.loads(ask("images/tags"))["."]
        assert json.loads(ask("graphs/info"))["."]["run_graph"]
        assert b'name: "record_batch' in ask("graphs/graph?run=.&conceptual=false")


def test_picture_shows_forty_predictions(report):
    made, _ = report
    assert cv2.imread(made.predictions_png).shape == (5 * 124 + 6, 8 * 102 + 6, 3)


def test_demo_says_each_stage(report):
    _, said = report
    assert said == [
        "pickles -> images -> TFRecord shards",
        "queue readers -> graph -> session: 120 training steps",
        "checkpoint -> frozen graph -> reloaded and compared on every test image",
    ]


def test_demo_refuses_a_folder_that_holds_something(tmp_path):
    (tmp_path / "mine").touch()
    with pytest.raises(ArgumentError, match="log_dir must be a new or empty folder"):
        run_demo(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("name", ["steps", "batch_size"])
def test_demo_refuses_less_than_one(tmp_path, name):
    with pytest.raises(ArgumentError, match=f"{name} must be at least 1, got 0"):
        run_demo(tmp_path / "new", **{name: 0})
    assert not (tmp_path / "new").exists()


def test_demo_names_a_data_folder_that_is_not_cifar10(tmp_path):
    with pytest.raises(MissingFileError, match="other"):
        run_demo(tmp_path / "new", data=tmp_path / "other")


def test_command_prints_where_everything_is(tmp_path, capfd, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["demo", "--steps", "2", "--batch-size", "8"])
    out, err = capfd.readouterr()
    assert (ended.value.code, err) == (0, "")
    (folder,) = (tmp_path / "logs").iterdir()
    for name in ("model.pb", "predictions.png"):
        assert f"logs/{folder.name}/{name}" in out
        assert (folder / name).is_file()
    assert f"graphkit board logs/{folder.name}" in out


def test_demos_of_one_second_get_folders_of_their_own(tmp_path, capfd, monkeypatch):
    class Noon(datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2026, 1, 1, 12)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("graphkit.cli._demo.datetime", Noon)
    (tmp_path / "no pickles").mkdir()
    for _ in range(3):
        with pytest.raises(SystemExit, match="2"):
            main(["demo", "--data", "no pickles"])
    folders = sorted(path.name for path in (tmp_path / "logs").iterdir())
    assert folders == [f"demo-20260101-120000{end}" for end in ("", "-2", "-3")]
