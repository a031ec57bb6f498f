"""The table of workloads: what each is called, which file it is, and how much work a run does."""

from __future__ import annotations

from dataclasses import dataclass

from graphkit.errors import UnknownNameError

__all__ = ["PLAIN_SIDES", "WORKLOADS", "Workload", "chosen"]

PLAIN_SIDES = ("tf115", "compat", "graphkit")


@dataclass(frozen=True)
class Workload:
    """One workload and its sides."""

    name: str
    module: str
    """File in `benchmarks/workloads/`, without `.py`."""
    unit: str
    """`s` for seconds per item, where less is better; anything else is items per second."""
    work: int
    """Items per run."""
    quick_work: int
    about: str
    threads: int = 1
    more_sides: tuple[str, ...] = ()
    """Further ways of graphkit or today's TensorFlow, measured beside the plain ones."""

    @property
    def sides(self) -> tuple[str, ...]:
        """Every side, in the order they run."""
        return PLAIN_SIDES + self.more_sides

    def figure(self, done: int, seconds: float) -> float:
        """What the table shows for `done` items in `seconds`."""
        return seconds / done if self.unit == "s" else done / seconds

    def times_as_fast(self, figure: float, other: float) -> float:
        """How many times as fast `figure` is as `other`; above 1 is faster, whatever the unit."""
        return other / figure if self.unit == "s" else figure / other


def _read(threads: int) -> Workload:
    name = f"read-{threads}"
    about = (
        f"TFRecord -> shuffle_batch(128, num_threads={threads}) -> parse -> decode, 3 KB records"
    )
    return Workload(
        name,
        "read_records",
        "records/s",
        200_000,
        5_000,
        about,
        threads,
        ("graphkit record_batch", "graphkit tf.data", "compat tf.data"),
    )


def _augment(threads: int) -> Workload:
    about = f"TFRecord -> parse -> flip -> brightness -> shuffle_batch(128, num_threads={threads})"
    return Workload(
        f"augment-{threads}",
        "augment_records",
        "records/s",
        50_000,
        3_000,
        about,
        threads,
        ("graphkit tf.data", "compat tf.data"),
    )


WORKLOADS = (
    Workload("pack", "pack", "images/s", 10_000, 500, "32x32x3 JPEG tree -> one TFRecord file"),
    _read(1),
    _read(4),
    _augment(1),
    _augment(4),
    Workload("tiny-run", "tiny_run", "runs/s", 30_000, 500, "Session.run of a graph of two ops"),
    Workload("lenet-step", "lenet_step", "steps/s", 400, 20, "LeNet-5, 28x28, batch 64, Adam"),
    Workload(
        "import",
        "import_time",
        "s",
        3,
        1,
        "a fresh Python importing TensorFlow or graphkit",
        more_sides=("graphkit --help", "graphkit with TensorFlow"),
    ),
    Workload("program", "program", "s", 3, 1, "a whole short program; graphkit: graphkit run"),
)


def chosen(names: list[str]) -> list[Workload]:
    """The workloads of these names, in the table's order; all of them for no names.

    Raises:
        UnknownNameError: There is no workload of a name.
    """
    known = {workload.name: workload for workload in WORKLOADS}
    for name in names:
        if name not in known:
            raise UnknownNameError("workload", name, known)
    return [workload for workload in WORKLOADS if not names or workload.name in names]
