"""Records what TensorFlow 1.15.5's bucket pipelines deliver, as the reference for graphkit's.

Run under Python 3.7 with TensorFlow 1.15.5; writes `buckets.json` beside this file:

    python tests/golden/record_buckets.py

`tests/readers/test_buckets_golden.py` runs the cases of `bucket_cases.py` against graphkit.
"""

import json
import os
import tempfile

import bucket_cases
import reader_cases
import record_readers


def main():
    """Records every case."""
    import tensorflow as tf

    tf.logging.set_verbosity("FATAL")

    class Api:
        """TensorFlow's functions and readers under one name."""

        def __getattr__(self, name):
            homes = (tf.contrib.training, tf.train, tf)
            return next(getattr(home, name) for home in homes if hasattr(home, name))

    folder = tempfile.mkdtemp()
    reader_cases.write_files(tf, folder)
    lines = []
    for name, case in sorted(bucket_cases.cases().items()):
        seen = record_readers.observe(tf, Api(), case, folder)
        lines.append("  %s: %s" % (json.dumps(name), json.dumps(seen, sort_keys=True)))
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "buckets.json")
    with open(path, "w") as out:
        text = '{\n "tensorflow": "%s",\n "cases": {\n%s\n }\n}\n'
        out.write(text % (tf.__version__, ",\n".join(lines)))
    print("%d cases" % len(lines))


if __name__ == "__main__":
    main()
