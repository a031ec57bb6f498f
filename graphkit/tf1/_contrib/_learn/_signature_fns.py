"""contrib.learn's signatures of a session bundle: what an exported model takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._session_bundle import _exporter

__all__ = [
    "classification_signature_fn",
    "classification_signature_fn_with_prob",
    "generic_signature_fn",
    "logistic_regression_signature_fn",
    "regression_signature_fn",
]


def _fed(examples: Tensor | None) -> Tensor:
    if examples is None:
        raise ValueError("examples cannot be None when using this signature fn.")
    return examples


def _named(predictions: Any, name: str) -> Tensor:
    return predictions[name] if isinstance(predictions, Mapping) else predictions


def generic_signature_fn(
    examples: Tensor | None, unused_features: Any, predictions: Any
) -> tuple[Any, dict[str, Any]]:
    """Gives every tensor its name.

    Args:
        examples: What is fed.
        unused_features: The features.
        predictions: A tensor, or name to tensor.

    Returns:
        The default signature, a Signature message; and no others.

    Raises:
        ValueError: Nothing is fed.
    """
    outputs = predictions if isinstance(predictions, Mapping) else {"outputs": predictions}
    return _exporter.generic_signature({"inputs": _fed(examples), **outputs}), {}


def classification_signature_fn(
    examples: Tensor | None, unused_features: Any, predictions: Any
) -> tuple[Any, dict[str, Any]]:
    """Says which tensor is the class.

    Args: as for `generic_signature_fn`; `predictions` are the classes, or "classes" to them.
    """
    classes = _named(predictions, "classes")
    return _exporter.classification_signature(_fed(examples), classes_tensor=classes), {}


def classification_signature_fn_with_prob(
    examples: Tensor | None, unused_features: Any, predictions: Any
) -> tuple[Any, dict[str, Any]]:
    """Says which tensor has the classes' probabilities.

    Args: as for `generic_signature_fn`; `predictions` are the probabilities, or
        "probabilities" to them.
    """
    scores = _named(predictions, "probabilities")
    return _exporter.classification_signature(_fed(examples), scores_tensor=scores), {}


def regression_signature_fn(
    examples: Tensor | None, unused_features: Any, predictions: Tensor
) -> tuple[Any, dict[str, Any]]:
    """Says which tensor is the number.

    Args: as for `generic_signature_fn`; `predictions` is the number.
    """
    return _exporter.regression_signature(_fed(examples), predictions), {}


def logistic_regression_signature_fn(
    examples: Tensor | None, unused_features: Any, predictions: Any
) -> tuple[Any, dict[str, Any]]:
    """Says that the second of two probabilities is the number.

    Args: as for `generic_signature_fn`; `predictions` are the probabilities `[B, 2]`, or
        "probabilities" to them.
    """
    examples = _fed(examples)
    probabilities = _named(predictions, "probabilities")
    shape = probabilities.shape
    if len(shape) != 2 or tf.dimension_value(shape[1]) != 2:
        tf.logging.fatal(
            f"Expected predictions of shape [batch, 2], but received {shape}. Did you mean to use "
            "regression_signature_fn or classification_signature_fn_with_prob instead?"
        )
    return _exporter.regression_signature(examples, probabilities[:, 1]), {}
