"""Records the events of trainings, the SDCA refusals and the exports of contrib.learn in 1.15.5.

    tf115/bin/python tests/golden/record_training_events.py

It writes training_events.json. Threads write the events in 1.15, so steps are kept of the start
alone.
"""

import glob
import json
import os
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TRAININGS = {"three": {"steps": 3}, "unsaved": {"steps": 3, "supervisor_save_model_secs": 0}}
HEADS = ["multi_class_head(2)", "multi_class_head(3)", "regression_head()"]
KEYS = [None, "one", "two", "three"]


def told(tf, options):
    """Trains twice in one folder, and lists what the events of both tell beside graphs."""
    folder, found = tempfile.mkdtemp(), []
    for _ in range(2):
        with tf.Graph().as_default() as graph:
            step = tf.train.create_global_step()
            weight = tf.get_variable("weight", [], initializer=tf.zeros_initializer())
            loss = tf.square(weight - 8)
            train = tf.train.GradientDescentOptimizer(0.25).minimize(loss, step)
            tf.contrib.learn.graph_actions.train(graph, folder, train, loss, **options)
        tf.summary.FileWriterCache.clear()
        for path in glob.glob(os.path.join(folder, "events*")):
            found.extend(tags(tf, path))
            os.remove(path)  # the next one would have its name, within a second
    return found


def tags(tf, path):
    for event in tf.train.summary_iterator(path):
        log = event.session_log
        if log.status == log.START:
            yield ["start", int(event.step)]
        elif log.status == log.CHECKPOINT:
            yield ["checkpoint", os.path.basename(log.checkpoint_path)]
        for value in event.summary.value:
            yield [value.tag]


def solved(tf, kind, **options):
    learn = tf.contrib.learn
    column = tf.contrib.layers.real_valued_column("x")
    solver = tf.contrib.linear_optimizer.SDCAOptimizer("id")

    def examples():
        return {"x": tf.ones([2, 1]), "id": tf.constant(["a", "b"])}, tf.zeros([2, 1], tf.int32)

    try:
        getattr(learn, kind)(feature_columns=[column], optimizer=solver, **options).fit(
            input_fn=examples, steps=1
        )
    except Exception as error:
        return type(error).__name__
    return "solved"


def exported(tf):
    """Exports two heads, with each of them as the default."""
    learn = tf.contrib.learn
    one = learn.multi_class_head(2, label_name="one", head_name="one")
    two = learn.regression_head(label_name="two", head_name="two")
    column = tf.contrib.layers.real_valued_column("x")

    def examples():
        x = tf.ones([2, 1])
        return {"x": x}, {"one": tf.cast(x, tf.int32), "two": x}

    def serve():
        text = tf.placeholder(tf.string, [None])
        parsed = tf.parse_example(text, {"x": tf.FixedLenFeature([1], tf.float32)})
        return learn.utils.input_fn_utils.InputFnOps(parsed, None, {"text": text})

    estimator = learn.LinearEstimator([column], learn.multi_head([one, two]), tempfile.mkdtemp())
    estimator.fit(input_fn=examples, steps=1)

    def signatures(key):
        try:
            folder = estimator.export_savedmodel(tempfile.mkdtemp(), serve, key)
        except Exception as error:
            return type(error).__name__
        with tf.Graph().as_default(), tf.Session() as session:
            meta = tf.saved_model.loader.load(session, ["serve"], tf.compat.as_str_any(folder))
        return {
            name: [found.method_name, sorted(found.inputs), sorted(found.outputs)]
            for name, found in sorted(meta.signature_def.items())
        }

    return {str(key): signatures(key) for key in KEYS}


def refusals(tf):
    learn = tf.contrib.learn
    found = {
        head: solved(tf, "LinearEstimator", head=eval("learn." + head, {"learn": learn}))
        for head in HEADS
    }
    found["three classes"] = solved(tf, "LinearClassifier", n_classes=3)
    found["two numbers"] = solved(tf, "LinearRegressor", label_dimension=2)
    found["two classes"] = solved(tf, "LinearClassifier")
    return found


def main():
    import tensorflow as tf

    recorded = {
        "told": {name: told(tf, options) for name, options in TRAININGS.items()},
        "solved": refusals(tf),
        "exported": exported(tf),
    }
    with open(os.path.join(HERE, "training_events.json"), "w") as file:
        json.dump(recorded, file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
