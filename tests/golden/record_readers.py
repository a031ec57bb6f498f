"""Records what TensorFlow 1.15.5's queue pipelines deliver, as the reference for graphkit's.

Run under Python 3.7 with TensorFlow 1.15.5; writes `readers.json` beside this file:

    python tests/golden/record_readers.py

`tests/readers/test_readers_golden.py` runs the cases of `reader_cases.py`,
`chain_cases.py` and `loop_cases.py` against graphkit.
"""

import json
import os
import tempfile

import chain_cases
import failing_cases
import loop_cases
import reader_cases

ENDLESS_BATCHES = 7


def _plain(value, folder):
    """Turns a fetched value into JSON."""
    if hasattr(value, "dense_shape"):
        parts = (value.indices, value.values, value.dense_shape)
        return [_plain(part, folder) for part in parts]
    value = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(value, list):
        return [_plain(item, folder) for item in value]
    if isinstance(value, bytes):
        return value.decode("latin-1").replace(folder, "DIR")
    return value


def flat(fetches):
    if isinstance(fetches, dict):
        return [fetches[key] for key in sorted(fetches)]
    return list(fetches) if isinstance(fetches, (list, tuple)) else [fetches]


def static(tensor):
    shape = tensor.shape if hasattr(tensor, "op") else tensor.get_shape()
    dims = None if shape.ndims is None else shape.as_list()
    return {"dtype": tensor.dtype.base_dtype.name, "shape": dims}


def observe(tf, api, case, folder):
    """Builds and runs one case until its data ends; returns what can be seen of it."""
    with tf.Graph().as_default() as graph:
        fetches = flat(case.build(api, tf, folder))
        runners = graph.get_collection("queue_runners")
        seen = {
            "tensors": [static(t) for t in fetches],
            "names": [
                t.name for t in fetches if hasattr(t, "op") and "Sparse" not in type(t).__name__
            ],
            "local_variables": sorted(v.op.name for v in tf.local_variables()),
            "runners": [
                [r.name, len(r.enqueue_ops), r.close_op.name, r.cancel_op.name] for r in runners
            ],
            "summaries": sorted(t.name for t in graph.get_collection("summaries")),
            "order": case.order,
        }
        seen["batches"] = deliver(tf, graph, fetches, case, folder)
    return seen


def deliver(tf, graph, fetches, case, folder):
    batches = []
    with tf.Session(graph=graph) as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        if case.filled:
            for thread in threads:
                if not thread.name.endswith("close_on_stop"):
                    thread.join()
        try:
            while len(batches) < ENDLESS_BATCHES or any(
                "epochs" in v.name for v in tf.local_variables()
            ):
                batches.append([_plain(value, folder) for value in session.run(fetches)])
        except tf.errors.OutOfRangeError:
            batches.append("end")
        coordinator.request_stop()
        coordinator.join(threads, stop_grace_period_secs=20)
    return batches


def write_files(tf, folder):
    """Writes the files all cases read."""
    reader_cases.write_files(tf, folder)
    chain_cases.write_examples(tf, folder)
    failing_cases.write_damaged(tf, folder)


def cases():
    """Every pipeline by name."""
    found = dict(reader_cases.cases(), **chain_cases.cases())
    return dict(found, **loop_cases.cases())


def failure(tf, api, build, folder):
    """Runs a pipeline until it fails; returns what came before, and the class of the error."""
    batches = []
    with tf.Graph().as_default() as graph:
        fetches = flat(build(api, tf, folder))
        with tf.Session(graph=graph) as session:
            session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
            coordinator = tf.train.Coordinator()
            try:
                threads = tf.train.start_queue_runners(session, coordinator)
                with coordinator.stop_on_exception():
                    while not (coordinator.should_stop() and len(batches) > ENDLESS_BATCHES):
                        batches.append([_plain(value, folder) for value in session.run(fetches)])
                coordinator.join(threads, stop_grace_period_secs=20)
            except tf.errors.OpError as error:
                return {"batches": batches, "error": type(error).__name__}
    return {"batches": batches, "error": None}


def refusal(tf, api, call):
    """Returns the names of the classes of the error a call raises."""
    with tf.Graph().as_default():
        try:
            call(api, tf)
        except Exception as error:
            return [cls.__name__ for cls in type(error).__mro__]
    return None


def _one_line_per_case(golden):
    groups = []
    for group in ("cases", "failures", "refusals"):
        lines = [
            "  %s: %s" % (json.dumps(n), json.dumps(golden[group][n], sort_keys=True))
            for n in sorted(golden[group])
        ]
        groups.append(' "%s": {\n%s\n }' % (group, ",\n".join(lines)))
    return '{\n "tensorflow": "%s",\n%s\n}\n' % (golden["tensorflow"], ",\n".join(groups))


def main():
    """Records every case."""
    import tensorflow as tf

    tf.logging.set_verbosity("FATAL")

    class Api:
        """TensorFlow's functions and readers under one name."""

        def __getattr__(self, name):
            return getattr(tf.train, name) if hasattr(tf.train, name) else getattr(tf, name)

    folder = tempfile.mkdtemp()
    write_files(tf, folder)
    golden = {
        "tensorflow": tf.__version__,
        "cases": {n: observe(tf, Api(), c, folder) for n, c in sorted(cases().items())},
        "failures": {
            n: failure(tf, Api(), build, folder)
            for n, build in sorted(failing_cases.failing_cases().items())
        },
        "refusals": {n: refusal(tf, Api(), c) for n, c in sorted(reader_cases.refusals().items())},
    }
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "readers.json")
    with open(path, "w") as out:
        out.write(_one_line_per_case(golden))
    print("%d cases, %d refusals" % (len(golden["cases"]), len(golden["refusals"])))


if __name__ == "__main__":
    main()
