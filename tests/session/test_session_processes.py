"""Whole programs in a process of their own: quiet ends, Ctrl-C, and a run killed half-way."""

import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from warm_process import plain_environment

ROOT = Path(__file__).parents[2]

PREAMBLE = """
import sys, warnings
warnings.simplefilter("error")
from graphkit._tf import tf
from graphkit.session import SessionRunner

folder = sys.argv[1]
graph = tf.Graph()
with graph.as_default():
    (number,) = tf.train.slice_input_producer([tf.range(100)], shuffle=True)
    batch = tf.train.shuffle_batch([number], 4, 100, 10, num_threads=4, name="batch")
    total = tf.get_variable("total", initializer=0)
    step = tf.train.get_or_create_global_step()
    with tf.control_dependencies([tf.assign_add(total, tf.size(batch))]):
        tf.group(tf.assign_add(step, 1), name="train")
"""


def program(body):
    return PREAMBLE + textwrap.dedent(body)


@pytest.fixture
def start(warm, tmp_path):
    def start_program(body):
        (tmp_path / "program.py").write_text(program(body))
        return warm.start(tmp_path / "program.py", tmp_path / "logs", folder=tmp_path)

    return start_program


@pytest.fixture
def run(start):
    def run_program(body):
        with start(body) as process:
            done = process.finished()
        return done.returncode, done.stdout, done.stderr

    return run_program


@pytest.mark.parametrize(
    "body",
    [
        """
        with SessionRunner(graph, checkpoint_dir=folder, log_dir=folder) as runner:
            for _ in runner.steps("train", max_steps=20):
                pass
        """,
        """
        runner = SessionRunner(graph, checkpoint_dir=folder)
        with runner:
            steps = runner.steps("train")
            next(steps)
            sys.exit(0)
        """,
    ],
)
def test_program_ends_without_a_word(run, body):
    assert run(body) == (0, "", "")


def test_started_program_ends_without_a_word(tmp_path):
    body = 'with SessionRunner(graph) as runner: runner.run("batch")'
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program(body), str(tmp_path)],
        capture_output=True,
        text=True,
        env=plain_environment(ROOT),
        timeout=120,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_runner_left_open_does_not_hang_the_end(run):
    code, out, _ = run('SessionRunner(graph).__enter__().run("batch"); print("end")')
    assert (code, out) == (0, "end\n")


def test_ctrl_c_saves_and_ends_with_keyboard_interrupt(start, tmp_path):
    with start(
        """
        with SessionRunner(graph, checkpoint_dir=folder) as runner:
            for step in runner.steps("train"):
                if step.step == 10:
                    print("ready", flush=True)
        """
    ) as process:
        assert process.wait_for_line() == "ready"
        process.send_signal(signal.SIGINT)
        done = process.finished()
    assert (done.returncode, done.stdout) == (-signal.SIGINT, "ready\n")
    assert done.stderr.rstrip().endswith("KeyboardInterrupt")
    assert "QueueRunner" not in done.stderr
    (index,) = (tmp_path / "logs").glob("*.index")
    assert int(index.stem.split("-")[1]) >= 10


def test_killed_run_is_resumed_where_its_last_checkpoint_stood(start, run):
    with start(
        """
        with SessionRunner(graph, checkpoint_dir=folder) as runner:
            for step in runner.steps("train", checkpoint_every=5):
                if step.step == 12:
                    print("ready", flush=True)
        """
    ) as process:
        assert process.wait_for_line() == "ready"
        process.kill()
        assert process.finished().returncode == -signal.SIGKILL
    code, out, err = run(
        """
        with SessionRunner(graph, checkpoint_dir=folder, resume=True) as runner:
            begin, total = runner.run(["global_step", "total"])
            last = [step.step for step in runner.steps("train", num_steps=3)][-1]
            print(begin % 5, begin >= 10, total == 4 * begin, last - begin)
        """
    )
    assert (code, out, err) == (0, "0 True True 3\n", "")
