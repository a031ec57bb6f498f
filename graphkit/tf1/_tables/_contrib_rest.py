"""contrib's smaller modules: solvers, sparsemax, resampler, kernels, autograph, checkpoints."""

from __future__ import annotations

from graphkit.tf1._entries import Area, Refusal, offer

__all__ = ["AREAS"]

_V1 = "tensorflow.compat.v1"
_PYTHON = "tensorflow.python"
_AUTOGRAPH = f"{_PYTHON}.autograph"
_CHECKPOINT = f"{_PYTHON}.checkpoint.checkpoint"
_SOLVERS = "graphkit.tf1._contrib._solvers"

_AUTOGRAPH_NAMES = {
    **offer(
        f"{_AUTOGRAPH}.impl.api",
        "AutoGraphError StackTraceMapper convert converted_call do_not_convert to_code to_graph",
    ),
    **offer(f"{_AUTOGRAPH}.core.converter", "ConversionOptions Feature"),
    **offer(f"{_AUTOGRAPH}.lang.directives", "set_element_type set_loop_options"),
    "stack": f"{_AUTOGRAPH}.lang.special_functions:stack",
}

_CHECKPOINTS = {
    "CheckpointManager": f"{_V1}:train.CheckpointManager",
    "Checkpointable": f"{_PYTHON}.trackable.autotrackable:AutoTrackable",
    "CheckpointableBase": f"{_PYTHON}.trackable.base:Trackable",
    "CheckpointableObjectGraph": (
        "tensorflow.core.protobuf.trackable_object_graph_pb2:TrackableObjectGraph"
    ),
    "PythonStateWrapper": f"{_PYTHON}.trackable.python_state:PythonState",
    **offer(f"{_PYTHON}.trackable.data_structures", "List Mapping NoDependency"),
    **offer(_CHECKPOINT, "capture_dependencies list_objects object_metadata"),
    **offer(
        "graphkit.tf1._contrib._checkpoint_parts",
        "NumpyState UniqueNameTracker dot_graph_from_checkpoint split_dependency",
    ),
}

_KERNELS = {
    **offer(
        "graphkit.tf1._contrib._kernel_methods",
        "RandomFourierFeatureMapper sparse_multiclass_hinge_loss",
    ),
    "KernelLinearClassifier": "graphkit.tf1._contrib._learn._kernel_linear:KernelLinearClassifier",
}

_TESTING = {
    **offer(
        "graphkit.tf1._contrib._summary_tests",
        "assert_summary latest_event_file latest_events latest_summaries "
        "simple_values_from_events to_summary_proto",
    ),
    **offer("graphkit.tf1._contrib._fake_writer", "FakeSummaryWriter"),
}

_UTIL = "create_operator dot identity_operator l2norm l2norm_squared l2normalize"

AREAS = {
    "contrib.autograph": Area(_AUTOGRAPH_NAMES),
    "contrib.batching": Area(
        {"batch_function": f"{_PYTHON}.ops.batch_ops:batch_function"},
        otherwise=Refusal("an op that batches requests", "use tf.nondifferentiable_batch_function"),
    ),
    "contrib.checkpoint": Area(_CHECKPOINTS),
    "contrib.copy_graph": Area(
        offer(
            "graphkit.tf1._contrib._copy_graph",
            "copy_op_to_graph copy_variable_to_graph get_copied_op",
        )
    ),
    "contrib.integrate": Area(
        offer("graphkit.tf1._contrib._integrate._adaptive", "odeint")
        | offer("graphkit.tf1._contrib._integrate._fixed", "odeint_fixed")
    ),
    "contrib.kernel_methods": Area(_KERNELS),
    "contrib.proto": Area(offer(f"{_V1}:io", "decode_proto encode_proto")),
    "contrib.resampler": Area(offer("graphkit.tf1._contrib._image._resampler", "resampler")),
    "contrib.solvers": Area(),
    "contrib.solvers.lanczos": Area(offer(_SOLVERS, "bidiag_matmul lanczos_bidiag")),
    "contrib.solvers.least_squares": Area(offer(_SOLVERS, "cgls")),
    "contrib.solvers.linear_equations": Area(offer(_SOLVERS, "conjugate_gradient")),
    "contrib.solvers.util": Area(offer(_SOLVERS, _UTIL)),
    "contrib.sparsemax": Area(
        offer("graphkit.tf1._contrib._sparsemax", "sparsemax sparsemax_loss")
    ),
    "contrib.testing": Area(_TESTING),
}
