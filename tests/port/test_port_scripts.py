"""Old programs run unmodified: one process each; `start` starts it as users do."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from warm_process import COMMAND, plain_environment

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "tests" / "scripts"
DAMAGED_RECORD = "damaged.tfrecord: the record at byte 0 is damaged or not complete"


@pytest.fixture
def run(tmp_path, warm):
    def run_script(name, *arguments, options=(), program=None, **variables):
        shutil.copy(SCRIPTS / name, tmp_path / name)
        words = ("run", *options, program or name, *arguments)
        return warm.graphkit(*words, folder=tmp_path, **variables)

    return run_script


@pytest.fixture
def start(tmp_path):
    def start_script(name, *, options=()):
        shutil.copy(SCRIPTS / name, tmp_path / name)
        return subprocess.run(
            [sys.executable, COMMAND, "run", *options, name],
            cwd=tmp_path,
            env=plain_environment(ROOT),
            capture_output=True,
            text=True,
            timeout=240,
        )

    return start_script


@pytest.mark.parametrize(
    ("script", "output"),
    [
        (
            "slim_and_layers.py",
            "['fc/weights', 'fc/biases', 'out/kernel', 'out/bias']\n"
            "[[12.0, 12.0]] [24.0] 3.4285714285714284\n(?, 2) 2 1.\n",
        ),
        ("queues_end.py", "a.jpg 1\nb.jpg 2\nc.jpg 3\na.jpg 1\n"),
        ("monitored.py", "0.5120 True\n"),
        ("own_flags.py", "3 ./logs False\n"),
        ("prints_fetched.py", "[10, array([1.5, 0.1], dtype=float32), 42]\n{'sum': 1.6}\n"),
        ("iterator_generator.py", "[0 1] 3.0\n[2 3] 11.0\n(2,) True 5\n"),
        ("summary_saver.py", "ckpt/model-5 [1.0, 2.0] 1\n"),
        (
            "recurrent_names.py",
            "['outer/lstm/kernel:0', 'outer/lstm/recurrent_kernel:0', 'outer/lstm/bias:0']\n"
            "['outer/rnn/kernel:0', 'outer/rnn/recurrent_kernel:0', 'outer/rnn/bias:0', "
            "'outer/rnn/kernel_1:0', 'outer/rnn/recurrent_kernel_1:0', 'outer/rnn/bias_1:0']\n"
            "['outer/lstm/bias', 'outer/lstm/kernel', 'outer/lstm/recurrent_kernel']\n",
        ),
        ("eager_untold.py", "(4, 4, 3) 48.0 True\n6\n[0.0] [[2.0], [2.0]]\n"),
        ("old_keras.py", "(1, 2) 3\n[0] [[0.5 0.5]]\n"),
        (
            "keras_saves.py",
            "model.keras True [[3.0, 3.0]]\nmodel.h5 True [[3.0, 3.0]]\nmodel True [[3.0, 3.0]]\n"
            "net.weights.h5 dense [[3.0, 3.0]]\nnet.keras dense [[3.0, 3.0]]\n",
        ),
    ],
)
def test_program_prints_what_it_printed_and_nothing_else(run, script, output):
    done = run(script)
    assert (done.stdout, done.stderr, done.returncode) == (output, "", 0)


def test_keras_is_chosen_before_tensorflow_is_loaded(start):
    done = start("eager_keras.py")
    output = "[0.0, 1.0, 2.0]\n[3.0, 4.0, 5.0]\n[[2.0]]\n"
    assert (done.stdout, done.stderr, done.returncode) == (output, "", 0)


@pytest.mark.parametrize(
    ("options", "kinds"),
    [
        ((), "IdentityN QueueDequeueManyV2"),
        (("--engine", "queues"), "QueueDequeueManyV2 QueueDequeueManyV2"),
    ],
)
def test_the_engine_serves_the_batchers_that_it_can(run, options, kinds):
    done = run("batched.py", options=options)
    assert (done.stdout, done.stderr) == (f"{kinds}\n[0 1] [1 2]\n", "")


def test_a_batcher_that_the_engine_cannot_serve_is_named(run):
    done = run("batched.py", options=("--engine", "tf.data"))
    assert done.returncode == 1
    assert "Placeholder" in done.stderr
    assert "its value is fed" in done.stderr


def test_python_2_program(run):
    done = run("python2_rnn.py")
    assert done.stdout == "a 1 True\ncaught bad\n{'a': 1} [0, 1, 2]\n(3, 5, 4)\n", done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("graphkit: python2_rnn.py: Python 2 (")


def test_a_test_program_has_its_old_assertions(run):
    done = run("old_assertions.py")
    assert (done.stdout, done.returncode) == ("tested\n", 0)
    assert "Ran 2 tests" in done.stderr


def test_keras_prints_its_old_tables(run):
    recorded = (ROOT / "tests" / "golden" / "keras_summary.txt").read_text()
    assert run("keras_summary.py").stdout == recorded


def test_whole_floats_are_dimensions(run):
    error = "ValueError Error converting shape to a TensorShape: "
    assert run("float_shapes.py").stdout.splitlines() == [
        "(?, 8) (4, 3) (2, 4) True [2]",
        f"{error}Ambiguous dimension: 3.5.",
        f"{error}cannot convert float NaN to integer.",
        f"{error}Dimension -2 must be >= 0.",
    ]


def test_a_program_logs_as_it_did(run):
    done = run("logs.py")
    assert done.stdout == "True\n"
    assert done.stderr == "WARNING:tensorflow:the learning rate is 0.5\nINFO:tensorflow:step 3\n"


def test_a_notebook_hears_what_a_prompt_heard(run, tmp_path):
    cell = {"cell_type": "code", "source": (SCRIPTS / "logs.py").read_text()}
    (tmp_path / "notes.ipynb").write_text(json.dumps({"cells": [cell], "nbformat": 4}))
    done = run("logs.py", program="notes.ipynb")
    assert done.stdout == "False\n"
    assert done.stderr.splitlines()[0] == "INFO:tensorflow:not shown"


def test_windows_become_files(run, tmp_path):
    done = run("windows.py")
    assert done.stdout == "True\n", done.stderr
    assert done.stderr.splitlines() == [
        "graphkit: no display: cv2.imshow('image') wrote logs/windows-001.png",
        "graphkit: no display: cv2.imshow('noise') wrote logs/windows-002.png",
    ]
    assert len(list((tmp_path / "logs").iterdir())) == 2


def test_nothing_waits_where_the_user_names_the_backend(run, tmp_path):
    pytest.importorskip("matplotlib")
    done = run("named_backend.py", MPLBACKEND="Agg")
    assert done.stdout == "backend Agg open [1]\n", done.stderr
    assert "no display: plt.show() wrote logs/named_backend-001.png" in done.stderr
    assert [path.name for path in (tmp_path / "logs").iterdir()] == ["named_backend-001.png"]


def test_flags_and_exit_code_belong_to_the_program(run):
    done = run("flags_and_app.py", "--batch_size=64", "--name", "x y", "--fast", "--", "rest")
    assert (done.stdout, done.stderr, done.returncode) == ("64 x y True 3\n", "", 6)


def test_a_failure_in_tensorflow_shows_the_programs_lines(run):
    done = run("fails_shape.py")
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert lines[:3] == [
        "Traceback (most recent call last):",
        '  File "fails_shape.py", line 10, in <module>',
        "    network(tf.placeholder(tf.float32, [None, 4]))",
    ]
    assert '  File "fails_shape.py", line 7, in network' in lines
    assert "Dimensions must be equal, but are 4 and 5" in lines[-1]
    assert "site-packages" not in done.stderr
    assert "site-packages" in run("fails_shape.py", options=["--traceback"]).stderr


def test_a_known_failure_is_explained(run):
    done = run("fails_uninitialized.py")
    assert done.returncode == 1
    assert "graphkit: a variable is read before it has a value\n" in done.stderr
    assert "what helps: run tf.global_variables_initializer()" in done.stderr
    assert "Original stack trace" not in done.stderr


def test_a_session_that_waits_for_ever_says_so(run):
    done = run("waits_for_ever.py")
    assert done.returncode == 3
    place = "(built at waits_for_ever.py:"
    assert f"graphkit: the session has waited 10 s for the queue 'files' {place}" in done.stderr
    assert "): its runner was never started; call tf.train.start_queue_runners(" in done.stderr


def test_the_error_of_a_reading_thread_is_told_as_the_cause(run):
    done = run("bad_record.py", options=("--engine", "queues"))
    assert done.returncode == 1
    assert "is closed and has insufficient elements" in done.stderr
    assert "a reading thread had ended with" in done.stderr
    assert "corrupted record at 0" in done.stderr
    assert f"the cause\ngraphkit: {DAMAGED_RECORD}\n" in done.stderr


def test_the_error_of_a_pipeline_is_that_of_the_step_that_needs_it(run):
    done = run("bad_record.py")
    assert done.returncode == 1
    assert "insufficient elements" not in done.stderr
    assert "corrupted record at 0" in done.stderr
    assert f"graphkit: {DAMAGED_RECORD}\n" in done.stderr


def test_the_mode_can_be_chosen(run):
    assert "use --mode v2" in run("eager_keras.py", options=["--mode", "v1"]).stderr


def test_the_log_is_shown_when_asked(start):
    assert "oneDNN" in start("queues_end.py", options=["--verbose"]).stderr


@pytest.fixture
def old_library(tmp_path):
    """A library written for TensorFlow 1, installed."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    (folder / "oldlibrary.py").write_text(
        "import tensorflow as tf\n"
        "import tensorflow.contrib.layers as layers\n"
        "def doubled(x):\n"
        "    return 2.0 * tf.placeholder_with_default(x, [], name='x')\n"
    )
    return str(folder)


def test_a_library_written_for_tensorflow_1_is_named(run, old_library):
    done = run("uses_old_library.py", PYTHONPATH=old_library)
    assert done.returncode == 1
    assert done.stderr.endswith(
        "ModuleNotFoundError: No module named 'tensorflow.contrib'\n"
        "graphkit: the installed library oldlibrary was written for TensorFlow 1\n"
        "          what helps: graphkit run --old-library oldlibrary\n"
    )


def test_a_library_written_for_tensorflow_1_works_when_it_is_named(run, old_library):
    done = run(
        "uses_old_library.py", PYTHONPATH=old_library, options=("--old-library", "oldlibrary")
    )
    assert (done.stdout, done.stderr, done.returncode) == ("6.0\n", "", 0)


def test_ctrl_c_ends_a_program_that_waits_on_an_empty_queue(tmp_path, warm):
    shutil.copy(SCRIPTS / "empty_queue.py", tmp_path)
    with warm.start(COMMAND, "run", "empty_queue.py", folder=tmp_path) as process:
        assert process.wait_for_line() == "ready"
        process.send_signal(signal.SIGINT)
        done = process.finished()
    assert done.returncode == -signal.SIGINT
    lines = done.stderr.splitlines()
    assert lines[0] == "graphkit: Ctrl-C: the session was waiting for 'never_filled'; it is closed"
    assert '  File "empty_queue.py", line 16, in <module>' in lines
    assert lines[-1] == "KeyboardInterrupt"


def test_a_report_says_which_names_were_used_where(run, tmp_path):
    done = run("slim_and_layers.py", options=["--report", "names.html"])
    assert (done.stderr, done.returncode) == ("", 0)
    page = (tmp_path / "names.html").read_text()
    lines = (SCRIPTS / "slim_and_layers.py").read_text().splitlines()
    opened = next(number for number, line in enumerate(lines, 1) if "tf.Session" in line)
    assert f"<tr><td>tf.Session<td><td>slim_and_layers.py:{opened}\n" in page
    rows = [row.split("<td>")[1:] for row in page.splitlines() if "<td>" in row]
    restored = {name: kind for name, kind, _used in rows}
    assert restored["tf.contrib.slim"] == "restored"
    assert restored["tf.global_variables_initializer"] == ""
    assert [name for name, _kind, _used in rows] == sorted(restored)


def test_a_report_into_no_folder_is_wrong_use(run):
    done = run("slim_and_layers.py", options=["--report", "gone/names.html"])
    assert (done.stdout, done.returncode) == ("", 2)
    assert "report must be a file in a folder that exists" in done.stderr
    assert "Traceback" not in done.stderr
