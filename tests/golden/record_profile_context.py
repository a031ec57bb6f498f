"""Records what contrib.tfprof's ProfileContext of TensorFlow 1.15.5 traces, profiles and writes.

    tf115/bin/python tests/golden/record_profile_context.py

Each case is the arguments, and how many steps run. It writes profile_context.json.
"""

import json
import os
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = {
    "named": ({"trace_steps": [1, 3], "dump_steps": [2, 4]}, 6),
    "profiled": ({"trace_steps": [], "dump_steps": []}, 5),
    "asked": ({"trace_steps": [], "dump_steps": []}, 4),
    "chosen": ({}, 14),
    "off": ({"enabled": False}, 3),
    "debug": ({"trace_steps": [0], "dump_steps": [], "debug": True}, 2),
}
FAILURES = {
    "no folder": {"profile_dir": ""},
    "too many": {"profile_dir": "x", "trace_steps": list(range(101))},
    "no folder, off": {"profile_dir": "", "enabled": False},
}


def case(tf, name):
    """Runs a product in a context; tells files, profiled steps and what came of options."""
    options, steps = CASES[name]
    folder = os.path.join(tempfile.mkdtemp(), "new")
    profile = (
        tf.profiler.ProfileOptionBuilder(tf.profiler.ProfileOptionBuilder.time_and_memory())
        .with_empty_output()
        .build()
    )
    with tf.Graph().as_default(), tf.contrib.tfprof.ProfileContext(folder, **options) as context:
        product = tf.matmul(tf.ones([2, 3]), tf.ones([3, 4]), name="product")
        if name == "profiled":
            context.add_auto_profiling("op", profile, [1, 3])
            context.add_auto_profiling("scope", profile, [2])
        metadata = tf.RunMetadata()
        with tf.Session() as session:
            for step in range(steps):
                if name == "asked" and step == 1:
                    context.trace_next_step()
                if name == "asked" and step == 2:
                    context.dump_next_step()
                values = session.run(product, run_metadata=metadata)
    return {
        "sum": float(values.sum()),
        "files": sorted(os.listdir(folder)) if os.path.isdir(folder) else [],
        "profiled": {
            command: sorted(context.get_profiles(command))
            for command in (["op", "scope"] if name == "profiled" else [])
        },
    }


def failure(tf, name):
    try:
        tf.contrib.tfprof.ProfileContext(**FAILURES[name])
    except Exception as error:
        return type(error).__name__
    return "nothing"


def misuse(tf):
    found = {name: failure(tf, name) for name in FAILURES}
    folder = tempfile.mkdtemp()
    with tf.contrib.tfprof.ProfileContext(folder) as context:
        try:
            with tf.contrib.tfprof.ProfileContext(folder):
                found["nested"] = "nothing"
        except tf.errors.OpError as error:
            found["nested"] = type(error).__name__
        try:
            context.get_profiles("op")
        except ValueError as error:
            found["never run"] = str(error)
    with tf.Graph().as_default(), tf.contrib.tfprof.ProfileContext(folder) as context:
        context.add_auto_profiling("other", {}, [0])
        try:
            with tf.Session() as session:
                session.run(tf.constant(1))
        except ValueError as error:
            found["another command"] = type(error).__name__
    return found


def main():
    import tensorflow as tf

    recorded = {"cases": {name: case(tf, name) for name in CASES}, "misuse": misuse(tf)}
    with open(os.path.join(HERE, "profile_context.json"), "w") as file:
        json.dump(recorded, file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
