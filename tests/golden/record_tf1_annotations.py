"""Programs with contrib.estimator's annotated DNN estimators: what their graphs list."""

import importlib
import pickle
import tempfile


def given(tf):
    return {
        "age": tf.constant([[0.5], [1.0]], name="ages"),
        "word": tf.SparseTensor([[0, 0], [1, 0]], ["a", "b"], [2, 1]),
        "spare": tf.constant([1.0, 2.0], name="spare"),
    }


def old_columns(tf):
    columns = importlib.import_module("tensorflow.python.feature_column.feature_column")
    words = columns._categorical_column_with_vocabulary_list("word", ["a", "b"])
    return [
        columns._embedding_column(words, 3),
        columns._numeric_column("age"),
        columns._indicator_column(words),
    ]


def new_columns(tf):
    words = tf.feature_column.categorical_column_with_vocabulary_list("word", ["a", "b"])
    return [tf.feature_column.embedding_column(words, 3), tf.feature_column.numeric_column("age")]


def told(tf, entry):
    """An entry of a collection: a name, a pickled column's kind and key, or a tensor."""
    if isinstance(entry, str):
        return entry
    if isinstance(entry, bytes):
        column = pickle.loads(entry)
        return [type(column).__name__, column.name]
    info = tf.saved_model.utils.build_tensor_info(tf.zeros([]))
    assert entry.Unpack(info)
    shape = [size.size for size in info.tensor_shape.dim]
    return [info.name, info.dtype, shape, info.coo_sparse.values_tensor_name]


def listed(tf, make, columns, labels, **options):
    """What stands in the collections, beside the estimator's kind and variables."""
    made = make([4], columns(tf), model_dir=tempfile.mkdtemp(), **options)
    found = {}

    class Reader(tf.train.SessionRunHook):
        def begin(self):
            graph = tf.get_default_graph()
            for key in graph.get_all_collection_keys():
                if "layer_annot" in str(key):
                    found[key] = [told(tf, entry) for entry in graph.get_collection(key)]

    made.train(lambda: (given(tf), tf.constant(labels)), steps=1, hooks=[Reader()])
    return {
        "kind": type(made).__name__,
        "found": repr(sorted(found.items())),
        "names": repr(sorted(made.get_variable_names())),
    }


def classifier_old(tf):
    make = tf.contrib.estimator.DNNClassifierWithLayerAnnotations
    return listed(tf, make, old_columns, [[1], [0]], n_classes=3, optimizer="Adam")


def classifier_new(tf):
    make = tf.contrib.estimator.DNNClassifierWithLayerAnnotations
    return listed(tf, make, new_columns, [[1], [0]])


def regressor_old(tf):
    make = tf.contrib.estimator.DNNRegressorWithLayerAnnotations
    return listed(tf, make, old_columns, [[1.0, 2.0], [0.5, 1.0]], label_dimension=2, dropout=0.5)


def no_classes(tf):
    make = tf.contrib.estimator.DNNClassifierWithLayerAnnotations
    make([4], old_columns(tf), n_classes=1)


PROGRAMS = {
    "classifier_old": classifier_old,
    "classifier_new": classifier_new,
    "regressor_old": regressor_old,
    "no_classes": no_classes,
}
