"""An image tree becomes TFRecord shards: pixels and label together, in mixed order.

A shuffle at packing time means that readers need only a small shuffling buffer later. Shape and
colour order are stored beside the pixels, so whoever finds the file can read it.

    python 05_pack_tfrecords.py [--tree data/image] [--to data]
"""

import argparse
from pathlib import Path

from graphkit import records


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tree", type=Path, default=Path("data/image"))
    parser.add_argument("--to", type=Path, default=Path("data"))
    arguments = parser.parse_args()

    for split, shards in (("test", 1), ("train", 4)):
        tree = records.scan_images(arguments.tree / split)
        report = records.pack_images(tree, arguments.to / f"{split}.tfrecord", shards=shards)
        print(f"{split}: {report.records} records in {len(report.paths)} file(s)")

    summary = records.describe_records(report.paths[0])
    for name, feature in sorted(summary.features.items()):
        print(f"  {name}: {feature.kind}, {feature.min_length} value(s) a record")


if __name__ == "__main__":
    main()
