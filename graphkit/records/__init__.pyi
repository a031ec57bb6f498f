from ._archive import unpack_archive as unpack_archive
from ._cifar10 import CIFAR10_CLASSES as CIFAR10_CLASSES
from ._cifar10 import Cifar10 as Cifar10
from ._cifar10 import read_cifar10 as read_cifar10
from ._cifar10 import read_cifar10_batch as read_cifar10_batch
from ._describe import FeatureSummary as FeatureSummary
from ._describe import RecordsSummary as RecordsSummary
from ._describe import describe_records as describe_records
from ._digits import load_digits as load_digits
from ._digits import write_digits_as_cifar10 as write_digits_as_cifar10
from ._download import CIFAR10_MD5 as CIFAR10_MD5
from ._download import CIFAR10_URL as CIFAR10_URL
from ._download import download_cifar10 as download_cifar10
from ._example import Feature as Feature
from ._example import decode_example as decode_example
from ._example import encode_example as encode_example
from ._image_batch import ImageBatch as ImageBatch
from ._image_tree import ImageTree as ImageTree
from ._image_tree import scan_images as scan_images
from ._iterate import find_compression as find_compression
from ._iterate import iterate_records as iterate_records
from ._pack import pack_arrays as pack_arrays
from ._pack import pack_images as pack_images
from ._packed_images import PackedImage as PackedImage
from ._packed_images import read_packed_images as read_packed_images
from ._progress import Progress as Progress
from ._read_image import decode_image as decode_image
from ._read_image import read_image as read_image
from ._shards import PackReport as PackReport
from ._sheet import contact_sheet as contact_sheet
from ._sheet import write_png as write_png
from ._to_image import ImageTreeReport as ImageTreeReport
from ._to_image import to_image as to_image
from ._writer import RecordWriter as RecordWriter

__all__ = [
    "CIFAR10_CLASSES",
    "CIFAR10_MD5",
    "CIFAR10_URL",
    "Cifar10",
    "Feature",
    "FeatureSummary",
    "ImageBatch",
    "ImageTree",
    "ImageTreeReport",
    "PackReport",
    "PackedImage",
    "Progress",
    "RecordWriter",
    "RecordsSummary",
    "contact_sheet",
    "decode_example",
    "decode_image",
    "describe_records",
    "download_cifar10",
    "encode_example",
    "find_compression",
    "iterate_records",
    "load_digits",
    "pack_arrays",
    "pack_images",
    "read_cifar10",
    "read_cifar10_batch",
    "read_image",
    "read_packed_images",
    "scan_images",
    "to_image",
    "unpack_archive",
    "write_digits_as_cifar10",
    "write_png",
]
