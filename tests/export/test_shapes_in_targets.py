"""The graphs of every shape in the other formats: each agrees, or is refused with the reason.

A sample of them; all with `GRAPHKIT_ALL_SHAPES=1` in the environment.
"""

from __future__ import annotations

import os
import re

import pytest
from test_freeze_matrix import FROZEN, named

from graphkit._tf import tf
from graphkit.errors import ConversionError, VerificationError
from graphkit.export import convert, freeze, open_model

# slim's layers say themselves that they are old.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")

NO_SUCH_TYPE, NO_STRINGS = "data type is not supported", "Overload resolution failed.*blob data"
AXES = "Unsupported mode of reduce_mean or reduce_sum"
OPEN_SHAPE = "TensorListReserve.*build the placeholders with all their sizes"

# What is refused, and a word of the reason; all that is not here agrees.
REFUSED = {
    "saved_model": {},
    "onnx": {
        "array_of_tensors": "TensorListConcatV2",
        "table_with_unknown_words": "StringToHashBucketFast.*name inputs behind it",
        "table_in_a_branch": "LookupTableFindV2.*no lookup inside a loop or branch",
        "hashed_words": "StringToHashBucketFast",
        "text": "StringJoin.*name inputs behind it",
        "sparse_product": "SparseTensorDenseMatMul",
        "decoded_picture": "DecodeJpeg.*name inputs behind it",
        "decoded_pictures": "DecodeJpeg.*name inputs behind it",
    },
    "tflite": {
        "array_of_tensors": OPEN_SHAPE,
        "lstm": OPEN_SHAPE,
        "gru": OPEN_SHAPE,
        "two_cells": OPEN_SHAPE,
        "embedding_in_parts": "DynamicPartition",
        "embedding_of_sparse_ids": "SparseSegmentMean",
        "table_with_unknown_words": "StringToHashBucketFast",
        "table_in_a_branch": "HashTableV2",
        "hashed_words": "StringToHashBucketFast",
        "text": "StringJoin",
        "sparse_product": "SparseTensorDenseMatMul",
        "boxes_kept": "differs from its source at 'y'.*NonMaxSuppressionV3",
        "of_half_precision": "Mul",
        "decoded_picture": "DecodeJpeg.*name inputs behind it",
        "decoded_pictures": "DecodeJpeg.*name inputs behind it",
    },
    "opencv": {
        "several_outputs": "OpenCV failed",
        "waits_for_another_op": "input_size",
        "moving_average_of_a_resource": "differs from its source at 'y'",
        "nested_branches": AXES,
        "case_of_many": AXES,
        "switch_case": AXES,
        "loop_with_weights": "While.*before the loop",
        "loop_that_grows": "While.*before the loop",
        "loop_in_a_branch": AXES,
        "map_over_rows": "OpenCV refuses it",
        "scan_over_rows": "TensorListStack",
        "fold_over_rows": "StatelessWhile",
        "array_of_tensors": NO_SUCH_TYPE,
        "lstm": NO_SUCH_TYPE,
        "gru": NO_SUCH_TYPE,
        "two_cells": NO_SUCH_TYPE,
        "embedding": "GatherV2",
        "embedding_in_parts": NO_SUCH_TYPE,
        "embedding_of_sparse_ids": NO_SUCH_TYPE,
        "table_of_words": NO_SUCH_TYPE,
        "table_with_unknown_words": NO_SUCH_TYPE,
        "table_in_a_branch": NO_SUCH_TYPE,
        "hashed_words": NO_STRINGS,
        "text": f"StringJoin.*{NO_SUCH_TYPE}",
        "sparse_product": "SparseTensorDenseMatMul",
        "apart_and_widened": "OpenCV refuses it",
        "boxes_kept": "GatherV2",
        "sorted_and_counted": "TopKV2",
        "spectrum": "ComplexAbs",
        "decoded_picture": NO_STRINGS,
        "decoded_pictures": "OpenCV refuses it",
    },
}
SAMPLE = {
    *("several_outputs", "switch_of_unknown_shape", "loop_with_weights", "map_over_rows", "gru"),
    *("table_of_words", "boxes_kept", "inception_block", "decoded_picture"),
}
SHAPES = {
    build.__name__: build
    for build in FROZEN
    if build.__name__ in SAMPLE or os.environ.get("GRAPHKIT_ALL_SHAPES")
}
SUFFIXES = {"onnx": ".onnx", "tflite": ".tflite", "saved_model": ""}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Gives the frozen graph of a shape, its outputs and what it tolerates; each is made once."""
    folder, made = tmp_path_factory.mktemp("shapes"), {}

    def file_of(name):
        if name not in made:
            with tf.Graph().as_default() as graph, tf.Session(graph=graph) as session:
                outputs = named(SHAPES[name]())
                session.run([tf.global_variables_initializer(), tf.tables_initializer()])
                tolerance = 1e-3 if name == "of_half_precision" else 1e-5
                path = folder / f"{name}.pb"
                freeze(session, path, outputs=[*outputs], tolerance=tolerance)
            made[name] = path, [*outputs], tolerance
        return made[name]

    return file_of


@pytest.mark.parametrize("target", REFUSED)
@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_agrees_or_is_refused_with_the_reason(files, tmp_path, name, target):
    if target == "onnx":
        pytest.importorskip("tf2onnx")
        pytest.importorskip("onnxruntime")
    path, outputs, tolerance = files(name)
    try:
        if target == "opencv":
            done = {"outputs": outputs, "tolerance": tolerance, "targets": target}
            largest = max(freeze(path, tmp_path / "m.pb", **done).consumers[target].values())
        else:
            goal = tmp_path / f"m{SUFFIXES[target]}"
            largest = convert(path, goal, outputs=outputs, tolerance=tolerance).max_abs_diff
            with open_model(goal) as model:
                assert {info.name for info in model.outputs} == {*outputs}
    except (ConversionError, VerificationError) as refusal:
        reason = REFUSED[target].get(name, "it was to agree")
        assert re.search(reason, str(refusal), re.DOTALL), str(refusal)
        assert [*tmp_path.iterdir()] == []
    else:
        assert name not in REFUSED[target]
        assert largest <= tolerance


def test_every_refusal_is_of_a_shape():
    known = {build.__name__ for build in FROZEN}
    assert known >= SAMPLE.union(*REFUSED.values())
