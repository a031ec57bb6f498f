"""What contrib.learn reads: files, arrays, tables, generators, texts; contrib.learn.io and more."""

from __future__ import annotations

from graphkit.tf1._entries import Area, Entry, offer, refuse

__all__ = ["AREAS", "DASK", "READERS"]

_PARTS = "graphkit.tf1._contrib._learn"

READERS: dict[str, Entry] = {
    **offer(
        f"{_PARTS}._example_queues",
        "read_batch_examples read_keyed_batch_examples read_keyed_batch_examples_shared_queue",
    ),
    **offer(
        f"{_PARTS}._feature_queues",
        "read_batch_features read_batch_record_features read_keyed_batch_features "
        "read_keyed_batch_features_shared_queue",
    ),
}

# As in 1.15 where dask is not installed, but that its functions say so.
DASK: dict[str, Entry] = refuse(
    "a table of dask, whose insides have changed since",
    "use the table of pandas that its compute() returns",
    "extract_dask_data extract_dask_labels",
)
_HAS_DASK = offer(f"{_PARTS}._data_feeder", "HAS_DASK")

_TABLES = offer(
    f"{_PARTS}._pandas",
    "HAS_PANDAS extract_pandas_data extract_pandas_labels extract_pandas_matrix",
)
_ARRAY_FN = offer(f"{_PARTS}._input_fns", "numpy_input_fn")
_TABLE_FN = offer(f"{_PARTS}._input_fns", "pandas_input_fn")
_GENERATOR_FN = offer(f"{_PARTS}._generators", "generator_input_fn")
_QUEUES: dict[str, Entry] = {
    **READERS,
    **offer(f"{_PARTS}._feature_queues", "queue_parsed_features"),
}

_IO = {
    "dask_io": Area({**DASK, **_HAS_DASK}),
    "data_feeder": Area(
        {
            **offer(
                f"{_PARTS}._data_feeder",
                "DataFeeder HAS_DASK StreamingDataFeeder check_array setup_predict_data_feeder "
                "setup_processor_data_feeder setup_train_data_feeder",
            ),
            "HAS_PANDAS": f"{_PARTS}._pandas:HAS_PANDAS",
            **refuse(
                "a feeder of dask's tables, whose insides have changed since",
                "use DataFeeder with the table of pandas that its compute() returns",
                "DaskDataFeeder",
            ),
        }
    ),
    "generator_io": Area(_GENERATOR_FN),
    "graph_io": Area({**_QUEUES, **offer(f"{_PARTS}._example_queues", "KEY_FEATURE_NAME")}),
    "numpy_io": Area(_ARRAY_FN),
    "pandas_io": Area({**_TABLES, **_TABLE_FN, **offer(f"{_PARTS}._pandas", "PANDAS_DTYPES")}),
}

_VOCABULARY = offer(f"{_PARTS}._vocabulary", "CategoricalVocabulary")
_CATEGORIES = offer(f"{_PARTS}._processors", "CategoricalProcessor")
_TEXTS = {
    **_VOCABULARY,
    **offer(f"{_PARTS}._vocabulary", "TOKENIZER_RE VocabularyProcessor tokenizer"),
    **offer(f"{_PARTS}._processors", "ByteProcessor"),
}
_PREPROCESSING = {
    "categorical": Area(_CATEGORIES),
    "categorical_vocabulary": Area(_VOCABULARY),
    "text": Area(_TEXTS),
}

_FOLDERS = {
    "contrib.learn.io": Area(
        {**_TABLES, **_ARRAY_FN, **_TABLE_FN, **_GENERATOR_FN, **_QUEUES, **DASK, **_HAS_DASK}
    ),
    "contrib.learn.preprocessing": Area(
        {
            **_TEXTS,
            **_CATEGORIES,
            **offer(f"{_PARTS}._data_feeder", "setup_processor_data_feeder"),
            "deprecated": "tensorflow.python.util.deprecation:deprecated",
        }
    ),
    **{f"contrib.learn.io.{name}": area for name, area in _IO.items()},
    **{f"contrib.learn.preprocessing.{name}": area for name, area in _PREPROCESSING.items()},
}

AREAS = {
    **_FOLDERS,
    # The private path to the same.
    **{
        path.replace("contrib.learn.", "contrib.learn.python.learn.").replace(".io", ".learn_io"): (
            area
        )
        for path, area in _FOLDERS.items()
    },
}
