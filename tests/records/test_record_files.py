"""Record files: written whole or not at all, read with every checksum, bounded in memory."""

from __future__ import annotations

import errno
import gc
import gzip
import os
import struct
import tracemalloc
import zlib

import google_crc32c
import pytest

from graphkit.errors import (
    ArgumentError,
    ArgumentTypeError,
    CorruptFileError,
    MissingFileError,
    UnsafeFileError,
)
from graphkit.records import RecordWriter, describe_records, iterate_records

RECORDS = [b"first", b"", b"the third record", bytes(range(256)) * 300]
FIRST_FRAME = 12 + len(b"first") + 4
COMPRESSIONS = ["", "GZIP", "ZLIB"]
INFLATE = {"": bytes, "GZIP": gzip.decompress, "ZLIB": zlib.decompress}
DEFLATE = {"": bytes, "GZIP": gzip.compress, "ZLIB": zlib.compress}


def checksum(data):
    """The masked checksum, written down from the format's description."""
    crc = google_crc32c.value(data)
    rotated = ((crc >> 15) | (crc << 17)) & 0xFFFFFFFF
    return struct.pack("<I", (rotated + 0xA282EAD8) & 0xFFFFFFFF)


def header(length):
    return struct.pack("<Q", length) + checksum(struct.pack("<Q", length))


def damage(path, offset):
    content = bytearray(path.read_bytes())
    content[offset] ^= 1
    path.write_bytes(bytes(content))


class TestWriter:
    @pytest.mark.parametrize("compression", COMPRESSIONS)
    def test_records_come_back(self, write_records, compression):
        path = write_records(*RECORDS, compression=compression)
        assert list(iterate_records(path)) == RECORDS

    def test_frame_is_length_checksum_data_checksum(self, write_records):
        expected = header(5) + b"first" + checksum(b"first")
        assert write_records(b"first").read_bytes() == expected

    def test_count_tells_how_many_were_written(self, tmp_path):
        with RecordWriter(tmp_path / "a") as writer:
            assert writer.count == 0
            writer.write(b"one")
            writer.write(b"two")
            assert writer.count == 2

    def test_file_has_its_name_only_after_close(self, tmp_path):
        path = tmp_path / "late.tfrecord"
        writer = RecordWriter(path)
        writer.write(b"x")
        assert not path.exists()
        writer.close()
        writer.close()
        assert os.listdir(tmp_path) == ["late.tfrecord"]

    def test_exception_leaves_the_earlier_file_and_no_part(self, write_records, tmp_path):
        path = write_records(b"old")
        with pytest.raises(RuntimeError, match="half way"), RecordWriter(path) as writer:
            writer.write(b"new")
            raise RuntimeError("half way")
        assert list(iterate_records(path)) == [b"old"]
        assert os.listdir(tmp_path) == [path.name]

    def test_writer_that_is_forgotten_leaves_nothing(self, tmp_path):
        writer = RecordWriter(tmp_path / "forgotten")
        writer.write(b"x")
        del writer
        gc.collect()
        assert os.listdir(tmp_path) == []

    def test_close_replaces_an_earlier_file(self, write_records):
        write_records(b"old")
        assert list(iterate_records(write_records(b"new"))) == [b"new"]

    def test_file_has_the_permissions_of_any_new_file(self, write_records, tmp_path):
        (tmp_path / "plain").touch()
        assert write_records(b"x").stat().st_mode == (tmp_path / "plain").stat().st_mode

    @pytest.mark.parametrize("record", ["text", bytearray(b"x"), None])
    def test_only_bytes_are_records(self, tmp_path, record):
        with RecordWriter(tmp_path / "a") as writer:
            with pytest.raises(
                ArgumentTypeError, match=rf"record must be bytes, got .*{type(record).__name__}"
            ):
                writer.write(record)
            assert writer.count == 0

    def test_write_after_close_is_refused(self, tmp_path):
        writer = RecordWriter(tmp_path / "a")
        writer.close()
        with pytest.raises(ArgumentError, match="written before close, got b'late'"):
            writer.write(b"late")

    def test_unknown_compression_is_refused(self, tmp_path):
        with pytest.raises(
            ArgumentError, match='compression must be "", "GZIP" or "ZLIB", got \'LZ4\''
        ):
            RecordWriter(tmp_path / "a", compression="LZ4")
        assert os.listdir(tmp_path) == []

    def test_absent_folder_is_named(self, tmp_path):
        with pytest.raises(
            MissingFileError, match="absent: folder does not exist; nothing was written"
        ):
            RecordWriter(tmp_path / "absent" / "a.tfrecord")

    def test_folder_is_no_file_to_write(self, tmp_path):
        with pytest.raises(MissingFileError, match="is a folder; a file was to be written there"):
            RecordWriter(tmp_path)

    @pytest.mark.parametrize("compression", COMPRESSIONS)
    def test_full_disk_is_told_with_the_path_asked_for(self, tmp_path, largest_file, compression):
        target = tmp_path / "a.tfrecord"
        with largest_file(1 << 17), pytest.raises(OSError, match="too large") as caught:
            _write_much(target, compression)
        assert (caught.value.errno, caught.value.filename) == (errno.EFBIG, str(target))
        assert os.listdir(tmp_path) == []

    def test_refused_name_is_the_one_asked_for(self, tmp_path):
        target = tmp_path / ("n" * 250)
        with pytest.raises(OSError, match="name too long") as caught:
            RecordWriter(target)
        assert caught.value.filename == str(target)


def _write_much(target, compression):
    with RecordWriter(target, compression=compression) as writer:
        for _ in range(40):
            writer.write(os.urandom(1 << 16))


class TestReader:
    def test_empty_file_holds_no_records(self, tmp_path):
        (tmp_path / "empty").touch()
        assert list(iterate_records(tmp_path / "empty")) == []

    @pytest.mark.parametrize("compression", ["GZIP", "ZLIB"])
    def test_compressed_streams_one_after_the_other_read_as_one(self, write_records, compression):
        first = write_records(b"one", name="1", compression=compression)
        second = write_records(b"two", name="2", compression=compression)
        first.write_bytes(first.read_bytes() + second.read_bytes())
        assert list(iterate_records(first)) == [b"one", b"two"]

    @pytest.mark.parametrize("length", [0x0178, 0x5E78, 0x9C78, 0xDA78])
    def test_length_that_looks_like_zlib_is_no_compression(self, write_records, length):
        path = write_records(bytes(length))
        assert path.read_bytes()[:1] == b"x"
        assert describe_records(path).compression == ""
        assert list(iterate_records(path)) == [bytes(length)]

    @pytest.mark.parametrize("length", [0x0178, 0x9C78])
    def test_damaged_header_that_looks_like_zlib_is_no_compression(self, write_records, length):
        path = write_records(bytes(length))
        damage(path, 8)
        with pytest.raises(CorruptFileError, match="byte 0: the checksum of this record's length"):
            list(iterate_records(path))

    @pytest.mark.parametrize(
        ("offset", "place", "reason"),
        [
            (0, 0, "the checksum of this record's length does not match"),
            (8, 0, "the checksum of this record's length does not match"),
            (12, 0, "the checksum of this record's 5 bytes does not match"),
            (FIRST_FRAME - 1, 0, "the checksum of this record's 5 bytes does not match"),
            (FIRST_FRAME, FIRST_FRAME, "the checksum of this record's length does not match"),
            (FIRST_FRAME + 12, FIRST_FRAME, "the checksum of this record's 0 bytes does not match"),
        ],
    )
    @pytest.mark.parametrize("compression", COMPRESSIONS)
    def test_damage_names_file_and_byte(
        self, tmp_path, write_records, offset, place, reason, compression
    ):
        path = write_records(*RECORDS)
        damage(path, offset)
        path.write_bytes(DEFLATE[compression](path.read_bytes()))
        with pytest.raises(
            CorruptFileError, match=f"data.tfrecord, byte {place}: {reason}"
        ) as caught:
            list(iterate_records(path, compression=compression))
        assert caught.value.offset == place

    @pytest.mark.parametrize("compression", COMPRESSIONS)
    @pytest.mark.parametrize(
        ("size", "place", "reason"),
        [
            (5, 0, "the file ends 5 bytes into a record's header"),
            (12, 0, "the file ends inside this record of 5 bytes"),
            (15, 0, "the file ends inside this record of 5 bytes"),
            (FIRST_FRAME - 2, 0, "the file ends inside this record of 5 bytes"),
            (FIRST_FRAME + 1, FIRST_FRAME, "the file ends 1 bytes into a record's header"),
        ],
    )
    def test_truncation_names_file_and_byte(self, write_records, compression, size, place, reason):
        path = write_records(*RECORDS)
        path.write_bytes(DEFLATE[compression](path.read_bytes()[:size]))
        with pytest.raises(CorruptFileError, match=f"byte {place}: {reason}"):
            list(iterate_records(path, compression=compression))

    def test_records_before_the_damage_are_given(self, write_records):
        path = write_records(*RECORDS)
        damage(path, FIRST_FRAME)
        records = iterate_records(path)
        assert next(records) == b"first"
        with pytest.raises(CorruptFileError, match=f"byte {FIRST_FRAME}"):
            next(records)

    @pytest.mark.parametrize("compression", ["GZIP", "ZLIB"])
    def test_cut_compressed_file_is_corrupt(self, write_records, compression):
        path = write_records(*RECORDS, compression=compression)
        path.write_bytes(path.read_bytes()[:-9])
        with pytest.raises(CorruptFileError, match="the file ends inside the compressed data"):
            list(iterate_records(path))

    @pytest.mark.parametrize("compression", ["GZIP", "ZLIB"])
    def test_damaged_compressed_file_is_corrupt(self, write_records, compression):
        path = write_records(*RECORDS, compression=compression)
        damage(path, -1 if compression == "ZLIB" else -5)
        with pytest.raises(
            CorruptFileError, match=r"the compressed data is damaged: .*incorrect data check"
        ):
            list(iterate_records(path))

    def test_wrongly_named_compression_is_corrupt(self, write_records):
        path = write_records(b"x")
        with pytest.raises(CorruptFileError, match="byte 0: the compressed data is damaged"):
            list(iterate_records(path, compression="GZIP"))

    def test_length_beyond_the_file_is_never_allocated(self, tmp_path):
        path = tmp_path / "liar"
        path.write_bytes(header(1 << 50) + b"short")
        with pytest.raises(
            CorruptFileError, match=f"byte 0: the file ends inside this record of {1 << 50} bytes"
        ):
            list(iterate_records(path, max_record_bytes=1 << 60))

    def test_compressed_length_beyond_the_file_is_never_allocated(self, tmp_path):
        path = tmp_path / "liar"
        path.write_bytes(zlib.compress(header(1 << 50) + b"short"))
        tracemalloc.start()
        with pytest.raises(CorruptFileError, match="the file ends inside this record"):
            list(iterate_records(path, max_record_bytes=1 << 60))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 4 << 20

    @pytest.mark.parametrize("compression", COMPRESSIONS)
    def test_longer_record_than_allowed_is_unsafe(self, write_records, compression):
        path = write_records(b"ok", b"x" * 101, compression=compression)
        records = iterate_records(path, max_record_bytes=100)
        assert next(records) == b"ok"
        with pytest.raises(
            UnsafeFileError, match="byte 18: this record has 101 bytes, allowed are 100"
        ):
            next(records)

    def test_decompression_bomb_stops_at_the_default_limit(self, tmp_path):
        packer = zlib.compressobj(9)
        bomb = packer.compress(header(257 << 20))
        bomb += b"".join(packer.compress(bytes(1 << 20)) for _ in range(257)) + packer.flush()
        (tmp_path / "bomb").write_bytes(bomb)
        tracemalloc.start()
        with pytest.raises(
            UnsafeFileError, match=f"has {257 << 20} bytes, allowed are {256 << 20}"
        ):
            list(iterate_records(tmp_path / "bomb"))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 4 << 20

    def test_absent_file_is_named_at_once(self, tmp_path):
        with pytest.raises(MissingFileError, match=r"absent\.tfrecord: does not exist"):
            iterate_records(tmp_path / "absent.tfrecord")

    def test_folder_is_named_at_once(self, tmp_path):
        with pytest.raises(MissingFileError, match="is a folder, not a file"):
            iterate_records(tmp_path)

    def test_pipe_never_hangs(self, tmp_path):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(MissingFileError, match="pipe: is not a regular file"):
            iterate_records(tmp_path / "pipe")

    def test_path_that_cannot_be_is_refused(self):
        with pytest.raises(MissingFileError, match=r"cannot be read: .*embedded null"):
            iterate_records("a\0b")

    def test_path_below_a_file_is_refused(self, write_records):
        with pytest.raises(MissingFileError, match="cannot be read: Not a directory"):
            iterate_records(write_records(b"x") / "below")

    def test_unknown_compression_is_refused(self, write_records):
        with pytest.raises(ArgumentError, match=r"iterate_records: compression .* got 'gzip'"):
            iterate_records(write_records(b"x"), compression="gzip")

    def test_negative_limit_is_refused(self, write_records):
        with pytest.raises(ArgumentError, match="max_record_bytes must be 0 or more, got -1"):
            iterate_records(write_records(b"x"), max_record_bytes=-1)

    def test_file_is_closed_when_the_reader_stops_early(self, write_records):
        records = iterate_records(write_records(*RECORDS))
        next(records)
        records.close()


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_empty_file_holds_no_records_whatever_its_compression(tmp_path, compression):
    (tmp_path / "none").write_bytes(b"")
    assert list(iterate_records(tmp_path / "none", compression=compression)) == []


@pytest.mark.parametrize("size", [9000, 3 << 20])
def test_full_disk_leaves_no_part(tmp_path, largest_file, size):
    with largest_file(5000), pytest.raises(OSError, match="File too large"):
        with RecordWriter(tmp_path / "r") as writer:
            writer.write(bytes(size))
    assert list(tmp_path.iterdir()) == []
    writer.close()
