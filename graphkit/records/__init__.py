"""Record files and what is packed into them: TFRecord, Example, CIFAR-10, image trees.

Nothing here needs TensorFlow, and each name loads its own file when it is first touched, so the
commands that only look at files start at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from graphkit.records._archive import unpack_archive as unpack_archive
    from graphkit.records._cifar10 import CIFAR10_CLASSES as CIFAR10_CLASSES
    from graphkit.records._cifar10 import Cifar10 as Cifar10
    from graphkit.records._cifar10 import read_cifar10 as read_cifar10
    from graphkit.records._cifar10 import read_cifar10_batch as read_cifar10_batch
    from graphkit.records._describe import FeatureSummary as FeatureSummary
    from graphkit.records._describe import RecordsSummary as RecordsSummary
    from graphkit.records._describe import describe_records as describe_records
    from graphkit.records._digits import load_digits as load_digits
    from graphkit.records._digits import write_digits_as_cifar10 as write_digits_as_cifar10
    from graphkit.records._download import CIFAR10_MD5 as CIFAR10_MD5
    from graphkit.records._download import CIFAR10_URL as CIFAR10_URL
    from graphkit.records._download import download_cifar10 as download_cifar10
    from graphkit.records._example import Feature as Feature
    from graphkit.records._example import decode_example as decode_example
    from graphkit.records._example import encode_example as encode_example
    from graphkit.records._image_batch import ImageBatch as ImageBatch
    from graphkit.records._image_tree import ImageTree as ImageTree
    from graphkit.records._image_tree import scan_images as scan_images
    from graphkit.records._iterate import iterate_records as iterate_records
    from graphkit.records._pack import pack_arrays as pack_arrays
    from graphkit.records._pack import pack_images as pack_images
    from graphkit.records._packed_images import PackedImage as PackedImage
    from graphkit.records._packed_images import read_packed_images as read_packed_images
    from graphkit.records._progress import Progress as Progress
    from graphkit.records._read_image import read_image as read_image
    from graphkit.records._shards import PackReport as PackReport
    from graphkit.records._sheet import contact_sheet as contact_sheet
    from graphkit.records._sheet import write_png as write_png
    from graphkit.records._to_image import ImageTreeReport as ImageTreeReport
    from graphkit.records._to_image import to_image as to_image
    from graphkit.records._writer import RecordWriter as RecordWriter

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "_archive": ["unpack_archive"],
        "_cifar10": ["CIFAR10_CLASSES", "Cifar10", "read_cifar10", "read_cifar10_batch"],
        "_describe": ["FeatureSummary", "RecordsSummary", "describe_records"],
        "_digits": ["load_digits", "write_digits_as_cifar10"],
        "_download": ["CIFAR10_MD5", "CIFAR10_URL", "download_cifar10"],
        "_example": ["Feature", "decode_example", "encode_example"],
        "_image_batch": ["ImageBatch"],
        "_image_tree": ["ImageTree", "scan_images"],
        "_iterate": ["iterate_records"],
        "_pack": ["pack_arrays", "pack_images"],
        "_packed_images": ["PackedImage", "read_packed_images"],
        "_progress": ["Progress"],
        "_read_image": ["read_image"],
        "_shards": ["PackReport"],
        "_sheet": ["contact_sheet", "write_png"],
        "_to_image": ["ImageTreeReport", "to_image"],
        "_writer": ["RecordWriter"],
    },
)
