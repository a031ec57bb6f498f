"""Which of TensorFlow's ops a TFLite op is the same as, for its operations and its colour."""

from __future__ import annotations

__all__ = ["same_op"]

_SAME = dict(
    pair.split("=")
    for pair in """
    ABS=Abs ADD=AddV2 ADD_N=AddN ARG_MAX=ArgMax ARG_MIN=ArgMin AVERAGE_POOL_2D=AvgPool
    BATCH_MATMUL=BatchMatMulV2 BATCH_TO_SPACE_ND=BatchToSpaceND BROADCAST_TO=BroadcastTo CAST=Cast
    CEIL=Ceil CONCATENATION=ConcatV2 CONV_2D=Conv2D COS=Cos DEPTHWISE_CONV_2D=DepthwiseConv2dNative
    DEPTH_TO_SPACE=DepthToSpace DIV=RealDiv ELU=Elu EQUAL=Equal EXP=Exp EXPAND_DIMS=ExpandDims
    FILL=Fill FLOOR=Floor FLOOR_DIV=FloorDiv FLOOR_MOD=FloorMod FULLY_CONNECTED=MatMul
    GATHER=GatherV2 GATHER_ND=GatherNd GREATER=Greater GREATER_EQUAL=GreaterEqual IF=If
    LEAKY_RELU=LeakyRelu LESS=Less LESS_EQUAL=LessEqual LOG=Log LOGISTIC=Sigmoid
    LOG_SOFTMAX=LogSoftmax MAXIMUM=Maximum MAX_POOL_2D=MaxPool MEAN=Mean MINIMUM=Minimum
    MIRROR_PAD=MirrorPad MUL=Mul NEG=Neg NOT_EQUAL=NotEqual ONE_HOT=OneHot PACK=Pack PAD=Pad
    PADV2=PadV2 POW=Pow RANGE=Range RANK=Rank REDUCE_MAX=Max REDUCE_MIN=Min REDUCE_PROD=Prod
    RELU=Relu RELU6=Relu6 RESHAPE=Reshape REVERSE_V2=ReverseV2 ROUND=Round RSQRT=Rsqrt SHAPE=Shape
    SIGN=Sign SIN=Sin SLICE=Slice SOFTMAX=Softmax SPACE_TO_BATCH_ND=SpaceToBatchND
    SPACE_TO_DEPTH=SpaceToDepth SPLIT=Split SPLIT_V=SplitV SQRT=Sqrt SQUARE=Square
    SQUARED_DIFFERENCE=SquaredDifference SQUEEZE=Squeeze STRIDED_SLICE=StridedSlice SUB=Sub SUM=Sum
    TANH=Tanh TILE=Tile TRANSPOSE=Transpose TRANSPOSE_CONV=Conv2DBackpropInput UNPACK=Unpack
    WHILE=While
    """.split()
)


def same_op(op: str) -> str:
    """The op type of TensorFlow that does the same; the op itself where none does."""
    return _SAME.get(op, op)
