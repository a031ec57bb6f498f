"""Whole programs in a process of their own: quiet ends, Ctrl-C, and a run killed half-way."""

import os
import signal
import subprocess
import sys
import textwrap

import pytest

PREAMBLE = """
import sys
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


def start(body, folder):
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", program(body), str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={key: value for key, value in os.environ.items() if key != "TF_CPP_MIN_LOG_LEVEL"},
        # A shell that runs the tests in the background has them ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def finish(process):
    try:
        out, err = process.communicate(timeout=120)
    finally:
        process.kill()
    return process.returncode, out, err


@pytest.mark.parametrize(
    "body",
    [
        """
        with SessionRunner(graph) as runner:
            runner.run("batch")
        """,
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
def test_program_ends_without_a_word(tmp_path, body):
    assert finish(start(body, tmp_path)) == (0, "", "")


def test_runner_left_open_does_not_hang_the_end(tmp_path):
    code, out, _ = finish(
        start('SessionRunner(graph).__enter__().run("batch"); print("end")', tmp_path)
    )
    assert (code, out) == (0, "end\n")


def test_ctrl_c_saves_and_ends_with_keyboard_interrupt(tmp_path):
    process = start(
        """
        with SessionRunner(graph, checkpoint_dir=folder) as runner:
            for step in runner.steps("train"):
                if step.step == 10:
                    print("ready", flush=True)
        """,
        tmp_path,
    )
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    code, out, err = finish(process)
    assert code == -signal.SIGINT
    assert out == ""
    assert err.rstrip().endswith("KeyboardInterrupt")
    assert "QueueRunner" not in err
    (index,) = tmp_path.glob("*.index")
    assert int(index.stem.split("-")[1]) >= 10


def test_killed_run_is_resumed_where_its_last_checkpoint_stood(tmp_path):
    process = start(
        """
        with SessionRunner(graph, checkpoint_dir=folder) as runner:
            for step in runner.steps("train", checkpoint_every=5):
                if step.step == 12:
                    print("ready", flush=True)
        """,
        tmp_path,
    )
    assert process.stdout.readline() == "ready\n"
    process.kill()
    assert finish(process)[0] == -signal.SIGKILL
    code, out, err = finish(
        start(
            """
            with SessionRunner(graph, checkpoint_dir=folder, resume=True) as runner:
                begin, total = runner.run(["global_step", "total"])
                last = [step.step for step in runner.steps("train", num_steps=3)][-1]
                print(begin % 5, begin >= 10, total == 4 * begin, last - begin)
            """,
            tmp_path,
        )
    )
    assert (code, out, err) == (0, "0 True True 3\n", "")
