"""Programs with what contrib.learn read: generators, categories, bytes, small data sets."""

import os
import random
import tarfile
import tempfile

import numpy as np


def error_of(call):
    try:
        call()
    except Exception as error:
        known = (kind for kind in type(error).__mro__ if "graphkit" not in kind.__module__)
        return next(known).__name__
    return "nothing"


def listed(value):
    if isinstance(value, (np.ndarray, np.generic)):
        return listed(value.tolist())
    if isinstance(value, (list, tuple)):
        return [listed(part) for part in value]
    return value.decode() if isinstance(value, bytes) else value


def one_by_one():
    for number in range(5):
        yield {"b": np.full(2, number), "a": np.array([number]), "y": np.array(10 * number)}


def read_all(tf, given):
    """What is read until it ends, and the names of the variables and queues that read it."""
    parts = given if isinstance(given, tuple) else (given,)
    flat = []
    for part in parts:
        flat += [part[key] for key in sorted(part)] if isinstance(part, dict) else [part]
    found = []
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        try:
            while len(found) < 8:
                found.append(listed(session.run(flat)))
        except tf.errors.OutOfRangeError:
            pass
        finally:
            coordinator.request_stop()
            coordinator.join(threads, stop_grace_period_secs=10)
    return {
        "found": found,
        "names": [tensor.name for tensor in flat],
        "shapes": [tensor.get_shape().as_list() for tensor in flat],
        "locals": [variable.op.name for variable in tf.local_variables()],
        "runners": [runner.name for runner in tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)],
    }


def generator_of_features(tf):
    make = tf.contrib.learn.io.generator_input_fn
    return read_all(tf, make(one_by_one, batch_size=2, shuffle=False)())


def generator_with_labels(tf):
    make = tf.contrib.learn.io.generator_io.generator_input_fn
    return read_all(tf, make(one_by_one, "y", 2, 2, False)())


def generator_with_several_labels(tf):
    make = tf.contrib.learn.io.generator_input_fn
    return read_all(tf, make(one_by_one, ["y", "b"], 5, shuffle=False)())


def generator_without_end(tf):
    make = tf.contrib.learn.io.generator_input_fn
    return read_all(tf, make(one_by_one, ("y",), 3, None, shuffle=False)())


def generator_that_is_padded(tf):
    def growing():
        for number in range(1, 4):
            yield {"x": np.arange(number, dtype=np.int64)}

    make = tf.contrib.learn.io.generator_input_fn
    return read_all(tf, make(growing, None, 3, shuffle=False, pad_value=-1)())


def refused_generators(tf):
    make = tf.contrib.learn.io.generator_input_fn
    calls = [
        lambda: make([1]),
        lambda: make(lambda: [1]),
        lambda: make(lambda: (number for number in range(3))),
        lambda: make(one_by_one, 3),
        lambda: make(one_by_one, ["y", 3]),
        lambda: make(one_by_one, ["y", "z"]),
        lambda: make(one_by_one, "z"),
        lambda: make(one_by_one, "z")(),
        lambda: make(one_by_one, "y"),
    ]
    return {"found": [error_of(call) for call in calls]}


ROWS = [["b", "x"], ["a", "x"], ["b", "y"], ["c", "x"], ["b", "x"]]


def categories(tf):
    learn = tf.contrib.learn.preprocessing
    found = {}
    for name, settings in (
        ("plain", {}),
        ("shared", {"share": True}),
        ("frequent", {"min_frequency": 1}),
        ("shared_and_frequent", {"share": True, "min_frequency": 2}),
    ):
        processor = learn.CategoricalProcessor(**settings)
        fitted = listed(list(processor.fit_transform(ROWS)))
        later = listed(list(processor.transform([["a", "y"], ["z", "b"]])))
        found[name] = [fitted, later, [len(each) for each in processor.vocabularies_]]
    return found


def categories_of_numbers(tf):
    learn = tf.contrib.learn.preprocessing
    table = np.array([[3.0, np.nan], [5.0, 1.0], [3.0, 1.0], [np.nan, 2.0]])
    processor = learn.categorical.CategoricalProcessor(min_frequency=1)
    return {
        "found": listed(list(processor.fit_transform(table))),
        "nan": listed(list(processor.transform([[float("nan"), 1.0]]))),
    }


def categories_that_are_given(tf):
    learn = tf.contrib.learn.preprocessing
    known = learn.categorical_vocabulary.CategoricalVocabulary()
    for word in ("y", "x"):
        known.add(word)
    other = learn.text.CategoricalVocabulary("?")
    processor = learn.CategoricalProcessor(vocabularies=[other, known])
    found = listed(list(processor.fit(ROWS).transform(ROWS)))
    processor.freeze(False)
    return {"found": found, "words": [other.reverse(0), other.reverse(2), known.reverse(1)]}


def mixed_categories(tf):
    vocabulary = tf.contrib.learn.preprocessing.CategoricalVocabulary()
    for category in ("b", 2, "a", 1, "b", 1, 2, "a"):
        vocabulary.add(category)
    vocabulary.trim(1)
    return {"found": [vocabulary.reverse(number) for number in range(len(vocabulary))]}


TEXTS = ["abc", "", "h\u00e9llo", "a longer text than is kept", "\u65e5\u672c"]


def byte_rows(tf):
    processor = tf.contrib.learn.preprocessing.ByteProcessor(7)
    rows = list(processor.fit_transform([text for text in TEXTS if text]))
    again = list(processor.reverse(rows))
    encoded = list(processor.transform([b"\xff\xfe", b"ok"]))
    return {
        "rows": listed(rows),
        "dtype": str(rows[0].dtype),
        "again": again,
        "encoded": listed(encoded),
        "broken": list(processor.reverse(encoded)),
        "fit": processor.fit(TEXTS) is None,
    }


def tokens(tf):
    text = tf.contrib.learn.preprocessing.text
    sentences = ["It's a 2-way HTTPServer, isNot it?", "NASA launches", ""]
    return {
        "found": list(text.tokenizer(sentences)),
        "pattern": tf.contrib.learn.preprocessing.TOKENIZER_RE.pattern,
    }


def told(data):
    dtypes = [str(data.data.dtype), str(data.target.dtype)]
    return [np.round(data.data, 6).tolist(), data.target.tolist(), dtypes]


def made_up_circles(tf):
    make = tf.contrib.learn.datasets.synthetic.circles
    return {
        "plain": told(make(8, seed=1)),
        "noisy": told(make(6, 0.1, 2, factor=0.5)),
        "three": told(make(n_samples=11, seed=3, n_classes=3)),
        "named": told(tf.contrib.learn.datasets.make_dataset("circles", 4)),
    }


def made_up_spirals(tf):
    make = tf.contrib.learn.datasets.synthetic.spirals
    found = {
        mode: told(make(9, noise=0.01, seed=4, mode=mode))
        for mode in ("archimedes", "bernoulli", "fermat")
    }
    found["loops"] = told(make(6, seed=5, n_loops=3))
    found["scale"] = told(make(6, seed=5, mode="bernoulli", exp_scale=0.3))
    named = tf.contrib.learn.datasets.make_dataset
    found["named"] = told(named("spirals", 6, None, 7, mode="fermat"))
    return found


def flowers(tf):
    data = tf.contrib.learn.datasets.load_dataset("iris")
    rows = [0, 33, 34, 35, 37, 149]
    return {
        "rows": told(tf.contrib.learn.datasets.base.Dataset(data.data[rows], data.target[rows])),
        "kinds": int(data.target.sum()),
        "sums": np.round(data.data.sum(0), 6).tolist(),
    }


def headed_file(rows):
    path = os.path.join(tempfile.mkdtemp(), "data.csv")
    with open(path, "w") as out:
        out.write("%d,2,a,b\n" % len(rows))
        out.writelines(",".join(map(str, row)) + "\n" for row in rows)
    return path


def data_of_ones_own(tf):
    sets = tf.contrib.learn.datasets
    path = headed_file([[1.5, 2, 1], [3, 4.5, 0]])
    return {"iris": told(sets.load_iris(path)), "boston": told(sets.base.load_boston(path))}


def texts_of_dbpedia(tf):
    sets = tf.contrib.learn.datasets
    folder = tempfile.mkdtemp()
    inner = os.path.join(folder, "dbpedia_csv")
    os.mkdir(inner)
    for part, count in (("train", 2001), ("test", 1001)):
        with open(os.path.join(inner, part + ".csv"), "w") as out:
            out.writelines('%d,"t%d","about, %d"\n' % (n % 14, n, n) for n in range(count))
    data = os.path.join(folder, "dbpedia_data")
    os.mkdir(data)
    with tarfile.open(os.path.join(data, "dbpedia_csv.tar.gz"), "w:gz") as out:
        out.add(inner, "dbpedia_csv")
    before = os.environ.get("TF_EXP_BASE_DIR")
    os.environ["TF_EXP_BASE_DIR"] = folder
    try:
        small, whole = sets.load_dataset("dbpedia"), sets.text_datasets.load_dbpedia(None)
    finally:
        del os.environ["TF_EXP_BASE_DIR"]
        if before is not None:
            os.environ["TF_EXP_BASE_DIR"] = before
    return {
        "small": [listed(list(part)) for part in (small.train, small.test)],
        "whole": [listed([part.data[-1], part.target[-1]]) for part in (whole.train, whole.test)],
        "dtype": str(whole.train.target.dtype),
        "none": small.validation is None,
    }


def few_texts(tf):
    data = tf.contrib.learn.datasets.load_dataset("dbpedia", test_with_fake_data=True)
    parts = [data.train, data.test]
    return {"found": [listed(list(part)) for part in parts], "dtype": str(parts[0].target.dtype)}


def names_of_data(tf):
    sets = tf.contrib.learn.datasets
    return {
        "sets": sorted(sets.DATASETS),
        "synthetic": sorted(sets.SYNTHETIC),
        "same": sets.DATASETS["boston"] is sets.load_boston is sets.base.load_boston,
        "url": sets.text_datasets.DBPEDIA_URL,
        "refused": [
            error_of(lambda: sets.load_dataset("none")),
            error_of(lambda: sets.make_dataset("none")),
            error_of(lambda: sets.synthetic.spirals(mode="none")),
            error_of(lambda: sets.synthetic.spirals(mode=None)),
        ],
    }


def tried_again(tf):
    retry = tf.contrib.learn.datasets.base.retry

    def calls(failures, **settings):
        """How often a function is called that fails so many times, and how that ends."""
        count = []

        def fail():
            count.append(1)
            if len(count) <= failures:
                raise KeyError("again") if len(count) < 3 else ValueError("stop")
            return "done"

        return [error_of(retry(0.001, 0.008, **settings)(fail)), len(count)]

    random.seed(3)
    return {
        "once": calls(0),
        "again": calls(2),
        "to_the_end": calls(9),
        "slower": calls(9, factor=4.0),
        "asked": calls(9, is_retriable=lambda error: isinstance(error, KeyError)),
        "asked_in_vain": calls(2, is_retriable=lambda error: False),
        "refused": [error_of(lambda: retry(1, 2, 0.5)), error_of(lambda: retry(1, 2, jitter=1.0))],
        "fetched": fetched(tf),
    }


def fetched(tf):
    path = headed_file([])
    fetch = tf.contrib.learn.datasets.base.urlretrieve_with_retry
    target = path + ".copy"
    named, _ = fetch("file://" + path, target)
    unnamed, headers = fetch("file://" + path)
    texts = []
    for each in (target, unnamed):
        with open(each) as lines:
            texts.append(lines.read())
    missing = error_of(lambda: fetch("file:///no/such/file"))
    return [named == target, texts, headers["Content-Length"], missing]


PROGRAMS = {
    program.__name__: program
    for program in (
        generator_of_features,
        generator_with_labels,
        generator_with_several_labels,
        generator_without_end,
        generator_that_is_padded,
        refused_generators,
        categories,
        categories_of_numbers,
        categories_that_are_given,
        mixed_categories,
        byte_rows,
        tokens,
        made_up_circles,
        made_up_spirals,
        flowers,
        data_of_ones_own,
        texts_of_dbpedia,
        few_texts,
        names_of_data,
        tried_again,
    )
}
