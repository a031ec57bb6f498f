"""From CIFAR-10 pickles to an image tree to TFRecord shards, and back to arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphkit import readers, records
from graphkit._tf import Tensor, tf
from graphkit.graph import GraphBuilder
from graphkit.session import SessionRunner

__all__ = ["IMAGE_SHAPE", "DemoData", "image_batch", "prepare_data", "read_all"]

IMAGE_SHAPE = (32, 32, 3)
_TRAIN_SHARDS = 4

Progress = Callable[[int, "int | None"], None]


@dataclass(frozen=True)
class DemoData:
    """The record files of both splits and the class names their labels index."""

    train: list[Path]
    test: list[Path]
    classes: list[str]
    train_records: int


def prepare_data(source: Path | None, folder: Path, progress: Progress | None) -> DemoData:
    """Decodes a CIFAR-10 folder to images and packs them into shards.

    Args:
        source: A `cifar-10-batches-py` folder; the bundled digits in that layout when None.
        folder: Where images and shards are written.
        progress: Called with (done, total) images.

    Returns:
        Where the shards are.
    """
    batches = records.write_digits_as_cifar10(folder) if source is None else source
    images = folder / "image"
    records.to_image(batches, images, progress=progress)
    classes = records.read_cifar10(batches).classes
    packed = {
        split: records.pack_images(
            records.scan_images(images / split, classes=classes),
            folder / f"{split}.tfrecord",
            shards=shards,
            progress=progress,
        )
        for split, shards in (("train", _TRAIN_SHARDS), ("test", 1))
    }
    return DemoData(
        train=list(packed["train"].paths),
        test=list(packed["test"].paths),
        classes=classes,
        train_records=packed["train"].records,
    )


def image_batch(files: list[Path], batch_size: int, **options: Any) -> dict[str, Tensor]:
    """Queue readers over record files: `image` uint8 `[B, 32, 32, 3]` and `label` int64 `[B]`."""
    features = {
        "image": tf.io.FixedLenFeature([], tf.string),
        "label": tf.io.FixedLenFeature([], tf.int64),
    }
    return readers.record_batch(
        [str(file) for file in files],
        features,
        batch_size=batch_size,
        decode={"image": readers.DecodeRaw(tf.uint8, IMAGE_SHAPE)},
        **options,
    )


def read_all(files: list[Path], batch_size: int) -> Iterator[tuple[Any, Any]]:
    """Reads every record once, in order, through a graph of its own.

    Yields:
        Images uint8 `[B, 32, 32, 3]` and labels int64 `[B]`.
    """
    with GraphBuilder() as g:
        batch = image_batch(files, batch_size, shuffle=False, num_epochs=1)
    with SessionRunner(g) as runner:
        try:
            while True:
                values = runner.run(batch)
                yield values["image"], values["label"]
        except tf.errors.OutOfRangeError:
            return
