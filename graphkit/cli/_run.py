"""`graphkit run`: an unmodified TensorFlow 1 program on today's TensorFlow."""

from __future__ import annotations

from pathlib import Path

import click

from graphkit.cli import _parse

__all__ = ["run"]

_MODES = ("auto", "v1", "v2")
_ENGINES = ("auto", "queues", "tf.data")


@click.command(
    context_settings={"allow_interspersed_args": False},
    options_metavar="[OPTIONS]",
)
@click.option("-m", "as_module", is_flag=True, help="PROGRAM is a module, as in `python -m`.")
@click.option(
    "--mode",
    type=click.Choice(_MODES),
    default="auto",
    show_default=True,
    help="Which TensorFlow the program was written for; auto tells from the names it uses.",
)
@click.option("--traceback", is_flag=True, help="Show every frame of a failure.")
@click.option("--allow-pickle", is_flag=True, help="Let np.load unpickle objects.")
@click.option(
    "--bundled-digits", is_flag=True, help="For MNIST, use the digits that come with graphkit."
)
@click.option(
    "--old-library",
    "old_libraries",
    multiple=True,
    metavar="NAME",
    help="An installed library written for TensorFlow 1, to be treated as the program is.",
)
@click.option(
    "--report",
    type=_parse.Place(dir_okay=False),
    help="Write which names of TensorFlow were used where, and which were restored: .json, .html.",
)
@click.option(
    "--engine",
    type=click.Choice(_ENGINES),
    default="auto",
    show_default=True,
    help="What serves tf.train's batchers; auto takes tf.data for each pipeline that it can serve.",
)
@click.option(
    "--inter-op-threads",
    type=click.IntRange(min=-1),
    default=0,
    show_default=True,
    metavar="N",
    help="Threads that run ops side by side where the program does not say; -1 runs each in the "
    "thread that calls Session.run, faster for small steps; 0 leaves it to TensorFlow.",
)
@click.option(
    "--patient",
    is_flag=True,
    help="Let a session wait for ever on a queue that nobody fills, as in TensorFlow 1.",
)
@click.option("--verbose", is_flag=True, help="Show start-up messages and deprecation notes.")
@click.argument("program", nargs=-1, type=click.UNPROCESSED, metavar="PROGRAM [ARGS]...")
def run(
    as_module: bool,
    mode: str,
    traceback: bool,
    allow_pickle: bool,
    bundled_digits: bool,
    old_libraries: tuple[str, ...],
    report: Path | None,
    engine: str,
    inter_op_threads: int,
    patient: bool,
    verbose: bool,
    program: tuple[str, ...],
) -> None:
    """Run a TensorFlow 1 program as it is: a script, a notebook, -m and a module, - for stdin.

    Everything after PROGRAM belongs to the program, which sees itself as `__main__`. Its exit code
    is the command's.
    """
    from graphkit.port import RunOptions, run_program

    if not program:
        raise click.UsageError("name a script, a notebook, or -m and a module")
    run_program(
        program[0],
        program[1:],
        RunOptions(
            mode=mode,
            verbose=verbose,
            traceback=traceback,
            allow_pickle=allow_pickle,
            bundled_digits=bundled_digits,
            old_libraries=old_libraries,
            report=report.resolve() if report else None,
            engine=engine,
            patient=patient,
            inter_op_threads=inter_op_threads,
        ),
        as_module=as_module,
        say=lambda line: click.echo(f"graphkit: {line}", err=True),
    )
