"""TFLite models whose numbers are integers, and sizes that change; values worked out by NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow

from graphkit.errors import ArgumentError, UnsafeFileError
from graphkit.export import open_model
from graphkit.export._running._engines import _tflite

pytestmark = pytest.mark.filterwarnings("ignore:Statistics for quantized")

WEIGHTS = np.random.default_rng(0).uniform(-1, 1, (4, 3)).astype(np.float32)
BATCH = np.random.default_rng(1).uniform(-1, 1, (1, 4)).astype(np.float32)


def network():
    @tensorflow.function(input_signature=[tensorflow.TensorSpec([1, 4], tensorflow.float32, "x")])
    def apply(x):
        return {"y": tensorflow.matmul(x, WEIGHTS)}

    return apply.get_concrete_function()


@pytest.fixture(scope="module", params=["int8", "uint8"])
def quantised(request, tmp_path_factory):
    """The network with its input and output of eight bits."""
    converter = tensorflow.lite.TFLiteConverter.from_concrete_functions([network()])
    converter.optimizations = [tensorflow.lite.Optimize.DEFAULT]
    random = np.random.default_rng(2)
    batches = [[random.uniform(-1, 1, (1, 4)).astype(np.float32)] for _ in range(50)]
    converter.representative_dataset = lambda: iter(batches)
    converter.target_spec.supported_ops = [tensorflow.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tensorflow.dtypes.as_dtype(request.param)
    converter.inference_output_type = tensorflow.dtypes.as_dtype(request.param)
    path = tmp_path_factory.mktemp("tflite") / "net.tflite"
    path.write_bytes(converter.convert())
    return path, request.param


def test_inputs_and_outputs_are_what_the_file_says(quantised):
    path, dtype = quantised
    with open_model(path) as model:
        (source,), (result,) = model.inputs, model.outputs
        assert (source.dtype, result.dtype) == (dtype, dtype)
        assert set(model.quantization) == {source.name, result.name}


def test_real_numbers_are_quantised_and_integers_taken_as_they_are(quantised):
    path, dtype = quantised
    with open_model(path) as model:
        source, result = model.inputs[0].name, model.outputs[0].name
        scale, zero = model.quantization[source]
        whole = np.clip(np.rint(BATCH / scale) + zero, *_limits(dtype)).astype(dtype)
        real, integers = (model.run({source: value})[result] for value in (BATCH, whole))
        np.testing.assert_array_equal(real, integers)
        scale, zero = model.quantization[result]
    np.testing.assert_allclose((real - np.float32(zero)) * scale, BATCH @ WEIGHTS, atol=0.05)


def _limits(dtype):
    return np.iinfo(dtype).min, np.iinfo(dtype).max


def test_integers_beyond_the_dtype_are_refused(quantised):
    path, dtype = quantised
    said = f"within the range of {dtype}"
    with open_model(path) as model, pytest.raises(ArgumentError, match=said):
        model.run({model.inputs[0].name: np.full((1, 4), 1000)})


@pytest.mark.parametrize("kernel", ["WriteFile", "ReadFile", "PyFunc", "TextLineDataset"])
def test_kernels_that_touch_files_are_found_by_their_names(tmp_path, monkeypatch, kernel):
    """The op that runs a kernel says in its options which, whatever it is called itself."""
    path = tmp_path / "net.tflite"
    path.write_bytes(b"\x00\x12" + bytes([len(kernel)]) + kernel.encode() + b"\x1a")
    details = type("Details", (), {"custom_ops": ["FlexAdd"]})
    monkeypatch.setattr(_tflite, "describe_tflite", lambda _: details)
    with pytest.raises(UnsafeFileError, match=f"may run a {kernel}"):
        _tflite._check_safe(path, ())
    _tflite._check_safe(path, {kernel})


@pytest.mark.parametrize("text", [b"\x05AddV2\x1a", b"scope/ReadFile", b"\x10MyReadFile"])
def test_other_names_are_none(tmp_path, monkeypatch, text):
    path = tmp_path / "net.tflite"
    path.write_bytes(text)
    details = type("Details", (), {"custom_ops": ["FlexAdd"]})
    monkeypatch.setattr(_tflite, "describe_tflite", lambda _: details)
    _tflite._check_safe(path, ())
