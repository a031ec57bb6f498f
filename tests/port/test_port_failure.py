"""A failure is told from the program's side, with cause and remedy where they are known."""

from __future__ import annotations

import json
import re
import threading
import types

import pytest

from graphkit.port._explanations import EXPLANATIONS, explain
from graphkit.port._failure import describe_failure, thread_reporter
from graphkit.port._reading_errors import forget_reading_errors


def failure(source, **names):
    """Runs source as a script of the user's and returns what it raised."""
    with pytest.raises(BaseException) as caught:
        exec(compile(source, "/home/me/train.py", "exec"), names)
    return caught.value, caught.value.__traceback__.tb_next


def test_own_frames_come_first_and_the_rest_is_counted():
    error, trace = failure("import json\n\njson.loads('{')", json=json)
    text = describe_failure(error, trace)
    assert text.startswith("Traceback (most recent call last):\n")
    assert 'File "/home/me/train.py", line 3' in text
    assert "decoder.py" not in text
    assert re.search(r"\(3 frames of installed packages left out; --traceback shows all\)", text)
    assert "json.decoder.JSONDecodeError: Expecting property name" in text


def test_all_frames_are_shown_when_asked():
    text = describe_failure(*failure("json.loads('{')", json=json), whole=True)
    assert "decoder.py" in text


def test_a_failure_without_installed_frames_has_no_count():
    text = describe_failure(*failure("1 / 0"))
    assert "left out" not in text
    assert text.endswith("ZeroDivisionError: division by zero\n")


def test_a_failure_in_installed_code_alone_counts_its_frames():
    error, trace = failure("json.loads('{')", json=json)
    text = describe_failure(error, trace.tb_next)
    assert text.startswith("Traceback (most recent call last):\n  (3 frames of installed")


def test_the_message_behind_tensorflows_report_is_shown():
    message = (
        "Graph execution error:\n\nDetected at node 'batch' defined at (most recent call last):\n"
        '  File "/home/me/train.py", line 8, in <module>\n'
        "Node: 'batch'\nFIFOQueue is closed\n\t [[{{node batch}}]]\n"
    )
    text = describe_failure(type("OpError", (Exception,), {})(message), None)
    assert "OpError: FIFOQueue is closed\n\t [[{{node batch}}]]\ngraphkit: the op was" in text


@pytest.fixture
def reading_failure():
    error = ValueError("bad record")
    report(error, "QueueRunnerThread-x")
    yield
    forget_reading_errors()


def test_the_error_of_a_reading_thread_is_the_cause(reading_failure):
    error = type("OutOfRangeError", (Exception,), {})("FIFOQueue is closed and has insufficient")
    assert "graphkit: a reading thread had ended with ValueError: bad record\n" in (
        describe_failure(error, None)
    )
    assert "reading thread" not in describe_failure(KeyError("x"), None)


def test_the_cause_is_named():
    text = describe_failure(*failure("raise ValueError('outer') from KeyError('inner')"))
    assert "ValueError: outer\n  because of KeyError: 'inner'\n" in text


def test_the_line_of_the_cause_is_named(tmp_path):
    source = (
        "try:\n    {}['inner']\nexcept KeyError as error:\n    raise ValueError('x') from error"
    )
    path = str(tmp_path / "train.py")
    with pytest.raises(ValueError, match="x") as caught:
        exec(compile(source, path, "exec"), {})
    text = describe_failure(caught.value, caught.tb)
    assert f"  because of KeyError: 'inner', at {path}:2\n" in text


def test_a_failure_without_a_message_has_no_colon():
    assert describe_failure(KeyboardInterrupt(), None).endswith("\nKeyboardInterrupt\n")


def test_a_syntax_error_shows_its_line(tmp_path):
    with pytest.raises(SyntaxError) as caught:
        compile("x = = 1\n", "/home/me/train.py", "exec")
    text = describe_failure(caught.value, None)
    assert 'File "/home/me/train.py", line 1' in text
    assert "SyntaxError: invalid syntax" in text


def test_the_trace_of_an_op_becomes_one_line():
    class OpError(Exception):
        """As TensorFlow raises it."""

    message = (
        "shapes do not match\n\nOriginal stack trace for 'MatMul':\n"
        '  File "/home/me/train.py", line 7, in <module>\n    y = tf.matmul(a, b)\n'
        f'  File "{json.__file__}", line 9, in matmul\n'
    )
    text = describe_failure(OpError(message), None)
    assert "Original stack trace" not in text
    assert "shapes do not match\ngraphkit: the op was built at /home/me/train.py:7\n" in text


@pytest.mark.parametrize(
    ("name", "message", "words"),
    [
        ("OutOfRangeError", "RandomShuffleQueue '_1' is closed and has insufficient", "epochs"),
        ("FailedPreconditionError", "Attempting to use uninitialized value w", "initializer"),
        ("RuntimeError", "Graph is finalized and cannot be modified.", "build that op once"),
        ("RuntimeError", "The Session graph is empty.  Add operations", "same"),
        ("RuntimeError", "tf.placeholder() is not compatible with eager execution.", "--mode v1"),
        ("AttributeError", "'Tensor' object has no attribute 'numpy'", "--mode v2"),
        ("ValueError", "'images' contains no shape.", "--mode v2"),
        ("ValueError", "you should specify the `steps_per_epoch` argument.", "--mode v2"),
        ("RuntimeError", "Dataset only supports Python-style iteration in eager mode", "v2"),
        ("NotFoundError", "Key conv1/w not found in checkpoint", "graphkit inspect"),
        ("DataLossError", "Unable to open table file m.ckpt.meta", ".index"),
        ("DataLossError", "corrupted record at 12", "graphkit records"),
        ("ValueError", "GraphDef cannot be larger than 2GB.", "placeholder"),
        ("ValueError", "Variable w already exists, disallowed.", "AUTO_REUSE"),
        ("ValueError", "NodeDef mentions attr 'explicit_paddings' not in Op<", "strip"),
        ("ValueError", "Input 0 was passed float from x incompatible with expected float_ref", "f"),
        ("InvalidArgumentError", "You must feed a value for placeholder tensor 'x'", "feed_dict"),
        ("InvalidArgumentError", "Cannot assign a device for operation v", "soft"),
        ("RuntimeError", "Attempted to use a closed Session.", "with tf.Session"),
        ("OverflowError", "Python integer 300 out of bounds for uint8", "astype"),
        ("ValueError", "Object arrays cannot be loaded when allow_pickle=False", "--allow-pickle"),
        ("UnicodeDecodeError", "'ascii' codec can't decode byte 0x8b", "latin1"),
        ("TclError", "no display name and no $DISPLAY environment variable", "xvfb"),
        ("ModuleNotFoundError", "No module named 'gym'", "pip"),
        ("URLError", "<urlopen error>", "another way"),
        ("DownloadError", "no network (MNIST is the four files a, b)", "--bundled-digits"),
        ("Exception", "URL fetch failure on https://x/mnist.npz: None", "--bundled-digits"),
        ("FileNotFoundError", "[Errno 2] No such file or directory: 'x'", "README"),
        ("FileNotFoundError", "data/iris.csv not found.", "README"),
        ("MemoryError", "", "batch"),
    ],
)
def test_every_known_class_is_explained(name, message, words):
    error = type(name, (Exception,), {})(message)
    row = explain(error)
    assert row is not None
    assert words in row.cause + row.remedy
    text = describe_failure(error, None)
    assert f"graphkit: {row.cause}\n          what helps: {row.remedy}\n" in text


def test_each_row_is_the_first_to_fit_its_own_example():
    assert len({row.cause for row in EXPLANATIONS}) == len(EXPLANATIONS) == 44


@pytest.mark.parametrize(
    "error", [ValueError("of my own"), ModuleNotFoundError("No module named 'tensorflow.x'")]
)
def test_an_unknown_failure_is_not_explained(error):
    assert explain(error) is None


def report(error, name="Thread-1", whole=False):
    lines = []
    thread = threading.Thread(name=name) if name else None
    failed = types.SimpleNamespace(exc_value=error, exc_traceback=None, thread=thread)
    thread_reporter(lines.append, whole)(failed)
    return "".join(lines)


def test_a_failed_thread_is_told():
    assert report(ValueError("x")).startswith("Exception in thread Thread-1:\nTraceback")
    assert report(ValueError("x"), name="").startswith("Exception in thread ?:")


class CancelledError(Exception):
    """As TensorFlow names it."""


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (None, "Thread-1"),
        (SystemExit(1), "Thread-1"),
        (CancelledError("Enqueue operation was cancelled"), "QueueRunnerThread-input-enqueue"),
        (RuntimeError("Attempted to use a closed Session."), "QueueRunnerThread-x"),
    ],
)
def test_threads_that_end_with_their_session_say_nothing(error, name):
    assert report(error, name) == ""


def test_other_failures_of_queue_threads_are_told(reading_failure):
    assert "bad record" in report(ValueError("bad record"), "QueueRunnerThread-x")


def test_one_installed_frame_is_one():
    text = describe_failure(*failure("json.loads(3)", json=json))
    assert "  (1 frame of installed packages left out; --traceback shows all)\n" in text
