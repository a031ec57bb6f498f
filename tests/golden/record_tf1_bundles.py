"""Programs with contrib.session_bundle, the export format before SavedModel."""

import importlib
import os
import tempfile


def error_of(call):
    try:
        call()
    except Exception as error:
        known = (kind for kind in type(error).__mro__ if "graphkit" not in kind.__module__)
        return next(known).__name__
    return "nothing"


def bundle_modules(tf):
    root = "tensorflow_core" if tf.__name__ == "tensorflow" else tf.__name__
    return [
        importlib.import_module("%s.contrib.session_bundle.%s" % (root, leaf))
        for leaf in ("exporter", "gc", "constants")
    ]


def bundle(tf):
    exporter, gc, constants = bundle_modules(tf)
    x = tf.placeholder(tf.float32, [None, 1], name="x")
    with tf.device("/cpu:0"):
        v = tf.get_variable("v", [], initializer=tf.ones_initializer())
    y = tf.add(x, v, name="y")
    step = tf.train.get_or_create_global_step()
    base = tempfile.mkdtemp()
    asset = os.path.join(base, "words.txt")
    with open(asset, "w") as out:
        out.write("word\n")
    made = exporter.Exporter(tf.train.Saver())
    early = error_of(lambda: made.export(base, step))
    made.init(
        init_op=tf.no_op("ready"),
        clear_devices=True,
        default_graph_signature=exporter.regression_signature(x, y),
        named_graph_signatures={
            "inputs": exporter.generic_signature({"images": x}),
            "outputs": exporter.classification_signature(x, scores_tensor=y),
            "classes": exporter.classification_signature(x, classes_tensor=y),
        },
        assets_collection=[tf.constant(asset, name="asset")],
    )
    again = error_of(made.init)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(3):
            last = made.export(
                base + "/", step, session, exports_to_keep=gc.largest_export_versions(2)
            )
            session.run(step.assign_add(1))
        session.run(step.assign_add(-1))
        twice = error_of(lambda: made.export(base, step, session))
    if isinstance(last, bytes):
        last = last.decode()
    collections = tf.train.import_meta_graph(os.path.join(last, "export.meta")) and {
        key: [item.value for item in tf.get_collection(key)]
        for key in (constants.SIGNATURES_KEY, constants.ASSETS_KEY)
    }
    return {
        "early": early,
        "again": again,
        "twice": twice,
        "versions": sorted(name for name in os.listdir(base) if name.startswith("0")),
        "files": sorted(os.listdir(last)),
        "assets": os.listdir(os.path.join(last, "assets")),
        "asset": collections[constants.ASSETS_KEY][0].decode("latin-1"),
        "signature": len(collections[constants.SIGNATURES_KEY][0]),
        "graphs": [len(tf.get_collection(constants.GRAPH_KEY)) > 0],
        "constants": sorted(
            "%s=%s" % (name, getattr(constants, name)) for name in dir(constants) if name.isupper()
        ),
    }


def bundle_errors(tf):
    exporter = bundle_modules(tf)[0]
    tf.get_variable("v", [])
    made = exporter.Exporter(tf.train.Saver())
    tensors = {
        "no_tensor": "path",
        "no_constant": tf.placeholder(tf.string, []),
        "no_string": tf.constant(1),
        "several": tf.constant(["a", "b"]),
        "empty": tf.constant(""),
    }
    found = {
        name: error_of(lambda t=tensor: made.init(assets_collection=[t]))
        for name, tensor in tensors.items()
    }
    found["init_op"] = error_of(lambda: made.init(init_op=3))
    return found


def versions(tf):
    gc = bundle_modules(tf)[1]
    paths = [gc.Path("/%d" % number, number) for number in (0, 4, 5, 6, 7, 9, 12)]

    def chosen(choice):
        return [path.export_version for path in choice(paths)]

    largest, thirds = gc.largest_export_versions(2), gc.mod_export_version(3)
    return {
        "largest": chosen(largest),
        "every": chosen(gc.one_of_every_n_export_versions(3)),
        "thirds": chosen(thirds),
        "union": chosen(gc.union(largest, thirds)),
        "rest": chosen(gc.negation(largest)),
    }


PROGRAMS = {
    "bundle": bundle,
    "bundle_errors": bundle_errors,
    "versions": versions,
}
