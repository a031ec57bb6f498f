"""Programs with contrib.tpu's export of a plain estimator: a graph for processors, one for TPUs."""

import importlib
import os
import tempfile


def trained(tf):
    def model_fn(features, labels, mode, params):
        outputs = params["scale"] * tf.layers.dense(features["x"], 2, name="d")
        if mode == "infer":
            kept = {"all": tf.estimator.export.PredictOutput({"y": outputs})}
            return tf.estimator.EstimatorSpec(mode, {"y": outputs}, export_outputs=kept)
        loss = tf.reduce_sum(outputs)
        train = tf.assign_add(tf.train.get_global_step(), 1)
        return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train)

    made = tf.estimator.Estimator(model_fn, tempfile.mkdtemp(), params={"scale": 3.0})
    return made.train(lambda: ({"x": tf.ones([2, 3])}, None), steps=1)


def receiver(tf):
    def make():
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        return tf.estimator.export.ServingInputReceiver({"x": x}, {"given": x})

    return make


def graphs(tf, folder):
    """Each graph's tags, its signatures, and its kinds of operations for TPUs."""
    saved = importlib.import_module("tensorflow.core.protobuf.saved_model_pb2").SavedModel()
    with tf.gfile.GFile(os.path.join(folder, "saved_model.pb"), "rb") as file:
        saved.ParseFromString(file.read())
    found = []
    for graph in saved.meta_graphs:
        signatures = sorted(
            [name, each.method_name, each.inputs["given"].name, sorted(each.outputs)]
            for name, each in graph.signature_def.items()
        )
        kinds = sorted({node.op for node in graph.graph_def.node if node.op.startswith("TPU")})
        found.append([sorted(graph.meta_info_def.tags), signatures, kinds])
    return found


def exported(tf):
    made = trained(tf)
    folder = tf.contrib.tpu.export_estimator_savedmodel(
        made, tempfile.mkdtemp(), receiver(tf), {"notes/why.txt": __file__}
    ).decode()
    with tf.Session(graph=tf.Graph()) as session:
        graph = tf.saved_model.loader.load(session, ["serve"], folder)
        outputs = graph.signature_def["all"].outputs["y"].name
        values = session.run(outputs, {"x:0": [[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]]})
    kernel = made.get_variable_value("d/kernel")
    return {
        "graphs": graphs(tf, folder),
        "far from NumPy": float(abs(values[0] - 3 * kernel.T.dot([1.0, 2.0, 3.0])).max()) > 1e-4,
        "zero": values[1].tolist(),
        "files": sorted(os.listdir(folder)),
        "extra": os.listdir(os.path.join(folder, "assets.extra", "notes")),
    }


def as_text(tf):
    """Of a checkpoint that is named, in words."""
    made = trained(tf)
    folder = tf.contrib.tpu.export_estimator_savedmodel(
        made, tempfile.mkdtemp(), receiver(tf), None, True, made.latest_checkpoint()
    ).decode()
    return {"files": sorted(os.listdir(folder))}


def untrained(tf):
    made = tf.estimator.Estimator(lambda features, labels, mode: None, tempfile.mkdtemp())
    tf.contrib.tpu.export_estimator_savedmodel(made, tempfile.mkdtemp(), receiver(tf))


PROGRAMS = {"exported": exported, "as_text": as_text, "untrained": untrained}
