"""Programs that save where their data sets stand: the files, their keys, and where runs go on."""

import glob
import os
import tempfile


def error_of(call):
    try:
        call()
    except Exception as error:
        return type(error).__name__
    return "nothing"


class Seen:
    """The first feature of every step, as the model saw it."""

    def __init__(self, tf):
        seen = self.values = []

        class Hook(tf.train.SessionRunHook):
            def before_run(self, run_context):
                graph = run_context.session.graph
                return tf.train.SessionRunArgs(graph.get_tensor_by_name("seen:0"))

            def after_run(self, run_context, run_values):
                seen.append(int(run_values.results))

        self.hook = Hook()


def estimator(tf, folder, **settings):
    def model_fn(features, labels, mode):
        tf.identity(features, name="seen")
        w = tf.get_variable("w", [], initializer=tf.zeros_initializer())
        step = tf.train.get_or_create_global_step()
        train = tf.group(w.assign_add(1.0), step.assign_add(1))
        return tf.estimator.EstimatorSpec(mode, loss=w * 1.0, train_op=train)

    settings = dict({"save_checkpoints_steps": 2}, **settings)
    config = tf.estimator.RunConfig(folder, **settings)
    return tf.estimator.Estimator(model_fn, config=config)


def counting(tf, steps=()):
    def input_fn():
        data = tf.data.Dataset.range(100)
        for step in steps:
            data = step(data)
        return data

    return input_fn


def files(folder):
    """What lies in a folder, less what is named after the machine and the hour."""
    names = [os.path.basename(path) for path in glob.glob(os.path.join(folder, "*"))]
    kept = [name for name in names if not name.startswith("events.")]
    # Shards of data are numbered by device, which differs with the release.
    return sorted(name for name in kept if ".data-" not in name)


def keys(tf, folder, prefix="input"):
    latest = tf.train.latest_checkpoint(folder, "checkpoint_" + prefix)
    # The position itself has another form in every release; its name stays.
    return [name for name, _ in tf.train.list_variables(latest)]


def trained(tf, made, input_fn, runs, hook=True):
    """The elements that each run saw."""
    found = []
    for steps in runs:
        seen = Seen(tf)
        hooks = [tf.data.experimental.CheckpointInputPipelineHook(made)] if hook else []
        made.train(input_fn, hooks=[seen.hook, *hooks], steps=steps)
        found.append(seen.values)
    return found


def runs_go_on(tf):
    folder = tempfile.mkdtemp()
    made = estimator(tf, folder)
    found = {"seen": trained(tf, made, counting(tf), [3, 2, 4])}
    found["files"] = files(folder)
    found["keys"] = keys(tf, folder)
    found["model"] = [name for name, _ in tf.train.list_variables(folder)]
    found["latest"] = [
        os.path.basename(tf.train.latest_checkpoint(folder, name))
        for name in ("checkpoint", "checkpoint_input")
    ]
    return found


def without_it_they_begin_anew(tf):
    return {"seen": trained(tf, estimator(tf, tempfile.mkdtemp()), counting(tf), [3, 2], False)}


def pipelines(tf):
    """Of shuffles, repeats and batches the rest comes, each element once."""
    kinds = {
        "batched": [lambda data: data.batch(2), lambda data: data.map(lambda x: x[0])],
        "repeated": [lambda data: data.take(4).repeat()],
        "prefetched": [lambda data: data.map(lambda x: 3 * x).prefetch(2)],
        "flat": [lambda data: data.flat_map(lambda x: tf.data.Dataset.from_tensors(x).repeat(2))],
        "filtered": [lambda data: data.filter(lambda x: tf.equal(x % 3, 1))],
        "skipped": [lambda data: data.skip(5).take(40)],
    }
    found = []
    for name in sorted(kinds):
        made = estimator(tf, tempfile.mkdtemp())
        found.append([name, trained(tf, made, counting(tf, kinds[name]), [3, 2])])
    return {"found": found}


def monitored(tf):
    """In a session without an estimator's loop, with two data sets in the graph."""
    folder = tempfile.mkdtemp()
    made, found = estimator(tf, folder, save_checkpoints_steps=1), []
    for steps in (2, 3):
        with tf.Graph().as_default():
            sources = [tf.data.Dataset.range(start, 50) for start in (0, 20)]
            nexts = [tf.data.make_one_shot_iterator(data).get_next() for data in sources]
            step = tf.train.get_or_create_global_step()
            train = tf.group(step.assign_add(1))
            hook = tf.contrib.data.CheckpointInputPipelineHook(made)
            with tf.train.MonitoredSession(hooks=[hook]) as session:
                for _ in range(steps):
                    found.append([int(x) for x in session.run([*nexts, train])[:2]])
    return {"found": found, "keys": keys(tf, folder), "files": files(folder)}


class Worker:
    """As much of an estimator as the hook asks for, of a cluster of two."""

    def __init__(self, folder):
        self.model_dir, self.config = folder, self
        self._config = self
        self.num_worker_replicas, self.task_type, self.task_id = 2, "worker", 1
        self.save_checkpoints_secs, self.save_checkpoints_steps = None, 1


def one_of_two_workers(tf):
    folder = tempfile.mkdtemp()
    with tf.Graph().as_default():
        element = tf.data.make_one_shot_iterator(tf.data.Dataset.range(9)).get_next()
        train = tf.group(tf.train.get_or_create_global_step().assign_add(1))
        hook = tf.data.experimental.CheckpointInputPipelineHook(Worker(folder))
        with tf.train.MonitoredSession(hooks=[hook]) as session:
            seen = [int(session.run([element, train])[0]) for _ in range(2)]
    return {"seen": seen, "files": files(folder), "keys": keys(tf, folder, "input_worker_1")}


def saved_with_the_model(tf):
    """`make_saveable_from_iterator` puts the position in the model's own checkpoint."""
    path, found = os.path.join(tempfile.mkdtemp(), "model"), []
    with tf.Graph().as_default():
        data = tf.data.Dataset.range(10).map(lambda x: x * x)
        iterator = tf.data.make_initializable_iterator(data, shared_name="squares")
        element = iterator.get_next()
        saveable = tf.data.experimental.make_saveable_from_iterator(iterator)
        tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, saveable)
        tf.get_variable("w", [2])
        saver = tf.train.Saver()
        with tf.Session() as session:
            session.run([iterator.initializer, tf.global_variables_initializer()])
            found += [int(session.run(element)) for _ in range(3)]
            saver.save(session, path)
            found += [int(session.run(element)) for _ in range(2)]
            saver.restore(session, path)
            found += [int(session.run(element)) for _ in range(2)]
    names = sorted(name for name, _ in tf.train.list_variables(path))
    return {"found": found, "keys": names}


def misuse(tf):
    make = tf.data.experimental.CheckpointInputPipelineHook

    def begun():
        with tf.Graph().as_default():
            tf.train.get_or_create_global_step()
            make(estimator(tf, tempfile.mkdtemp())).begin()

    def no_step():
        with tf.Graph().as_default():
            tf.data.make_one_shot_iterator(tf.data.Dataset.range(3))
            make(estimator(tf, tempfile.mkdtemp())).begin()

    never = estimator(tf, tempfile.mkdtemp(), save_checkpoints_steps=None)
    wrong = {"no_times": lambda: make(never), "no_iterator": begun, "no_step": no_step}
    is_saver = isinstance(make(estimator(tf, tempfile.mkdtemp())), tf.train.CheckpointSaverHook)
    return {"errors": sorted([k, error_of(call)] for k, call in wrong.items()), "saver": is_saver}


PROGRAMS = {
    "misuse": misuse,
    "monitored": monitored,
    "one_of_two_workers": one_of_two_workers,
    "pipelines": pipelines,
    "runs_go_on": runs_go_on,
    "saved_with_the_model": saved_with_the_model,
    "without_it_they_begin_anew": without_it_they_begin_anew,
}
