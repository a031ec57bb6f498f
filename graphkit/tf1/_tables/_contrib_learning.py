"""contrib's recurrent networks, decoders, training helpers and estimators."""

from __future__ import annotations

from graphkit.tf1._entries import Area, offer, refuse

__all__ = ["AREAS"]

_V1 = "tensorflow.compat.v1"
_RNN = "tensorflow.python.ops.rnn"

_RNN_NAMES = {
    **offer(f"{_V1}:nn", "static_bidirectional_rnn static_rnn static_state_saving_rnn"),
    "best_effort_input_batch_size": f"{_RNN}:_best_effort_input_batch_size",
    "transpose_batch_time": f"{_RNN}:_transpose_batch_time",
    **offer(
        "graphkit.tf1._contrib._rnn._wrappers",
        "EmbeddingWrapper InputProjectionWrapper OutputProjectionWrapper",
    ),
    **offer(
        "graphkit.tf1._contrib._rnn._fused_cells",
        "FusedRNNCell FusedRNNCellAdaptor LSTMBlockFusedCell LSTMBlockWrapper TimeReversedFusedRNN",
    ),
    **offer("graphkit.tf1._contrib._rnn._block_cells", "GRUBlockCell GRUBlockCellV2 LSTMBlockCell"),
    **offer(
        "graphkit.tf1._contrib._rnn._more_cells",
        "HighwayWrapper LayerNormBasicLSTMCell NASCell UGRNNCell",
    ),
    **offer(
        "graphkit.tf1._contrib._rnn._stacked",
        "stack_bidirectional_dynamic_rnn stack_bidirectional_rnn",
    ),
    **offer("graphkit.tf1._contrib._rnn._attention_cell", "AttentionCellWrapper"),
    **offer(
        "graphkit.tf1._contrib._rnn._conv_cells",
        "Conv1DLSTMCell Conv2DLSTMCell Conv3DLSTMCell ConvLSTMCell",
    ),
    **offer(
        "graphkit.tf1._contrib._rnn._gated_cells",
        "CompiledWrapper GLSTMCell IntersectionRNNCell PhasedLSTMCell",
    ),
    **offer("graphkit.tf1._contrib._rnn._coupled_cell", "CoupledInputForgetGateLSTMCell"),
    **offer(
        "graphkit.tf1._contrib._rnn._indy_cells", "IndRNNCell IndyGRUCell IndyLSTMCell SRUCell"
    ),
    **offer("graphkit.tf1._contrib._rnn._grid_cells", "BidirectionalGridLSTMCell GridLSTMCell"),
    **offer("graphkit.tf1._contrib._rnn._time_frequency_cell", "TimeFreqLSTMCell"),
    "LayerRNNCell": "tf_keras.src.layers.rnn.legacy_cells:LayerRNNCell",
    "core_rnn_cell": "graphkit.tf1.nn.rnn_cell",
}

# Old cells call the product that `contrib.rnn` itself does not offer.
_CELL_MODULE = Area(
    offer("graphkit.tf1._core._private_parts", "_Linear _linear"), ("graphkit.tf1.contrib.rnn",)
)

_C = "graphkit.tf1._contrib._cudnn_rnn"

_CUDNN_WEIGHTS = {
    **offer(f"{_C}._cells", "CudnnCompatibleGRUCell CudnnCompatibleLSTMCell"),
    **offer(
        f"{_C}._saveables",
        "CudnnGRUSaveable CudnnLSTMSaveable CudnnRNNReluSaveable CudnnRNNTanhSaveable",
    ),
    **offer(
        f"{_C}._formats",
        "CudnnParamsFormatConverterGRU CudnnParamsFormatConverterLSTM "
        "CudnnParamsFormatConverterRelu CudnnParamsFormatConverterTanh",
    ),
}

_CUDNN = {
    **_CUDNN_WEIGHTS,
    **offer(f"{_C}._layers", "CudnnGRU CudnnLSTM CudnnRNNRelu CudnnRNNTanh"),
}

_CUDNN_OPS = {
    **_CUDNN_WEIGHTS,
    **refuse(
        "a network as a function of the buffer with its weights",
        "use the layer of that name in contrib.cudnn_rnn, whose `kernel` is that buffer",
        "CudnnGRU CudnnLSTM CudnnRNNRelu CudnnRNNTanh cudnn_gru cudnn_lstm cudnn_rnn_relu "
        "cudnn_rnn_tanh",
    ),
}

_S = "graphkit.tf1._contrib._seq2seq"

_SEQ2SEQ = {
    **offer(
        f"{_S}._helpers",
        "CustomHelper GreedyEmbeddingHelper Helper InferenceHelper SampleEmbeddingHelper "
        "TrainingHelper",
    ),
    **offer(
        f"{_S}._scheduled_helpers",
        "ScheduledEmbeddingTrainingHelper ScheduledOutputTrainingHelper",
    ),
    **offer(f"{_S}._decoder", "BasicDecoder BasicDecoderOutput Decoder dynamic_decode"),
    **offer(f"{_S}._mechanisms", "AttentionMechanism BahdanauAttention LuongAttention"),
    **offer(
        f"{_S}._monotonic",
        "BahdanauMonotonicAttention LuongMonotonicAttention hardmax monotonic_attention "
        "safe_cumprod",
    ),
    **offer(f"{_S}._attention_wrapper", "AttentionWrapper AttentionWrapperState"),
    **offer(
        f"{_S}._beam_search",
        "BeamSearchDecoder BeamSearchDecoderOutput BeamSearchDecoderState "
        "FinalBeamSearchDecoderOutput",
    ),
    **offer(f"{_S}._gather_tree", "gather_tree tile_batch"),
    **offer(f"{_S}._loss", "sequence_loss"),
}

_CRF = offer(
    "graphkit.tf1._contrib._crf",
    "CrfDecodeBackwardRnnCell CrfDecodeForwardRnnCell CrfForwardRnnCell crf_binary_score "
    "crf_decode crf_log_likelihood crf_log_norm crf_multitag_sequence_score crf_sequence_score "
    "crf_unary_score viterbi_decode",
)

_LEGACY = offer(
    "graphkit.tf1._contrib._legacy_seq2seq._seq2seq",
    "attention_decoder basic_rnn_seq2seq embedding_attention_decoder embedding_attention_seq2seq "
    "embedding_rnn_decoder embedding_rnn_seq2seq embedding_tied_rnn_seq2seq model_with_buckets "
    "one2many_rnn_seq2seq rnn_decoder sequence_loss sequence_loss_by_example tied_rnn_seq2seq",
)

_GRID = offer(
    "graphkit.tf1._contrib._rnn._grid_rnn",
    "Grid1BasicLSTMCell Grid1BasicRNNCell Grid1LSTMCell Grid2BasicLSTMCell Grid2BasicRNNCell "
    "Grid2GRUCell Grid2LSTMCell Grid3LSTMCell GridRNNCell",
)

AREAS = {
    "contrib.cudnn_rnn": Area(_CUDNN),
    "contrib.cudnn_rnn.python.ops": Area(),
    "contrib.cudnn_rnn.python.ops.cudnn_rnn_ops": Area(_CUDNN_OPS),
    "contrib.grid_rnn": Area(_GRID),
    "contrib.grid_rnn.python": Area(),
    "contrib.grid_rnn.python.ops": Area(),
    "contrib.grid_rnn.python.ops.grid_rnn_cell": Area(_GRID),
    "contrib.legacy_seq2seq": Area(_LEGACY),
    "contrib.legacy_seq2seq.python": Area(),
    "contrib.legacy_seq2seq.python.ops": Area({"seq2seq": "graphkit.tf1.contrib.legacy_seq2seq"}),
    # Where it was before 1.0.
    "nn.seq2seq": Area(_LEGACY),
    "contrib.crf": Area(_CRF),
    "contrib.crf.python": Area(),
    "contrib.crf.python.ops": Area({"crf": "graphkit.tf1.contrib.crf"}),
    "contrib.rnn": Area(_RNN_NAMES, ("tf_keras.api._v1.keras.__internal__.legacy.rnn_cell",)),
    "contrib.rnn.python": Area(),
    "contrib.rnn.python.ops": Area(
        dict.fromkeys(
            (
                "core_rnn",
                "fused_rnn_cell",
                "gru_ops",
                "lstm_ops",
                "rnn",
            ),
            "graphkit.tf1.contrib.rnn",
        )
    ),
    "contrib.rnn.python.ops.core_rnn_cell": _CELL_MODULE,
    "contrib.rnn.python.ops.rnn_cell": _CELL_MODULE,
    "contrib.seq2seq": Area(_SEQ2SEQ),
    "contrib.seq2seq.python": Area(),
    "contrib.seq2seq.python.ops": Area(
        {
            "attention_wrapper": "graphkit.tf1.contrib.seq2seq",
            "basic_decoder": f"{_S}._decoder",
            "beam_search_decoder": f"{_S}._beam_search",
            "decoder": f"{_S}._decoder",
            "helper": f"{_S}._helpers",
            "loss": f"{_S}._loss",
        }
    ),
}
