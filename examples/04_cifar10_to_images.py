"""CIFAR-10's python pickles become one image file per picture, in a folder per class.

Without a network the bundled handwritten digits, written in CIFAR-10's own layout, stand in. With
the real archive: `graphkit records cifar10 download data`, then run this again with
`data/cifar-10-batches-py`.

    python 04_cifar10_to_images.py [SOURCE] [--to data/image]
"""

import argparse
from pathlib import Path

from graphkit import records


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", nargs="?", type=Path, help="a cifar-10-batches-py folder")
    parser.add_argument("--to", type=Path, default=Path("data/image"))
    arguments = parser.parse_args()

    source = arguments.source or records.write_digits_as_cifar10(Path("data"))
    data = records.read_cifar10(source)
    # The pickles keep each picture as 3,072 bytes, all reds first; here it is [32, 32, 3] RGB.
    print("classes:", ", ".join(data.classes))
    print("first training image:", data.train.images[0].shape, data.train.images.dtype)

    report = records.to_image(source, arguments.to)
    print(f"wrote {report.train} training and {report.test} test images to {arguments.to}")


if __name__ == "__main__":
    main()
