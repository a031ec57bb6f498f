"""`tensorflow.examples.tutorials.mnist`, which half of all first programs import."""

from __future__ import annotations

from graphkit.tf1._entries import Area, offer

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

_LEARN = "graphkit.tf1._contrib._learn"
_DATA_SETS = {
    "contrib.learn.datasets": Area(
        {
            **offer(
                f"{_LEARN}._data_sets",
                "DATASETS SYNTHETIC load_boston load_dataset load_iris make_dataset",
            ),
            "deprecated": "tensorflow.python.util.deprecation:deprecated",
        }
    ),
    "contrib.learn.datasets.synthetic": Area(offer(f"{_LEARN}._synthetic", "circles spirals")),
    "contrib.learn.datasets.text_datasets": Area(
        offer(f"{_LEARN}._downloads", "DBPEDIA_URL load_dbpedia maybe_download_dbpedia")
    ),
    "contrib.learn.datasets.mnist": Area(
        {**_INPUT_DATA, **offer(f"{_MNIST}._input_data", "load_mnist")}
    ),
    "contrib.learn.datasets.base": Area(
        {
            **offer(f"{_MNIST}._data_set", "Datasets"),
            **offer(
                f"{_LEARN}._csv",
                "Dataset load_csv_with_header load_csv_without_header shrink_csv",
            ),
            **offer(f"{_LEARN}._data_sets", "load_boston load_iris"),
            **offer(f"{_LEARN}._downloads", "retry urlretrieve_with_retry"),
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
