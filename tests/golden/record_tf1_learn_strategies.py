"""Programs with contrib.learn's ways to export, and the folders that exports go to."""

import os
import re
import tempfile


def error_of(call):
    try:
        call()
    except Exception as error:
        known = (kind for kind in type(error).__mro__ if "graphkit" not in kind.__module__)
        return next(known).__name__
    return "nothing"


def utils_of(tf):
    return tf.contrib.learn.utils.saved_model_export_utils


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


PROGRAMS = {program.__name__: program for program in (folders, strategies, best_models, extended)}
