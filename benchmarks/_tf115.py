"""The Python 3.7 that runs TensorFlow 1.15.5: found, or made once in the repository."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

__all__ = ["ENVIRONMENT", "REQUIREMENTS", "Unavailable", "find_or_make", "probe"]

ENVIRONMENT = Path(__file__).parents[1] / ".venv-tf115"
REQUIREMENTS = (
    "tensorflow==1.15.5",
    "protobuf<3.21",
    "numpy<1.19",
    "opencv-python-headless<5",
)
_PROBE = "import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 7))"
_SEARCHED = "python3.7 on PATH, ~/.pyenv/versions/3.7*"
_PROBE_SECONDS = 60
_INSTALL_SECONDS = 1800


class Unavailable(Exception):
    """There is no TensorFlow 1.15.5 to compare with; the message says why."""


def find_or_make(folder: Path = ENVIRONMENT, say: Callable[[str], None] = print) -> Path:
    """Returns the Python of the environment in `folder`, making it when it is not there whole.

    Args:
        folder: The virtual environment.
        say: Called with one line before the installation.

    Raises:
        Unavailable: No Python 3.7 was found, or the installation failed.
    """
    python, mark, wanted = folder / "bin" / "python", folder / ".complete", "\n".join(REQUIREMENTS)
    if mark.exists() and mark.read_text() == wanted:
        return python
    maker = next((str(c) for c in _candidates() if _succeeds([str(c), "-c", _PROBE])), None)
    if maker is None:
        raise Unavailable(f"no Python 3.7 that runs (looked for {_SEARCHED})")
    say(f"installing TensorFlow 1.15.5 for {maker} into {folder} (once only) ...")
    _run([maker, "-m", "venv", "--clear", str(folder)])
    # Wheels of OpenCV only: its newest releases for Python 3.7 would be compiled for an hour.
    options = ["--quiet", "--disable-pip-version-check", "--only-binary", "opencv-python-headless"]
    _run([str(python), "-m", "pip", "install", *options, *REQUIREMENTS])
    probe(python)
    mark.write_text(wanted)
    return python


def probe(python: Path) -> None:
    """Checks that `python` runs and imports TensorFlow 1.15.

    Raises:
        Unavailable: It does not.
    """
    found = _run([str(python), "-c", "import tensorflow; print(tensorflow.__version__)"])
    if not found.startswith("1.15"):
        raise Unavailable(f"{python} has TensorFlow {found}, not 1.15")


def _candidates() -> Iterator[Path]:
    on_path = shutil.which("python3.7")
    if on_path:
        yield Path(on_path)
    yield from sorted(Path.home().glob(".pyenv/versions/3.7*/bin/python3.7"), reverse=True)


def _succeeds(command: list[str]) -> bool:
    """Whether the command runs: a pyenv shim on PATH exists even where its Python does not."""
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_PROBE_SECONDS)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def _run(command: list[str]) -> str:
    """Runs the command and returns the last line it printed.

    Raises:
        Unavailable: It failed.
    """
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_INSTALL_SECONDS)
    except (OSError, subprocess.SubprocessError) as failure:
        raise Unavailable(str(failure)) from failure
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise Unavailable(f"`{' '.join(command[:4])} ...` failed: {lines[-1]}")
    return (done.stdout.strip().splitlines() or [""])[-1]
