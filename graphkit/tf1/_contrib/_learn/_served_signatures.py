"""contrib.learn's signatures of a SavedModel: what a served model takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._learn._keys import InputFnOps, PredictionKey, ProblemType
from graphkit.tf1._namespace import load

__all__ = [
    "DEFAULT_INPUT_ALTERNATIVE_KEY",
    "FEATURES_INPUT_ALTERNATIVE_KEY",
    "build_all_signature_defs",
    "build_standardized_signature_def",
    "get_input_alternatives",
    "get_output_alternatives",
]

DEFAULT_INPUT_ALTERNATIVE_KEY = "default_input_alternative"
FEATURES_INPUT_ALTERNATIVE_KEY = "features_input_alternative"
_DEFAULT_OUTPUT_ALTERNATIVE_KEY = "default_output_alternative"
_CLASSES = ProblemType.CLASSIFICATION, ProblemType.LOGISTIC_REGRESSION


def build_standardized_signature_def(
    input_tensors: Mapping[str, Tensor], output_tensors: Mapping[str, Tensor], problem_type: Any
) -> Any:
    """Says what a model takes and gives, in the words of its kind of problem where it has some.

    Args:
        input_tensors: Name to what is fed.
        output_tensors: Name to what is computed.
        problem_type: One of `ProblemType`.

    Returns:
        A SignatureDef: of a classification or a regression, where one tensor is fed; or else of a
        prediction.

    Raises:
        ValueError: There are no inputs or no outputs.
    """
    if not input_tensors:
        raise ValueError("input_tensors must be provided.")
    if not output_tensors:
        raise ValueError("output_tensors must be provided.")
    # The functions of 1.15, which tf.saved_model has under names of its own.
    made: Any = load("tensorflow.compat.v1").saved_model.signature_def_utils
    if len(input_tensors) > 1:
        return made.predict_signature_def(input_tensors, output_tensors)
    (fed,) = input_tensors.values()
    if problem_type == ProblemType.LINEAR_REGRESSION and len(output_tensors) == 1:
        return made.regression_signature_def(fed, *output_tensors.values())
    if problem_type in _CLASSES and (found := _classified(output_tensors)):
        return made.classification_signature_def(fed, *found)
    return made.predict_signature_def(input_tensors, output_tensors)


def _classified(outputs: Mapping[str, Tensor]) -> tuple[Tensor | None, Tensor | None] | None:
    """Classes and scores, as far as there are some."""
    classes = outputs.get(PredictionKey.CLASSES)
    if classes is not None and classes.dtype != tf.string:
        classes = None
    scores = outputs.get(PredictionKey.SCORES)
    if scores is None:
        scores = outputs.get(PredictionKey.PROBABILITIES)
    if classes is not None or scores is not None:
        return classes, scores
    if len(outputs) > 1:
        return None
    (only,) = outputs.values()
    return (only, None) if only.dtype == tf.string else (None, only)


def get_input_alternatives(input_ops: Any) -> tuple[dict[str, Any], Any]:
    """Takes apart what a serving input function returned.

    Args:
        input_ops: InputFnOps, or features and labels.

    Returns:
        A name to what is fed, nothing for a mere pair; and the features.

    Raises:
        ValueError: There are no features.
    """
    fed = {}
    if isinstance(input_ops, InputFnOps):
        features, _, fed[DEFAULT_INPUT_ALTERNATIVE_KEY] = input_ops
    else:
        features, _ = input_ops
    if not features:
        raise ValueError("Features must be defined.")
    return fed, features


def get_output_alternatives(
    model_fn_ops: Any, default_output_alternative_key: str | None = None
) -> tuple[dict[Any, Any], Any]:
    """Lists what a model gives, and which of it is given by default.

    Args:
        model_fn_ops: The model, ModelFnOps.
        default_output_alternative_key: Which one; the only one unless given.

    Returns:
        A name to kind of problem and outputs; and the name of the default.

    Raises:
        ValueError: There is none of that name, or there are several and none is named.
    """
    key, found = default_output_alternative_key, model_fn_ops.output_alternatives
    if key and key not in (found or ()):
        available = sorted(found) if found else "[]"
        raise ValueError(
            f"Requested default_output_alternative: {key}, but available output_alternatives are: "
            f"{available}"
        )
    if not found:
        outputs = model_fn_ops.predictions
        if not isinstance(outputs, Mapping):
            outputs = {PredictionKey.GENERIC: outputs}
        only = _DEFAULT_OUTPUT_ALTERNATIVE_KEY
        return {only: (ProblemType.UNSPECIFIED, outputs)}, only
    if key:
        return found, key
    if len(found) > 1:
        raise ValueError(
            "Please specify a default_output_alternative.  Available output_alternatives are: "
            f"{sorted(found)}"
        )
    return found, next(iter(found))


def build_all_signature_defs(
    input_alternatives: Mapping[str, Any],
    output_alternatives: Mapping[Any, Any],
    actual_default_output_alternative_key: Any,
) -> dict[str, Any]:
    """Says what a model takes and gives in every way there is.

    Args:
        input_alternatives: A name to what is fed.
        output_alternatives: A name to kind of problem and outputs.
        actual_default_output_alternative_key: Which of them is the default.

    Returns:
        A name to a SignatureDef: "INPUT:OUTPUT" for each, and "serving_default".

    Raises:
        ValueError: There is no default input.
    """
    make = build_standardized_signature_def
    made = {
        f"{fed_name}:{name or 'None'}": make(fed, outputs, problem)
        for fed_name, fed in input_alternatives.items()
        for name, (problem, outputs) in output_alternatives.items()
    }
    default_inputs = input_alternatives.get(DEFAULT_INPUT_ALTERNATIVE_KEY)
    if not default_inputs:
        raise ValueError("A default input_alternative must be provided.")
    problem, outputs = output_alternatives[actual_default_output_alternative_key]
    default = tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY
    made[default] = make(default_inputs, outputs, problem)
    return made
