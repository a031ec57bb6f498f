"""Programs that export contrib.learn's estimators: SavedModels, session bundles, strategies."""

import contextlib
import glob
import importlib
import io
import os
import re
import tempfile

import numpy as np


def error_of(call):
    try:
        call()
    except Exception as error:
        known = (kind for kind in type(error).__mro__ if "graphkit" not in kind.__module__)
        return next(known).__name__
    return "nothing"


def utils_of(tf):
    return tf.contrib.learn.utils.saved_model_export_utils


def told(signature):
    """A SignatureDef: its method, and name to tensor."""
    parts = [signature.inputs, signature.outputs]
    named = [sorted([key, part[key].name] for key in part) for part in parts]
    return [signature.method_name.rpartition("/")[2], *named]


def placeholders(tf):
    return {
        "words": tf.placeholder(tf.string, [None], "words"),
        "ids": tf.placeholder(tf.int64, [None], "ids"),
        "scores": tf.placeholder(tf.float32, [None, 3], "scores"),
        "one": tf.placeholder(tf.float32, [None, 1], "one"),
    }


def signatures(tf):
    made = placeholders(tf)
    words, ids, scores, one = (made[name] for name in ("words", "ids", "scores", "one"))
    kinds = tf.contrib.learn.ProblemType
    fed, two = {"x": words}, {"x": one, "y": words}
    build = utils_of(tf).build_standardized_signature_def
    cases = [
        (fed, {"classes": words, "probabilities": scores}, kinds.CLASSIFICATION),
        (fed, {"classes": ids, "probabilities": scores}, kinds.CLASSIFICATION),
        (fed, {"classes": words, "scores": scores}, kinds.LOGISTIC_REGRESSION),
        (fed, {"scores": scores, "probabilities": one}, kinds.CLASSIFICATION),
        (fed, {"anything": words}, kinds.CLASSIFICATION),
        (fed, {"anything": one}, kinds.CLASSIFICATION),
        (fed, {"a": one, "b": scores}, kinds.CLASSIFICATION),
        (two, {"classes": words}, kinds.CLASSIFICATION),
        (fed, {"anything": one}, kinds.LINEAR_REGRESSION),
        (fed, {"classes": ids, "other": one}, kinds.LOGISTIC_REGRESSION),
        (fed, {"a": one, "b": scores}, kinds.LINEAR_REGRESSION),
        (two, {"anything": one}, kinds.LINEAR_REGRESSION),
        (fed, {"classes": words}, kinds.UNSPECIFIED),
    ]
    refused = [lambda: build({}, fed, 0), lambda: build(fed, {}, 0)]
    return {
        "found": [told(build(*case)) for case in cases],
        "refused": [error_of(call) for call in refused],
    }


def alternatives(tf):
    learn, utils = tf.contrib.learn, utils_of(tf)
    made = placeholders(tf)
    one, scores = made["one"], made["scores"]

    def model(predictions, outputs=None):
        return learn.ModelFnOps("infer", predictions, output_alternatives=outputs)

    kinds = learn.ProblemType
    heads = {
        "a": (kinds.LINEAR_REGRESSION, {"scores": one}),
        "b": (kinds.CLASSIFICATION, {"probabilities": scores}),
    }
    only = {None: heads["a"]}

    def listed(found):
        outputs, default = found
        named = [
            [str(name), kind, sorted([key, part.name] for key, part in parts.items())]
            for name, (kind, parts) in outputs.items()
        ]
        return [sorted(named), default]

    get = utils.get_output_alternatives
    ops = learn.InputFnOps({"x": one}, None, {"fed": made["words"]})
    fed, features = utils.get_input_alternatives(ops)
    pair = utils.get_input_alternatives(({"x": one}, None))
    build = utils.build_all_signature_defs
    every = build(fed, heads, "b")
    return {
        "outputs": [
            listed(get(model(one))),
            listed(get(model({"p": one}))),
            listed(get(model(one, only))),
            listed(get(model(one, heads), "b")),
        ],
        "inputs": [sorted(fed), sorted(features), pair[0] == {}, sorted(pair[1])],
        "all": sorted([name, told(signature)] for name, signature in every.items()),
        "keys": [utils.DEFAULT_INPUT_ALTERNATIVE_KEY, utils.FEATURES_INPUT_ALTERNATIVE_KEY],
        "refused": [
            error_of(lambda: get(model(one), "a")),
            error_of(lambda: get(model(one, heads))),
            error_of(lambda: get(model(one, heads), "c")),
            error_of(lambda: utils.get_input_alternatives(({}, None))),
            error_of(lambda: build({}, heads, "a")),
        ],
    }


def bundle_signatures(tf):
    export = tf.contrib.learn.utils.export
    made = placeholders(tf)
    words, one, scores = made["words"], made["one"], made["scores"]
    two = tf.placeholder(tf.float32, [None, 2], "two")
    cases = [
        (export.generic_signature_fn, one),
        (export.generic_signature_fn, {"a": one, "b": scores}),
        (export.classification_signature_fn, words),
        (export.classification_signature_fn, {"classes": words, "other": one}),
        (export.classification_signature_fn_with_prob, scores),
        (export.classification_signature_fn_with_prob, {"probabilities": scores}),
        (export.regression_signature_fn, one),
        (export.logistic_regression_signature_fn, two),
        (export.logistic_regression_signature_fn, {"probabilities": two}),
    ]
    found = []
    for function, predictions in cases:
        signature, named = function(words, None, predictions)
        names = re.findall(r'"([^"]*)"', str(signature))
        found.append([signature.WhichOneof("type"), sorted(names), named])
    functions = [case[0] for case in cases]
    return {
        "found": found,
        "refused": [error_of(lambda f=f: f(None, None, one)) for f in functions],
    }


def serving_inputs(tf):
    utils = tf.contrib.learn.utils
    spec = {"x": tf.FixedLenFeature([2], tf.float32)}
    found = []
    for size in (None, 3):
        with tf.Graph().as_default():
            like = {"x": tf.zeros([4, 2], name="like"), "y": tf.zeros([4], tf.int64, name="ids")}
            for made in (
                utils.build_parsing_serving_input_fn(spec, size)(),
                utils.input_fn_utils.build_default_serving_input_fn(like, size)(),
            ):
                for part in (made.features, made.default_inputs):
                    for name in sorted(part):
                        shape = part[name].get_shape().as_list()
                        found.append([name, part[name].dtype.name, shape])
                found.append([made.labels, sorted(t.name for t in made.default_inputs.values())])
    return {"found": found}


def trained(tf):
    """An estimator of a weight that is 1."""

    def model(features, labels, mode):
        learn = tf.contrib.learn
        weight = tf.get_variable("w", [2, 1], initializer=tf.ones_initializer())
        scores = tf.matmul(features["x"], weight)
        train = tf.assign_add(tf.train.get_global_step(), 1)
        outputs = {None: (learn.ProblemType.LINEAR_REGRESSION, {"scores": scores})}
        loss = None if labels is None else tf.reduce_mean(scores)
        predictions = {"scores": scores, "twice": 2 * scores}
        return learn.ModelFnOps(mode, predictions, loss, train, output_alternatives=outputs)

    def input_fn():
        return {"x": tf.ones([2, 2])}, tf.ones([2])

    made = tf.contrib.learn.Estimator(model, tempfile.mkdtemp())
    return made.fit(input_fn=input_fn, steps=3)


def serialized(tf, *rows):
    found = []
    for row in rows:
        example = tf.train.Example()
        example.features.feature["x"].float_list.value.extend(row)
        found.append(example.SerializeToString())
    return found


def saved_models(tf):
    learn = tf.contrib.learn
    estimator, base = trained(tf), tempfile.mkdtemp()
    spec = {"x": tf.FixedLenFeature([2], tf.float32)}
    serve = learn.build_parsing_serving_input_fn(spec)
    extra = os.path.join(base, "notes.txt")
    with open(extra, "w") as out:
        out.write("notes")
    path = estimator.export_savedmodel(base, serve, assets_extra={"some/notes.txt": extra})
    with tf.Graph().as_default(), tf.Session() as session:
        meta = tf.saved_model.loader.load(session, ["serve"], path.decode())
        signature = meta.signature_def["serving_default"]
        outputs = [part.name for part in signature.outputs.values()]
        (fed,) = signature.inputs.values()
        value = session.run(outputs, {fed.name: serialized(tf, [1, 2], [3, 4])})
        collected = [
            key.decode() for key in meta.collection_def["input_feature_keys"].bytes_list.value
        ]
    return {
        "signatures": sorted([k, told(part)] for k, part in meta.signature_def.items()),
        "value": np.array(value).tolist(),
        "features": collected,
        "extra": os.path.exists(os.path.join(path.decode(), "assets.extra/some/notes.txt")),
        "left": len(glob.glob(os.path.join(base, "temp*"))),
        "refused": [
            error_of(lambda: estimator.export_savedmodel(base, None)),
            error_of(lambda: estimator.export_savedmodel(base, serve, "head")),
        ],
    }


def session_bundles(tf):
    learn = tf.contrib.learn
    estimator, base = trained(tf), tempfile.mkdtemp()
    made = estimator.export(base, default_batch_size=None)
    utils = learn.utils
    named = tempfile.mkdtemp()
    function = utils.export.regression_signature_fn
    chosen = estimator.export(named, signature_fn=function, prediction_key="twice")

    own = tempfile.mkdtemp()
    with tf.Graph().as_default(), tf.Session() as session:
        saver = tf.train.import_meta_graph(os.path.join(named, "00000003", "export.meta"))
        saver.restore(session, os.path.join(named, "00000003", "export"))
        keys = sorted(tf.get_default_graph().get_all_collection_keys())
    return {
        "folders": [os.path.relpath(p.decode(), b) for p, b in ((made, base), (chosen, named))],
        "files": sorted(os.listdir(os.path.join(base, "00000003"))),
        "keys": [key for key in keys if key.startswith("serving")],
        "again": error_of(lambda: estimator.export(base)),
        "refused": error_of(
            lambda: estimator.export(own, use_deprecated_input_fn=False, input_fn=None)
        ),
        "function": utils.export_estimator(estimator, own) is None,
        "there": os.listdir(own),
    }


def exporting_monitor(tf):
    learn = tf.contrib.learn

    def model(features, labels, mode):
        weight = tf.get_variable("w", [2, 1], initializer=tf.ones_initializer())
        scores = tf.matmul(features["x"], weight)
        train = tf.assign_add(tf.train.get_global_step(), 1)
        return learn.ModelFnOps(mode, scores, tf.reduce_mean(scores), train)

    def input_fn():
        return {"x": tf.ones([2, 2])}, tf.ones([2])

    config = learn.RunConfig(save_checkpoints_secs=None, save_checkpoints_steps=2)
    base = tempfile.mkdtemp()
    monitor = learn.monitors.ExportMonitor(
        3, base, exports_to_keep=2, signature_fn=learn.utils.export.generic_signature_fn
    )
    estimator = learn.Estimator(model, tempfile.mkdtemp(), config)
    estimator.fit(input_fn=input_fn, steps=9, monitors=[monitor])
    return {
        "folders": sorted(os.listdir(base)),
        "last": os.path.basename(monitor.last_export_dir.decode()),
        "told": [monitor.export_dir == base, monitor.exports_to_keep, monitor.signature_fn is None],
    }


def inspected(tf):
    """What is printed of a checkpoint."""
    found = importlib.import_module(
        "%s.contrib.learn.python.learn.utils.inspect_checkpoint"
        % ("tensorflow_core" if tf.__name__ == "tensorflow" else tf.__name__)
    )
    tf.get_variable("b", [2, 3], initializer=tf.zeros_initializer())
    tf.get_variable("a", initializer=[1.0, 2.5])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        path = tf.train.Saver().save(session, os.path.join(tempfile.mkdtemp(), "c"))
    printed = []
    for place, name in ((path, ""), (os.path.dirname(path), None), (path, "a")):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            found.print_tensors_in_checkpoint_file(place, name)
        printed.append(out.getvalue())
    with contextlib.redirect_stdout(io.StringIO()) as out:
        found.print_tensors_in_checkpoint_file(path + "x", "a")
    return {"printed": printed, "missing": path + "x" in out.getvalue()}


PROGRAMS = {
    program.__name__: program
    for program in (
        signatures,
        alternatives,
        bundle_signatures,
        serving_inputs,
        saved_models,
        session_bundles,
        exporting_monitor,
        inspected,
    )
}
