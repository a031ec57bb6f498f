"""Programs with contrib.eager: networks, metrics, callbacks, in a graph and without one."""

import importlib
import os
import tempfile


def eagerly(program):
    """The same program, executed eagerly; what it returns is plain."""

    def inside(tf):
        context = importlib.import_module("tensorflow.python.eager.context")
        with context.eager_mode():
            return program(tf, tf.contrib.eager)

    return inside


def in_graph(program):
    return lambda tf: program(tf, tf.contrib.eager)


def error_of(call):
    try:
        call()
    except Exception as error:
        return type(error).__name__
    return "nothing"


def plain(tensor):
    return tensor.numpy().tolist()


def ones(tf):
    return tf.constant([[1.0, 2.0, 3.0, 4.0]])


def halves(tf):
    return tf.constant_initializer(0.5)


def network_class(tf, tfe):
    class TwoLayers(tfe.Network):
        def __init__(self, name=None):
            super(TwoLayers, self).__init__(name=name)
            init = halves(tf)
            self.a = self.track_layer(tf.layers.Dense(3, kernel_initializer=init))
            self.b = self.track_layer(tf.layers.Dense(2, name="out", kernel_initializer=init))

        def call(self, x):
            return self.b(self.a(x))

    return TwoLayers


def nested_class(tf, tfe):
    inner = network_class(tf, tfe)

    class Outer(tfe.Network):
        def __init__(self):
            super(Outer, self).__init__(name="")
            self.first = self.track_layer(inner())
            self.second = self.track_layer(inner())
            steps = [
                tf.layers.Dense(2, kernel_initializer=halves(tf)),
                tf.nn.relu,
                tf.layers.BatchNormalization(),
                tf.layers.Dense(1, kernel_initializer=halves(tf)),
            ]
            self.steps = self.track_layer(tfe.Sequential(steps))

        def call(self, x, training=False):
            return self.steps(tf.concat([self.first(x), self.second(x)], 1), training=training)

    return Outer


def names(variables):
    return [variable.name for variable in variables]


def network(tf, tfe):
    made = network_class(tf, tfe)()
    before = error_of(lambda: made.name)
    y = made(ones(tf))
    other = network_class(tf, tfe)("mine")
    other(ones(tf))
    with tf.variable_scope("scope"):
        inside = network_class(tf, tfe)()
        inside(ones(tf))
    return {
        "before": before,
        "y": y,
        "name": made.name,
        "names": names(made.variables + other.variables + inside.variables),
        "inside": [inside.name, inside.scope_name],
        "layers": [layer.name for layer in made.layers],
        "found": [made.get_layer("out").name, made.get_layer(index=0).name],
        "counts": [len(made.trainable_variables), len(made.non_trainable_variables)],
        "trainable": [made.trainable],
    }


def network_eager(tf, tfe):
    found = network(tf, tfe)
    return dict(found, y=plain(found["y"]))


def nested(tf, tfe):
    made = nested_class(tf, tfe)()
    y = made(ones(tf), training=True)
    return {
        "y": y,
        "name": made.name,
        "names": names(made.variables),
        "trainable": names(made.trainable_variables),
        "rest": names(made.non_trainable_variables),
        "layers": [layer.name for layer in made.layers],
    }


def nested_eager(tf, tfe):
    found = nested(tf, tfe)
    return dict(found, y=plain(found["y"]))


def network_losses(tf, tfe):
    class Regularised(tfe.Network):
        def __init__(self):
            super(Regularised, self).__init__()
            layer = tf.layers.Dense(
                1, kernel_initializer=halves(tf), kernel_regularizer=tf.nn.l2_loss
            )
            self.layer = self.track_layer(layer)

        def call(self, x):
            return self.layer(x)

    made = Regularised()
    y = made(ones(tf))
    return {"y": y, "loss": tf.add_n(made.losses)}


def network_errors(tf, tfe):
    make = network_class(tf, tfe)
    made = make()
    made(ones(tf))

    class Forgetful(tfe.Network):
        def __init__(self):
            self.layer = self.track_layer(tf.layers.Dense(1))

    class Twice(tfe.Network):
        def __init__(self):
            super(Twice, self).__init__()
            for _ in range(2):
                self.track_layer(tf.layers.Dense(1, name="same"))

    def untrained():
        made.trainable = False

    def called_alike():
        make("alike")(ones(tf))
        make("alike")(ones(tf))

    calls = {
        "forgetful": Forgetful,
        "twice": Twice,
        "no_layer": lambda: make().track_layer(3),
        "slash": lambda: make("a/b"),
        "scope": lambda: make(tf.get_variable_scope()),
        "alike": called_alike,
        "unknown": lambda: made.get_layer("missing"),
        "index": lambda: made.get_layer(index=9),
        "both": lambda: made.get_layer("out", 1),
        "neither": made.get_layer,
        "untrained": untrained,
        "loss": lambda: made.add_loss(1.0),
        "variable": lambda: made.add_variable("v", []),
        "not_callable": lambda: tfe.Sequential([3]),
    }
    return {name: error_of(call) for name, call in calls.items()}


def network_checkpoint(tf, tfe):
    make = network_class(tf, tfe)
    folder = tempfile.mkdtemp()
    made = make()
    early = error_of(lambda: tfe.save_network_checkpoint(made, folder))
    made(ones(tf))
    made.variables[1].assign([1.0, 2.0, 3.0])
    path = tfe.save_network_checkpoint(made, folder, global_step=3)
    whole = tfe.save_network_checkpoint(
        made, os.path.join(folder, "whole"), global_step=3, map_func=lambda name: name
    )
    later = make()
    tfe.restore_network_checkpoint(later, path)
    later(ones(tf))
    other = make()
    other(ones(tf))
    tfe.restore_network_checkpoint(other, path)
    return {
        "early": early,
        "path": os.path.relpath(path, folder),
        "saved": [name for name, _ in tf.train.list_variables(path)],
        "whole": [name for name, _ in tf.train.list_variables(whole)],
        "later": plain(later.variables[1]),
        "other": plain(other.variables[1]),
        "collision": error_of(
            lambda: tfe.save_network_checkpoint(made, folder, map_func=lambda name: "same")
        ),
        "restored_collision": error_of(
            lambda: tfe.restore_network_checkpoint(made, path, map_func=lambda name: "same")
        ),
    }


def restored_on_create(tf, tfe):
    path = os.path.join(tempfile.mkdtemp(), "v")
    first = tfe.Variable([1.0, 2.0], name="v")
    kernel = tfe.Variable([[4.0]], name="dense/kernel")
    bias = tfe.Variable([5.0], name="dense/bias")
    path = tfe.Saver([first, kernel, bias]).save(path)
    with tfe.restore_variables_on_create(path):
        again = tfe.Variable([0.0, 0.0], name="v")
        second = tfe.Variable([0.0, 0.0], name="v")
        layer = tf.layers.Dense(1, name="dense")
        layer(tf.ones([1, 1]))
        missing = error_of(lambda: tfe.Variable(1.0, name="unknown"))
    with tfe.restore_variables_on_create(path, lambda name: "v"):
        mapped = tfe.Variable([0.0, 0.0], name="w")
    with tfe.restore_variables_on_create(None):
        alone = tfe.Variable([0.0], name="unknown")

    def uncallable():
        with tfe.restore_variables_on_create(path, "v"):
            pass

    return {
        "values": [plain(v) for v in [again, second, *layer.variables, mapped, alone]],
        "missing": missing,
        "uncallable": error_of(uncallable),
    }


def metrics(tf, tfe):
    metrics = tfe.metrics
    mean, weighted = metrics.Mean("my mean"), metrics.Mean(dtype=tf.float32)
    returned = mean(tf.constant([1.0, 2.0]))
    mean(6.0)
    weighted([1.0, 3.0], weights=[3, 1])
    scores = tf.constant([[0.2, 0.8], [0.9, 0.1]])
    labels = tf.constant([[0.0, 1.0], [0.0, 1.0]])
    made = {
        "accuracy": metrics.Accuracy(),
        "categorical": metrics.CategoricalAccuracy(),
        "binary": metrics.BinaryAccuracy(0.5),
        "sparse": metrics.SparseAccuracy(),
    }
    made["accuracy"](labels=tf.constant([1, 2, 3]), predictions=tf.constant([1, 2, 4]))
    made["categorical"](labels, scores, weights=[1.0, 3.0])
    made["binary"](labels, scores)
    made["sparse"](tf.constant([1, 1]), scores)
    other = metrics.Mean("my mean")
    other(tf.constant(11.0))
    before = plain(mean.result())
    mean.aggregate([other])
    results = {name: plain(metric.result()) for name, metric in made.items()}
    renewed = metrics.Mean("renewed")
    renewed(tf.constant(5.0))
    renewed.init_variables()
    renewed(tf.constant(7.0))
    return dict(
        results,
        returned=plain(returned),
        before=before,
        after=plain(mean.result()),
        weighted=plain(weighted.result()),
        renewed=plain(renewed.value()()),
        dtypes=[mean.result().dtype.name, weighted.result().dtype.name],
        names=[mean.name, made["binary"].name, *names(mean.variables + weighted.variables)],
        mixed=error_of(lambda: mean.aggregate([made["sparse"]])),
        late=error_of(lambda: mean.add_variable("late", [])),
        unbuilt=error_of(metrics.Mean("unbuilt").result),
        shapes=[error_of(lambda m=m: m(tf.ones([3, 2]), tf.ones([2, 2]))) for m in made.values()],
        bare=error_of(lambda: metrics.Metric("bare")(1.0)),
    )


def metrics_in_graph(tf, tfe):
    mean = tfe.metrics.Mean("mean")
    update = mean(tf.constant([1.0, 2.0, 6.0]))
    again = tfe.metrics.Mean("mean_kept", use_global_variables=True)
    again(tf.constant([1.0]))
    with tf.control_dependencies([mean.init_variables()]):
        with tf.control_dependencies([tf.identity(update)]):
            result = tf.identity(mean.result(write_summary=False))
    keys = tf.GraphKeys
    return {
        "update": update,
        "result_dtype": [result.dtype.name],
        "names": names(mean.variables + again.variables),
        "collected": [
            len(tf.get_collection(key))
            for key in (keys.LOCAL_VARIABLES, keys.GLOBAL_VARIABLES, keys.METRIC_VARIABLES)
        ],
        "taken": error_of(lambda: tfe.metrics.Mean("mean")),
    }


def callbacks(tf, tfe):
    seen = []
    tfe.add_execution_callback(
        lambda kind, inputs, attrs, outputs, name: seen.append([kind, len(inputs), len(outputs)])
    )
    tf.matmul(tf.ones([1, 1]), tf.ones([1, 1]))
    tfe.clear_execution_callbacks()
    tf.matmul(tf.ones([1, 1]), tf.ones([1, 1]))
    zero = tf.constant(0.0)
    kinds = tfe.ExecutionCallback
    found = {"before": [tfe.seterr(inf_or_nan=kinds.RAISE)["inf_or_nan"].value]}
    found["inf"] = error_of(lambda: tf.div(1.0, zero))
    found["nan"] = error_of(lambda: tf.log(-1.0))
    found["fine"] = error_of(lambda: tf.div(zero, 1.0))
    found["during"] = [tfe.seterr()["inf_or_nan"].value]
    with tfe.errstate(inf_or_nan=kinds.IGNORE):
        found["ignored"] = error_of(lambda: tf.div(1.0, zero))
    found["again"] = error_of(lambda: tf.div(1.0, zero))
    found["unknown"] = error_of(lambda: tfe.seterr(inf_or_nan="shout"))
    tfe.seterr(inf_or_nan=kinds.IGNORE)
    tfe.add_execution_callback(tfe.inf_callback)
    found["only_inf"] = [error_of(lambda: tf.div(1.0, zero)), error_of(lambda: tf.log(-1.0))]
    tfe.clear_execution_callbacks()
    tfe.add_execution_callback(tfe.nan_callback)
    found["only_nan"] = [error_of(lambda: tf.div(1.0, zero)), error_of(lambda: tf.log(-1.0))]
    tfe.clear_execution_callbacks()
    found["cleared"] = error_of(lambda: tf.div(1.0, zero))
    found["matmul"] = [entry for entry in seen if entry[0] == "MatMul"]
    return found


def gradients(tf, tfe):
    v = tfe.Variable([2.0, 3.0], name="v")
    pairs = tfe.implicit_gradients(lambda x: tf.reduce_sum(v * v * x))(tf.constant(2.0))
    value, also = tfe.implicit_value_and_gradients(lambda: tf.reduce_sum(v * v))()
    both = tfe.value_and_gradients_function(lambda x: x * x, params=[0])(3.0)
    square = tfe.defun(lambda x: x * x)
    return {
        "grad": plain(pairs[0][0]),
        "same": [pairs[0][1] is v, isinstance(v, tfe.Variable), also[0][1] is v],
        "value": plain(value),
        "both": [plain(both[0]), plain(both[1][0])],
        "defun": plain(square(tf.constant(4.0))),
    }


PROGRAMS = {
    "network": in_graph(network),
    "nested": in_graph(nested),
    "network_losses": in_graph(network_losses),
    "network_errors": in_graph(network_errors),
    "metrics_in_graph": in_graph(metrics_in_graph),
    "create_in_graph": lambda tf: tf.contrib.eager.restore_variables_on_create("x").__enter__(),
    "network_eager": eagerly(network_eager),
    "nested_eager": eagerly(nested_eager),
    "errors_eager": eagerly(network_errors),
    "network_checkpoint": eagerly(network_checkpoint),
    "restored_on_create": eagerly(restored_on_create),
    "metrics": eagerly(metrics),
    "callbacks": eagerly(callbacks),
    "gradients": eagerly(gradients),
}
