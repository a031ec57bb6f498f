"""contrib.crf: linear-chain conditional random fields.

Reference: https://repository.upenn.edu/cis_papers/159 (Lafferty, McCallum, Pereira, 2001)
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from graphkit._tf import Tensor, legacy_rnn, tf

__all__ = [
    "CrfDecodeBackwardRnnCell",
    "CrfDecodeForwardRnnCell",
    "CrfForwardRnnCell",
    "crf_binary_score",
    "crf_decode",
    "crf_log_likelihood",
    "crf_log_norm",
    "crf_multitag_sequence_score",
    "crf_sequence_score",
    "crf_unary_score",
    "viterbi_decode",
]


class LogLikelihood(NamedTuple):
    """What `crf_log_likelihood` gives.

    Args:
        log_likelihood: `[B]`.
        transition_params: `[C, C]`.
    """

    log_likelihood: Tensor
    transition_params: Tensor


def _mask(lengths: Any, steps: Tensor, dtype: Any) -> Tensor:
    return tf.sequence_mask(lengths, maxlen=steps, dtype=dtype)


def crf_unary_score(tag_indices: Tensor, sequence_lengths: Tensor, inputs: Tensor) -> Tensor:
    """Sums the scores of the tags themselves.

    Args:
        tag_indices: Tags `[B, T]`, integers.
        sequence_lengths: How many steps count `[B]`.
        inputs: Scores `[B, T, C]`.

    Returns:
        `[B]`.
    """
    chosen = tf.reduce_sum(
        inputs * tf.one_hot(tag_indices, tf.shape(inputs)[2], dtype=inputs.dtype), 2
    )
    return tf.reduce_sum(
        chosen * _mask(sequence_lengths, tf.shape(tag_indices)[1], chosen.dtype), 1
    )


def crf_binary_score(
    tag_indices: Tensor, sequence_lengths: Tensor, transition_params: Tensor
) -> Tensor:
    """Sums the scores of going from tag to tag.

    Args:
        tag_indices: Tags `[B, T]`, integers.
        sequence_lengths: How many steps count `[B]`.
        transition_params: Scores `[C, C]`, from row to column.

    Returns:
        `[B]`.
    """
    pairs = tf.stack([tag_indices[:, :-1], tag_indices[:, 1:]], -1)
    scores = tf.gather_nd(transition_params, pairs)
    mask = _mask(sequence_lengths, tf.shape(tag_indices)[1], scores.dtype)
    return tf.reduce_sum(scores * mask[:, 1:], 1)


def crf_sequence_score(
    inputs: Tensor, tag_indices: Tensor, sequence_lengths: Tensor, transition_params: Tensor
) -> Tensor:
    """Scores given tags, not normalised.

    Args:
        inputs: Scores `[B, T, C]`.
        tag_indices: Tags `[B, T]`, integers.
        sequence_lengths: How many steps count `[B]`; an empty sequence scores zero.
        transition_params: Scores `[C, C]`.

    Returns:
        `[B]`.
    """
    unary = crf_unary_score(tag_indices, sequence_lengths, inputs)
    return unary + crf_binary_score(tag_indices, sequence_lengths, transition_params)


def crf_multitag_sequence_score(
    inputs: Tensor, tag_bitmap: Tensor, sequence_lengths: Tensor, transition_params: Tensor
) -> Tensor:
    """Scores all taggings that a bitmap allows, together.

    Args:
        inputs: Scores `[B, T, C]`.
        tag_bitmap: Which tags are allowed `[B, T, C]`, bool.
        sequence_lengths: How many steps count `[B]`.
        transition_params: Scores `[C, C]`.

    Returns:
        The logarithm of the sum `[B]`.
    """
    tag_bitmap = tf.cast(tag_bitmap, tf.bool)
    allowed = tf.where(tag_bitmap, inputs, tf.fill(tf.shape(inputs), float("-inf")))
    return crf_log_norm(allowed, sequence_lengths, transition_params)


def crf_log_norm(inputs: Tensor, sequence_lengths: Tensor, transition_params: Tensor) -> Tensor:
    """Scores all taggings together: the normaliser.

    Args:
        inputs: Scores `[B, T, C]`.
        sequence_lengths: How many steps count `[B]`; an empty sequence gives zero.
        transition_params: Scores `[C, C]`.

    Returns:
        The logarithm of the sum `[B]`.
    """
    lengths = tf.cast(sequence_lengths, tf.int32)
    _, alphas = tf.nn.dynamic_rnn(
        CrfForwardRnnCell(transition_params),
        inputs[:, 1:],
        sequence_length=tf.maximum(lengths - 1, 0),
        initial_state=inputs[:, 0],
        dtype=inputs.dtype,
    )
    norm = tf.reduce_logsumexp(alphas, [1])
    return tf.where(lengths <= 0, tf.zeros_like(norm), norm)


def crf_log_likelihood(
    inputs: Tensor,
    tag_indices: Tensor,
    sequence_lengths: Tensor,
    transition_params: Any = None,
) -> LogLikelihood:
    """Computes how likely given tags are.

    Args:
        inputs: Scores `[B, T, C]`; C is known.
        tag_indices: Tags `[B, T]`, integers.
        sequence_lengths: How many steps count `[B]`.
        transition_params: Scores `[C, C]`; the variable "transitions" is made unless given.

    Returns:
        The log-likelihoods `[B]`, and the scores of transitions.
    """
    tags = int(inputs.shape[2])
    if transition_params is None:
        transition_params = tf.get_variable("transitions", [tags, tags])
    score = crf_sequence_score(inputs, tag_indices, sequence_lengths, transition_params)
    norm = crf_log_norm(inputs, sequence_lengths, transition_params)
    return LogLikelihood(score - norm, transition_params)


def viterbi_decode(score: Any, transition_params: Any) -> tuple[list[int], Any]:
    """Finds the best tags of one sequence, with NumPy, outside the graph.

    Args:
        score: Scores `[T, C]`, an array.
        transition_params: Scores `[C, C]`, an array.

    Returns:
        The tags, and their score.
    """
    best = np.zeros_like(score)
    came_from = np.zeros_like(score, dtype=np.int32)
    best[0] = score[0]
    for step in range(1, len(score)):
        options = np.expand_dims(best[step - 1], 1) + transition_params
        best[step] = score[step] + np.max(options, 0)
        came_from[step] = np.argmax(options, 0)
    tags = [int(np.argmax(best[-1]))]
    for back in came_from[:0:-1]:
        tags.append(int(back[tags[-1]]))
    return tags[::-1], np.max(best[-1])


class _TagCell(legacy_rnn.RNNCell):  # type: ignore[misc]
    """A recurrent cell over the scores of C tags.

    Args:
        transition_params: Scores `[C, C]`.
    """

    def __init__(self, transition_params: Tensor) -> None:
        super().__init__()
        self._transition_params = tf.expand_dims(transition_params, 0)
        self._num_tags = transition_params.shape[0]

    @property
    def state_size(self) -> Any:
        """C."""
        return self._num_tags

    @property
    def output_size(self) -> Any:
        """C."""
        return self._num_tags


class CrfForwardRnnCell(_TagCell):
    """One step of the forward algorithm.

    Args:
        transition_params: Scores `[C, C]`.
    """

    def __call__(self, inputs: Tensor, state: Tensor, scope: Any = None) -> tuple[Tensor, Tensor]:
        paths = tf.expand_dims(state, 2) + self._transition_params
        alphas = inputs + tf.reduce_logsumexp(paths, [1])
        return alphas, alphas


class CrfDecodeForwardRnnCell(_TagCell):
    """One step of the Viterbi algorithm: the best score of each tag, and where it came from.

    Args:
        transition_params: Scores `[C, C]`.
    """

    def __call__(self, inputs: Tensor, state: Tensor, scope: Any = None) -> tuple[Tensor, Tensor]:
        paths = tf.expand_dims(state, 2) + self._transition_params
        came_from = tf.cast(tf.argmax(paths, 1), tf.int32)
        return came_from, inputs + tf.reduce_max(paths, [1])


class CrfDecodeBackwardRnnCell(legacy_rnn.RNNCell):  # type: ignore[misc]
    """One step back along the best path.

    Args:
        num_tags: C.
    """

    def __init__(self, num_tags: int) -> None:
        super().__init__()
        self._num_tags = num_tags

    @property
    def state_size(self) -> int:
        """One: the tag."""
        return 1

    @property
    def output_size(self) -> int:
        """One: the tag."""
        return 1

    def __call__(self, inputs: Tensor, state: Tensor, scope: Any = None) -> tuple[Tensor, Tensor]:
        tags = tf.expand_dims(tf.gather(inputs, tf.squeeze(state, [1]), batch_dims=1), 1)
        return tags, tags


def crf_decode(
    potentials: Tensor, transition_params: Tensor, sequence_length: Tensor
) -> tuple[Tensor, Tensor]:
    """Finds the best tags, in the graph.

    Args:
        potentials: Scores `[B, T, C]`; C is known.
        transition_params: Scores `[C, C]`.
        sequence_length: How many steps count `[B]`; tags beyond are zero.

    Returns:
        The tags `[B, T]`, int32, and their scores `[B]`.
    """
    tags = int(potentials.shape[2])
    lengths = tf.cast(sequence_length, tf.int32)
    steps_left = tf.maximum(lengths - 1, 0)
    came_from, last = tf.nn.dynamic_rnn(
        CrfDecodeForwardRnnCell(transition_params),
        potentials[:, 1:],
        sequence_length=steps_left,
        initial_state=potentials[:, 0],
        time_major=False,
        dtype=tf.int32,
    )
    final = tf.expand_dims(tf.cast(tf.argmax(last, axis=1), tf.int32), 1)
    earlier, _ = tf.nn.dynamic_rnn(
        CrfDecodeBackwardRnnCell(tags),
        tf.reverse_sequence(came_from, steps_left, seq_axis=1),
        sequence_length=steps_left,
        initial_state=final,
        time_major=False,
        dtype=tf.int32,
    )
    backwards = tf.concat([final, tf.squeeze(earlier, [2])], 1)
    decoded = tf.reverse_sequence(backwards, tf.maximum(lengths, 0), seq_axis=1)
    return decoded, tf.reduce_max(last, axis=1)
