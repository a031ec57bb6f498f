"""`tensorflow.examples.tutorials.mnist`, which half of all first programs import."""

from __future__ import annotations

from graphkit.tf1._entries import Area, offer, refuse

__all__ = ["AREAS"]

_MNIST = "graphkit.tf1._mnist"

_INPUT_DATA = {
    **offer(
        f"{_MNIST}._input_data",
        "DEFAULT_SOURCE_URL extract_images extract_labels maybe_download read_data_sets",
    ),
    **offer(f"{_MNIST}._data_set", "DataSet dense_to_one_hot"),
}

_NETWORK = offer(
    f"{_MNIST}._fully_connected",
    "IMAGE_PIXELS IMAGE_SIZE NUM_CLASSES evaluation inference loss training",
)

_IRIS = refuse(
    "a small data set that came with TensorFlow",
    "use load_iris of sklearn.datasets",
    "load_boston load_iris",
)
_MADE_UP = refuse(
    "points made up in circles and spirals",
    "use make_circles or make_moons of sklearn.datasets",
    "circles spirals",
)
_SMALL_SETS = {
    **_IRIS,
    **refuse(
        "data sets by name",
        "use the functions of sklearn.datasets",
        "DATASETS SYNTHETIC deprecated load_dataset make_dataset",
    ),
}

_DATA_SETS = {
    "contrib.learn.datasets": Area(_SMALL_SETS),
    "contrib.learn.datasets.synthetic": Area(_MADE_UP),
    "contrib.learn.datasets.text_datasets": Area(
        refuse(
            "a download of texts from DBpedia",
            "use the package datasets or tensorflow-datasets",
            "DBPEDIA_URL load_dbpedia maybe_download_dbpedia",
        )
    ),
    "contrib.learn.datasets.mnist": Area(
        {**_INPUT_DATA, **offer(f"{_MNIST}._input_data", "load_mnist")}
    ),
    "contrib.learn.datasets.base": Area(
        {
            **offer(f"{_MNIST}._data_set", "Datasets"),
            **offer(
                "graphkit.tf1._contrib._learn._csv",
                "Dataset load_csv_with_header load_csv_without_header shrink_csv",
            ),
            **_IRIS,
            **refuse(
                "a download that was tried again",
                "use urllib.request.urlretrieve in a loop of your own",
                "retry urlretrieve_with_retry",
            ),
            **offer(f"{_MNIST}._input_data", "maybe_download"),
        }
    ),
}

AREAS = {
    **_DATA_SETS,
    # The private path to the same.
    **{
        path.replace("contrib.learn.", "contrib.learn.python.learn."): area
        for path, area in _DATA_SETS.items()
    },
    "examples": Area(),
    "examples.tutorials": Area(),
    "examples.tutorials.mnist": Area(),
    "examples.tutorials.mnist.input_data": Area(_INPUT_DATA),
    "examples.tutorials.mnist.mnist": Area(_NETWORK),
    # Where the tutorials were before 1.0.
    "g3doc": Area(),
    "g3doc.tutorials": Area(),
    "g3doc.tutorials.mnist": Area(),
    "g3doc.tutorials.mnist.input_data": Area(_INPUT_DATA),
}
