"""Programs that export contrib.learn's estimators: SavedModels, session bundles, strategies."""

import glob
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


def folders(tf):
    utils = utils_of(tf)
    base = tempfile.mkdtemp()
    for name in ("1000000002", "1000000001", "1000000003", "123", "temp-1000000009", "x000000009"):
        os.mkdir(os.path.join(base, name))
    newest = utils.get_most_recent_export(base)
    utils.garbage_collect_exports(base, None)
    before = len(os.listdir(base))
    utils.garbage_collect_exports(base, 2)
    made = utils.get_timestamped_export_dir(base)
    temporary = utils.get_temp_export_dir(made)
    return {
        "newest": [os.path.basename(newest.path), newest.export_version],
        "none": utils.get_most_recent_export(tempfile.mkdtemp()) is None,
        "before": before,
        "kept": sorted(os.listdir(base)),
        "made": [bool(re.match(b".*/[0-9]{10}$", made)), os.path.exists(made)],
        "temporary": temporary == made.replace(base.encode() + b"/", base.encode() + b"/temp-"),
        "attempts": utils.MAX_DIRECTORY_CREATION_ATTEMPTS,
    }


class Exported(object):
    """An estimator that writes where it is told to, and keeps what it was told."""

    def __init__(self):
        self.calls = []
        self.model_dir = tempfile.mkdtemp()

    def export_savedmodel(self, base, serving_input_fn, **options):
        folder = os.path.join(base, "100000000%d" % len(self.calls))
        os.makedirs(folder)
        chosen = options.get("checkpoint_path")
        options["checkpoint_path"] = chosen and os.path.basename(chosen)
        self.calls.append([serving_input_fn, sorted([k, str(v)] for k, v in options.items())])
        return folder


def strategies(tf):
    utils = utils_of(tf)
    estimator, base = Exported(), tempfile.mkdtemp()
    plain = utils.make_export_strategy("serve", exports_to_keep=2)
    chosen = utils.make_export_strategy("serve", "head", {"a": "b"}, True, None, True)
    for _ in range(3):
        plain.export(estimator, base)
    chosen.export(estimator, base, "some/checkpoint")
    column = tf.contrib.layers.real_valued_column("x", 2)
    parsing = utils.make_parsing_export_strategy([column], exports_to_keep=1)
    core = utils.make_parsing_export_strategy([column], target_core=True)
    parsing.export(estimator, tempfile.mkdtemp())
    core.export(estimator, tempfile.mkdtemp())
    served = [call[0]() for call in estimator.calls[-2:]]
    return {
        "names": [plain.name, chosen.name, plain.strip_default_attrs, chosen.strip_default_attrs],
        "calls": estimator.calls[:4],
        "kept": sorted(os.listdir(base)),
        "served": [
            [type(s).__name__, sorted(s.features), s.features["x"].get_shape().as_list()]
            for s in served
        ],
    }


def best_models(tf):
    utils = utils_of(tf)
    selector = utils.BestModelSelector()
    updates = [("c1", {"loss": 3.0}), ("c2", {"loss": 4.0}), ("c3", {"loss": 1.0, "x": 2})]
    found = [list(selector.update(*update)) for update in updates]
    larger = utils.BestModelSelector(compare_fn=lambda best, other: other["x"] > best["x"])
    found += [list(larger.update("c", {"x": value})) for value in (2, 3, 1)]
    folder = tempfile.mkdtemp()
    writer = tf.summary.FileWriter(folder)
    for loss in (5.0, 2.0, 3.0):
        value = tf.Summary.Value(tag="loss", simple_value=loss)
        writer.add_summary(tf.Summary(value=[value]), 1)
    writer.close()
    known = utils.BestModelSelector(os.path.join(folder, "events*"))
    found += [list(known.update("c", {"loss": value})) for value in (2.5, 1.5)]

    estimator, base = Exported(), tempfile.mkdtemp()
    best = utils.make_best_model_export_strategy("serve", 1, folder, "events*")
    results = [
        best.export(estimator, base, path, {"loss": loss})
        for path, loss in (("m/c-1", 1.0), ("m/c-2", 3.0), ("m/c-3", 0.5))
    ]
    return {
        "found": found,
        "name": best.name,
        "results": [os.path.relpath(str(r), base) if r else r for r in results],
        "refused": [
            error_of(lambda: selector.update("", {"loss": 1.0})),
            error_of(lambda: selector.update("c", None)),
            error_of(lambda: selector.update("c", {})),
            error_of(lambda: selector.update("c", {"x": 1.0})),
        ],
    }


def extended(tf):
    utils = utils_of(tf)

    def after(exported, folder):
        target = os.path.join(folder, "changed")
        os.makedirs(target)
        with open(os.path.join(target, os.path.basename(exported)), "w") as out:
            out.write("1")
        return target

    estimator = Exported()
    plain = utils.make_export_strategy("serve")
    named = utils.extend_export_strategy(plain, after, "mine")
    base = tempfile.mkdtemp()
    made = named.export(estimator, base)
    elsewhere = utils.extend_export_strategy(plain, lambda exported, folder: "/elsewhere")
    return {
        "names": [named.name, elsewhere.name],
        "made": os.path.relpath(made, base),
        "files": [os.listdir(base), os.listdir(made)],
        "again": error_of(lambda: named.export(Exported(), base)),
        "elsewhere": error_of(lambda: elsewhere.export(Exported(), tempfile.mkdtemp())),
    }


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


PROGRAMS = {
    program.__name__: program
    for program in (
        signatures,
        alternatives,
        bundle_signatures,
        serving_inputs,
        folders,
        strategies,
        best_models,
        extended,
        saved_models,
        session_bundles,
        exporting_monitor,
    )
}
