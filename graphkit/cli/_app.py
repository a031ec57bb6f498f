"""The command group and the one place where errors become exit codes and lines on stderr."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from graphkit import __version__
from graphkit.cli._bench import bench
from graphkit.cli._board import board
from graphkit.cli._checkpoint import checkpoint
from graphkit.cli._convert import convert
from graphkit.cli._demo import demo
from graphkit.cli._diff import diff
from graphkit.cli._freeze import freeze
from graphkit.cli._infer import infer
from graphkit.cli._inspect import inspect
from graphkit.cli._records import records
from graphkit.cli._run import run
from graphkit.cli._transform import transform
from graphkit.cli._view import view
from graphkit.errors import GraphkitError

_INTERRUPTED = 130  # 128 + SIGINT, as shells count it
_FAILURE = 1


def _set_log_level(_context: click.Context, _option: click.Parameter, verbose: bool) -> None:
    if verbose:
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "0"


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="graphkit %(version)s")
@click.option(
    "--verbose",
    is_flag=True,
    expose_value=False,
    callback=_set_log_level,
    help="Show TensorFlow's own log, start-up messages included.",
)
@click.pass_context
def app(context: click.Context) -> None:
    """TensorFlow 1 graphs and sessions on today's TensorFlow.

    Exit codes: 0 done, 1 failed, 2 wrong use, 130 interrupted.
    """
    if context.invoked_subcommand != run.name:  # whose objects at the end are the program's
        # Python would walk all of TensorFlow's objects once more, for longer than most commands.
        atexit.register(gc.freeze)


for _command in (
    bench,
    board,
    checkpoint,
    convert,
    demo,
    diff,
    freeze,
    infer,
    inspect,
    records,
    run,
    transform,
    view,
):
    app.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs the command line and exits with its code.

    Args:
        arguments: What follows the program's name; `sys.argv` unless given.

    Raises:
        SystemExit: Always; 0 done, 1 failed, 2 wrong use, 130 interrupted.
    """
    try:
        app.main(args=arguments, prog_name="graphkit", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        _report(f"{_command_path(error)}: {error.format_message()}")
        sys.exit(error.exit_code)
    except GraphkitError as error:
        _report(f"graphkit: {error}")
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of a pipe (`| head`) went away; what is left unwritten is not an error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(_FAILURE)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        _report(f"graphkit: {place}{error.strerror or error}")
        sys.exit(_FAILURE)
    except (KeyboardInterrupt, click.Abort):
        _report("graphkit: interrupted")
        sys.exit(_INTERRUPTED)
    sys.exit(0)


def _report(message: str) -> None:
    click.echo(message, err=True)


def _command_path(error: click.ClickException) -> str:
    """Names the sub-command a usage error belongs to: `graphkit records pack`."""
    context = getattr(error, "ctx", None)
    return context.command_path if context is not None else "graphkit"
