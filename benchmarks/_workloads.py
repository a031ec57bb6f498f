"""The table of workloads: what each is called, which file it is, and how much work a run does."""

from __future__ import annotations

from dataclasses import dataclass

from graphkit.errors import UnknownNameError

__all__ = ["PLAIN_SIDES", "WORKLOADS", "Workload", "chosen"]

PLAIN_SIDES = ("tf115", "compat", "graphkit")
_READ_SECONDS = 3.0


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
    seconds: float = 0.0
    """How long a run reads at least, so that one of millions of items a second can be timed."""
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


_ENGINES = ("graphkit tf.data calling thread", "graphkit tf.data", "compat tf.data")


def _reads(
    name: str,
    module: str,
    work: int,
    about: str,
    *,
    threads: int = 1,
    unit: str = "records/s",
    more_sides: tuple[str, ...] = (),
) -> Workload:
    """A workload that reads with so many threads in front of the batcher."""
    named = f"{name}-{threads}"
    said = f"{about}, num_threads={threads}"
    quick = work // 20
    sides = (*more_sides, *_ENGINES)
    return Workload(named, module, unit, work, quick, said, threads, _READ_SECONDS, sides)


def _read(threads: int) -> Workload:
    about = "TFRecords of 3 KB -> shuffle_batch(128) -> parse -> decode"
    more = ("graphkit record_batch",)
    return _reads("read", "read_records", 20_000, about, threads=threads, more_sides=more)


def _augment(threads: int) -> Workload:
    about = "TFRecords of 3 KB -> parse -> flip -> brightness -> shuffle_batch(128)"
    return _reads("augment", "augment_records", 10_000, about, threads=threads)


def _images(threads: int) -> Workload:
    about = "JPEG files of 256x256 -> decode -> resize to 224x224 -> batch(32)"
    return _reads("images", "read_images", 1_000, about, threads=threads, unit="images/s")


def _rows(threads: int) -> Workload:
    about = "slice_input_producer of 1,000,000 rows of 8 floats -> batch(256)"
    more = ("compat tf.data by row, plain", "compat tf.data by row")
    return _reads("rows", "rows", 20_000, about, threads=threads, unit="rows/s", more_sides=more)


def _lines(threads: int) -> Workload:
    about = "text lines of 11 columns -> decode_csv -> batch(128)"
    return _reads("lines", "read_lines", 10_000, about, threads=threads, unit="lines/s")


def _cifar(threads: int) -> Workload:
    about = "CIFAR-10's binary records of 3 KB -> decode_raw -> batch(128)"
    return _reads("cifar", "read_cifar", 10_000, about, threads=threads)


def _buckets(threads: int) -> Workload:
    about = "TFRecords of 1 to 60 words -> parse -> bucket_by_sequence_length, batches of 32"
    return _reads("buckets", "read_buckets", 10_000, about, threads=threads)


def _singly() -> Workload:
    about = "TFRecords of 3 KB -> decode -> a session, one record each step"
    unit, work = "records/s", 10_000
    return Workload("singly", "read_singly", unit, work, 500, about, 1, _READ_SECONDS, _ENGINES)


def _steps(name: str, module: str, unit: str, work: int, quick: int, about: str) -> Workload:
    """A workload of steps of a network, or of what a step costs without one."""
    more = ("graphkit calling thread",)
    return Workload(name, module, unit, work, quick, about, more_sides=more)


_READERS = (_read, _augment, _images, _rows, _lines, _cifar, _buckets)
WORKLOADS = (
    Workload("pack", "pack", "images/s", 10_000, 500, "32x32x3 JPEG tree -> one TFRecord file"),
    *(make(threads) for make in _READERS for threads in (1, 4)),
    _singly(),
    _steps("tiny-run", "tiny_run", "runs/s", 30_000, 500, "Session.run of a graph of two ops"),
    _steps("lenet-step", "lenet_step", "steps/s", 400, 20, "LeNet-5, 28x28, batch 64, Adam"),
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
