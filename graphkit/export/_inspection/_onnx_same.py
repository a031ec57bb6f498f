"""ONNX ops and the ops of TensorFlow that do the same: for their operations and their colour."""

from __future__ import annotations

__all__ = ["same_onnx_op"]

_SAME = dict(
    pair.split("=")
    for pair in """
    Add=AddV2 And=LogicalAnd AveragePool=AvgPool BatchNormalization=FusedBatchNormV3 Clip=Relu6
    Concat=ConcatV2 CumSum=Cumsum Conv=Conv2D ConvTranspose=Conv2DBackpropInput Div=RealDiv
    Expand=BroadcastTo Flatten=Reshape Gather=GatherV2 GatherND=GatherNd Gemm=MatMul
    GlobalAveragePool=AvgPool GlobalMaxPool=MaxPool GreaterOrEqual=GreaterEqual
    LessOrEqual=LessEqual Loop=While Max=Maximum Min=Minimum Mod=FloorMod Not=LogicalNot
    Or=LogicalOr PRelu=LeakyRelu Pad=PadV2 ReduceMax=Max ReduceMean=Mean ReduceMin=Min
    ReduceProd=Prod ReduceSum=Sum Scan=While Sum=AddN TopK=TopKV2 Unsqueeze=ExpandDims
    Where=SelectV2
    """.split()
)


def same_onnx_op(op: str) -> str:
    """The op type of TensorFlow that does the same; the op itself where that has the same name."""
    return _SAME.get(op, op)
