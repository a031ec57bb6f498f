"""How a TFLite model is laid out: the fields of its tables that lead elsewhere.

The numbers are those of
https://github.com/tensorflow/tensorflow/blob/master/tensorflow/compiler/mlir/lite/schema/schema.fbs.
"""

from __future__ import annotations

from graphkit._formats._flat_layout import Layout, Numbers, Table, Tables, Text, Union

__all__ = ["MODEL"]

_BYTES, _INTS, _LONGS = Numbers(1), Numbers(4), Numbers(8)
_TEXT = Text()


def _longs(*fields: int) -> Layout:
    return dict.fromkeys(fields, _LONGS)


_QUANTIZATION: Layout = {
    0: _INTS,  # min
    1: _INTS,  # max
    2: _INTS,  # scale
    3: _LONGS,  # zero_point
    5: Union({1: {0: _BYTES}}),  # details
}
_INDICES = Union({1: {0: _INTS}, 2: {0: Numbers(2)}, 3: {0: _BYTES}})
_SPARSITY: Layout = {
    0: _INTS,  # traversal_order
    1: _INTS,  # block_map
    2: Tables({3: _INDICES, 5: _INDICES}),  # dim_metadata
}
_TENSOR: Layout = {
    0: _INTS,  # shape
    3: _TEXT,  # name
    4: Table(_QUANTIZATION),
    6: Table(_SPARSITY),
    7: _INTS,  # shape_signature
    9: Tables({0: _INTS}),  # variant_tensors
}
_OPTIONS = Union(
    {
        3: {1: _INTS, 2: _INTS},  # ConcatEmbeddingsOptions
        17: {0: _INTS},  # ReshapeOptions
        30: {0: _INTS},  # SqueezeOptions
        111: {0: _TEXT, 1: _TEXT},  # VarHandleOptions
        115: {0: _INTS},  # BucketizeOptions
    }
)
_STABLEHLO_OPTIONS = Union(
    {
        2: _longs(0),  # StablehloBroadcastInDimOptions
        3: _longs(0, 1, 2),  # StablehloSliceOptions
        4: {**_longs(0, 1, 2, 3, 7, 10, 13), 4: _BYTES, 16: _INTS},  # StablehloConvolutionOptions
        5: {0: _TEXT, 2: _TEXT, 4: _INTS, 5: _BYTES},  # StablehloCustomCallOptions
        6: _longs(0),  # StablehloReduceOptions
        7: _longs(1, 2, 3),  # StablehloScatterOptions
        9: _longs(0),  # StablehloDynamicSliceOptions
        10: _longs(0, 1, 2),  # StablehloPadOptions
        12: {**_longs(0, 1, 2, 3), 4: _INTS},  # StablehloDotGeneralOptions
        13: _longs(0, 1, 2, 3, 4),  # StablehloReduceWindowOptions
        16: _longs(0, 1, 2, 4),  # StablehloGatherOptions
        17: _longs(0),  # StablehloTransposeOptions
        21: {0: _TEXT, 2: _BYTES},  # StableHLOCompositeOptions
        23: {0: _INTS},  # StablehloCaseOptions
    }
)
_OPERATOR: Layout = {
    1: _INTS,  # inputs
    2: _INTS,  # outputs
    4: _OPTIONS,
    5: _BYTES,  # custom_options
    7: _BYTES,  # mutating_variable_inputs
    8: _INTS,  # intermediates
    12: _STABLEHLO_OPTIONS,
}
_SUBGRAPH: Layout = {
    0: Tables(_TENSOR),
    1: _INTS,  # inputs
    2: _INTS,  # outputs
    3: Tables(_OPERATOR),
    4: _TEXT,  # name
}
_SIGNATURE: Layout = {
    0: Tables({0: _TEXT}),  # inputs
    1: Tables({0: _TEXT}),  # outputs
    2: _TEXT,  # signature_key
}
MODEL: Layout = {
    1: Tables({1: _TEXT}),  # operator_codes
    2: Tables(_SUBGRAPH),
    3: _TEXT,  # description
    4: Tables({0: _BYTES}),  # buffers
    5: _INTS,  # metadata_buffer
    6: Tables({0: _TEXT}),  # metadata
    7: Tables(_SIGNATURE),
    8: Tables({0: _TEXT}),  # external_buffer_groups
    9: Tables({4: _TEXT}),  # external_buffers
}
