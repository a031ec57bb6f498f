"""Files of one image each, on tf.data: read and decoded in parallel, delivered in their order."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from engine_pipelines import delivered

from graphkit import readers
from graphkit._tf import tf

ENGINES = ("queues", "tf.data")
IMAGES = np.random.default_rng(3).integers(0, 256, (12, 6, 4, 3), np.uint8)


def _png(image):
    """The bytes of an image as PNG: a header, the lines zipped, an end."""
    height, width, _ = image.shape
    lines = b"".join(b"\0" + line.tobytes() for line in image)
    parts = {
        b"IHDR": struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0),
        b"IDAT": zlib.compress(lines),
        b"IEND": b"",
    }
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts.items()
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    for number, image in enumerate(IMAGES):
        (folder / f"{number:02}.png").write_bytes(_png(image))
    return [str(path) for path in sorted(folder.iterdir())]


def _file(paths, **options):
    options = {"num_epochs": 1, "shuffle": False, **options}
    return readers.WholeFileReader().read(readers.string_input_producer(paths, **options))


def _pixels(content):
    return tf.reshape(tf.image.decode_png(content, channels=3), IMAGES.shape[1:])


def _run(engine, build):
    with tf.Graph().as_default() as graph, readers.engine(engine):
        batches = build()
        (report,) = readers.explain(graph)
        assert report.engine == engine
        of_batch = [op for op in graph.get_operations() if "batch" in op.name]
        return delivered(batches), {op.type for op in of_batch}


@pytest.mark.parametrize("engine", ENGINES)
def test_images_come_in_the_order_of_their_files(engine, paths):
    def build():
        key, content = _file(paths)
        return readers.batch([key, _pixels(content)], 5, allow_smaller_final_batch=True)

    found, _ = _run(engine, build)
    assert [len(keys) for keys, _ in found] == [5, 5, 2]
    assert [key.decode() for keys, _ in found for key in keys] == paths
    np.testing.assert_array_equal(np.concatenate([images for _, images in found]), IMAGES)


@pytest.mark.parametrize("engine", ENGINES)
def test_resized_images_have_the_means_of_their_corners(engine, paths):
    """Half the size by areas: each pixel is the mean of four."""

    def build():
        image = tf.expand_dims(tf.cast(_pixels(_file(paths)[1]), tf.float32), 0)
        return readers.batch([tf.image.resize_area(image, [3, 2])[0]], 4)

    found, _ = _run(engine, build)
    wanted = IMAGES.reshape(12, 3, 2, 2, 2, 3).astype(np.float64).mean((2, 4))
    np.testing.assert_allclose(np.concatenate(found), wanted, rtol=1e-6)


def test_files_are_read_and_decoded_in_parallel_without_being_asked(paths):
    def build():
        return readers.batch([_pixels(_file(paths)[1])], 4, num_threads=1)

    found, types = _run("tf.data", build)
    assert len(found) == 3
    assert "ParallelMapDatasetV2" in types
    assert "FlatMapDataset" not in types


def test_a_file_is_read_in_the_step_that_decodes_it(paths):
    with tf.Graph().as_default() as graph, readers.engine("tf.data"):
        readers.batch([_pixels(_file(paths)[1])], 4)
        of_batch = [op for op in graph.get_operations() if "batch" in op.name]
        steps = [op for op in of_batch if op.type == "ParallelMapDatasetV2"]
    assert len(steps) == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_every_image_comes_once_an_epoch_when_shuffled(engine, paths):
    def build():
        key, content = _file(paths, num_epochs=3, shuffle=True, seed=1)
        return readers.shuffle_batch([key, _pixels(content)], 6, 30, 12, seed=2)

    found, _ = _run(engine, build)
    keys = [key.decode() for batch, _ in found for key in batch]
    assert sorted(keys) == sorted(paths * 3)
    assert keys != paths * 3
    for names, images in found:
        numbers = [paths.index(name.decode()) for name in names]
        np.testing.assert_array_equal(images, IMAGES[numbers])


@pytest.mark.parametrize("engine", ENGINES)
def test_several_readers_share_the_files(engine, paths):
    def build():
        queue = readers.string_input_producer(paths, num_epochs=1, shuffle=False)
        pairs = [list(readers.WholeFileReader().read(queue)) for _ in range(3)]
        return readers.batch_join([[key, _pixels(content)] for key, content in pairs], 4)

    found, _ = _run(engine, build)
    keys = [key.decode() for batch, _ in found for key in batch]
    assert sorted(keys) == paths
    images = np.concatenate([images for _, images in found])
    np.testing.assert_array_equal(images, IMAGES[[paths.index(key) for key in keys]])


@pytest.mark.parametrize("engine", ENGINES)
def test_many_files_at_a_time_are_one_record_each(engine, paths):
    def build():
        queue = readers.string_input_producer(paths, num_epochs=1, shuffle=False)
        keys, contents = readers.WholeFileReader().read_up_to(queue, 5)
        sizes = tf.strings.length(contents)
        return readers.batch([keys, sizes], 6, enqueue_many=True)

    found, _ = _run(engine, build)
    assert [key.decode() for keys, _ in found for key in keys] == paths
    wanted = [len(_png(image)) for image in IMAGES]
    assert np.concatenate([sizes for _, sizes in found]).tolist() == wanted


def test_how_many_files_a_step_takes_at_a_time_is_what_the_queues_take(paths):
    def build():
        queue = readers.string_input_producer(paths, num_epochs=1, shuffle=False)
        keys, _ = readers.WholeFileReader().read_up_to(queue, 5)
        return readers.batch([tf.size(keys)], 2, allow_smaller_final_batch=True)

    wanted, _ = _run("queues", build)
    found, _ = _run("tf.data", build)
    assert np.concatenate(found).tolist() == np.concatenate(wanted).tolist()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_file_that_is_no_image_is_an_error(engine, paths, tmp_path):
    (tmp_path / "text.png").write_text("no image")

    def build():
        names = [*paths[:3], str(tmp_path / "text.png")]
        return readers.batch([_pixels(_file(names)[1])], 4)

    expected = tf.errors.InvalidArgumentError
    if engine == "queues":  # the thread that fills the batcher's queue ends
        expected = (tf.errors.InvalidArgumentError, tf.errors.OutOfRangeError)
    with tf.Graph().as_default(), readers.engine(engine), pytest.raises(expected):
        batch = build()
        with tf.train.MonitoredSession() as session:
            session.run(batch)
