"""contrib.eager: eager execution as it began."""

from __future__ import annotations

from graphkit.tf1._entries import Area, offer, refuse

__all__ = ["AREAS"]

_V1 = "tensorflow.compat.v1"
_PYTHON = "tensorflow.python"
_CONTEXT = f"{_PYTHON}.eager.context"
_BACKPROP = f"{_PYTHON}.eager.backprop"
_TESTS = f"{_PYTHON}.framework.test_util"

_EAGER = {
    **offer(
        _V1,
        "GradientTape TensorSpec custom_gradient enable_eager_execution executing_eagerly function",
    ),
    **offer(
        _CONTEXT,
        "ASYNC DEVICE_PLACEMENT_EXPLICIT DEVICE_PLACEMENT_SILENT DEVICE_PLACEMENT_WARN SYNC "
        "async_clear_error async_wait execution_mode num_gpus set_execution_mode set_server_def",
    ),
    **offer(_BACKPROP, "gradients_function"),
    **offer("graphkit.tf1._contrib._eager._parts", "Iterator Saver defun get_optimizer_variables"),
    **offer("graphkit.tf1._contrib._eager._parts", "list_devices"),
    **offer("graphkit.tf1._contrib._eager._network", "Network Sequential"),
    **offer(
        "graphkit.tf1._contrib._eager._network_checkpoint",
        "Variable restore_network_checkpoint restore_variables_on_create save_network_checkpoint",
    ),
    **offer(
        "graphkit.tf1._contrib._eager._callbacks",
        "ExecutionCallback add_execution_callback clear_execution_callbacks errstate inf_callback "
        "inf_nan_callback nan_callback seterr",
    ),
    "run_all_tests_in_graph_and_eager_modes": f"{_TESTS}:run_all_in_graph_and_eager_modes",
    "run_test_in_graph_and_eager_modes": f"{_TESTS}:run_in_graph_and_eager_modes",
    "Checkpoint": f"{_V1}:train.Checkpoint",
    "Checkpointable": f"{_PYTHON}.trackable.autotrackable:AutoTrackable",
    "EagerVariableStore": f"{_PYTHON}.ops.variable_scope:EagerVariableStore",
    "connect_to_remote_host": f"{_PYTHON}.eager.remote:connect_to_remote_host",
    "implicit_gradients": f"{_BACKPROP}:implicit_grad",
    "implicit_value_and_gradients": f"{_BACKPROP}:implicit_val_and_grad",
    "in_eager_mode": f"{_V1}:executing_eagerly",
    "make_template": f"{_V1}:make_template",
    "py_func": f"{_V1}:py_function",
    "run": f"{_V1}:app.run",
    "value_and_gradients_function": f"{_BACKPROP}:val_and_grad_function",
    **refuse(
        "eager execution on another machine",
        "use tf.config.experimental_connect_to_host",
        "enable_remote_eager_execution",
    ),
}

_METRICS = offer(
    "graphkit.tf1._contrib._eager._metrics",
    "Accuracy BinaryAccuracy CategoricalAccuracy Mean Metric SparseAccuracy",
)

AREAS = {
    "contrib.eager": Area(_EAGER),
    "contrib.eager.metrics": Area(_METRICS),
    "contrib.eager.python": Area(
        {
            "metrics": "graphkit.tf1.contrib.eager.metrics",
            "network": "graphkit.tf1._contrib._eager._network",
            "tfe": "graphkit.tf1.contrib.eager",
        }
    ),
}
