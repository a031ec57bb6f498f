"""`python -m benchmarks.steadiness`: what would grow with time, in small."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import steadiness

LINUX = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="needs Linux, which tells memory and threads"
)


@LINUX
@pytest.mark.parametrize("engine", ["queues", "tf.data"])
def test_sessions_leave_no_thread(engine):
    """One each would be eight; other tests of this process may let a pool of TensorFlow's grow."""
    assert steadiness.threads_left(engine, 8) < 8


@LINUX
@pytest.mark.parametrize("engine", ["queues", "tf.data"])
def test_epochs_do_not_add_up_in_memory(engine):
    """Each epoch holds 6 MB, so that epochs that are kept would show."""
    used = steadiness.memory_after_epochs(engine, epochs=6, records=2_000)
    assert len(used) == 6
    assert used[-1] - used[2] < 12 * 2**20


@pytest.mark.parametrize(("last", "good"), [(300, True), (370, False)])
def test_growth_in_the_last_half_is_a_failure(last, good, monkeypatch, capsys):
    used = [size * 2**20 for size in (100, 200, 300, 300, 300, 300, last)]
    monkeypatch.setattr(steadiness, "memory_after_epochs", lambda *_, **__: used)
    assert steadiness._epochs(True) == good
    assert f"{last} MB; +{last - 300} MB in the last half" in capsys.readouterr().out


def test_an_unknown_measure_is_refused(capsys):
    with pytest.raises(SystemExit) as raised:
        steadiness.main(["epoch"])
    assert raised.value.code == 2
    assert "no measure 'epoch'; there are epochs, sessions, images" in capsys.readouterr().err
