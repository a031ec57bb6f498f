"""contrib.crf against all taggings one by one: scores, normaliser, gradients, best paths."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import graphkit.tf1 as tf

crf = tf.contrib.crf

TAGS, STEPS = 3, 4
LENGTHS = [4, 1, 3, 2, 0]


def made_up(seed, *shape):
    return np.sin(1.9 * np.arange(np.prod(shape)) + seed).reshape(shape).astype(np.float32)


SCORES = 2 * made_up(1, len(LENGTHS), STEPS, TAGS)
MOVES = made_up(2, TAGS, TAGS)
CHOSEN = (np.arange(len(LENGTHS) * STEPS) * 7 % TAGS).reshape(-1, STEPS).astype(np.int32)


def score_of(scores, tags):
    """What one tagging scores: its tags, and its moves from tag to tag."""
    moves = sum(MOVES[a, b] for a, b in itertools.pairwise(tags))
    return sum(scores[step, tag] for step, tag in enumerate(tags)) + moves


def taggings(length, allowed=None):
    tags = [range(TAGS)] * length
    if allowed is not None:
        tags = [np.flatnonzero(allowed[step]) for step in range(length)]
    return list(itertools.product(*tags))


def all_scores(scores, length, allowed=None):
    return np.array([score_of(scores, tags) for tags in taggings(length, allowed)])


def log_sum(values):
    return np.log(np.sum(np.exp(values)))


def norms():
    pairs = zip(SCORES, LENGTHS, strict=True)
    return np.array([log_sum(all_scores(s, n)) if n else 0 for s, n in pairs])


def scores_of_chosen():
    rows = zip(SCORES, CHOSEN, LENGTHS, strict=True)
    return np.array([score_of(s, tags[:n]) for s, tags, n in rows])


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
def test_chosen_tags_score_what_their_parts_sum_to(session, dtype):
    lengths = np.array(LENGTHS, dtype)
    whole = session.run(crf.crf_sequence_score(SCORES, CHOSEN, lengths, MOVES))
    np.testing.assert_allclose(whole, scores_of_chosen(), rtol=1e-5, atol=1e-5)
    tags, moves = session.run(
        [
            crf.crf_unary_score(tf.constant(CHOSEN), lengths, tf.constant(SCORES)),
            crf.crf_binary_score(tf.constant(CHOSEN), lengths, MOVES),
        ]
    )
    np.testing.assert_allclose(tags + moves, whole, rtol=1e-5, atol=1e-5)
    assert (tags[-1], moves[-1], moves[1]) == (0, 0, 0)


def test_the_normaliser_sums_over_every_tagging(session):
    found = session.run(crf.crf_log_norm(tf.constant(SCORES), LENGTHS, tf.constant(MOVES)))
    np.testing.assert_allclose(found, norms(), rtol=1e-5, atol=1e-5)


def test_likelihoods_of_all_taggings_sum_to_one(session):
    every = np.array(taggings(STEPS), np.int32)
    same = np.repeat(SCORES[:1], len(every), 0)
    likelihood, moves = crf.crf_log_likelihood(
        tf.constant(same), every, [STEPS] * len(every), tf.constant(MOVES)
    )
    found = session.run(likelihood)
    np.testing.assert_allclose(np.exp(found).sum(), 1, rtol=1e-5)
    np.testing.assert_allclose(session.run(moves), MOVES)
    np.testing.assert_allclose(found, all_scores(SCORES[0], STEPS) - norms()[0], atol=1e-4)


def test_adding_to_every_score_changes_no_likelihood(session):
    chosen, lengths = tf.constant(CHOSEN), tf.constant(LENGTHS)
    before, _ = crf.crf_log_likelihood(tf.constant(SCORES), chosen, lengths, tf.constant(MOVES))
    after, _ = crf.crf_log_likelihood(
        tf.constant(SCORES + 3), chosen, lengths, tf.constant(MOVES - 2)
    )
    np.testing.assert_allclose(*session.run([before, after]), atol=1e-4)


def test_the_gradient_is_what_is_chosen_less_what_is_expected(session):
    scores = tf.constant(SCORES)
    likelihood, _ = crf.crf_log_likelihood(scores, CHOSEN, LENGTHS, tf.constant(MOVES))
    found = session.run(tf.gradients(tf.reduce_sum(likelihood), scores)[0])
    wanted = np.zeros_like(SCORES)
    for row, length in enumerate(LENGTHS):
        every = taggings(length) if length else []
        weights = np.exp(all_scores(SCORES[row], length) - norms()[row])
        for tags, weight in [*zip(every, -weights, strict=False), (CHOSEN[row][:length], 1)]:
            for step, tag in enumerate(tags):
                wanted[row, step, tag] += weight
    np.testing.assert_allclose(found, wanted, atol=1e-5)


@pytest.mark.parametrize("dtype", [bool, np.int32])
def test_a_bitmap_sums_over_the_taggings_it_allows(session, dtype):
    allowed = made_up(5, len(LENGTHS), STEPS, TAGS) > -0.4
    allowed |= ~allowed.any(-1, keepdims=True)
    found = session.run(
        crf.crf_multitag_sequence_score(
            tf.constant(SCORES), tf.constant(allowed.astype(dtype)), LENGTHS, tf.constant(MOVES)
        )
    )
    rows = zip(SCORES, LENGTHS, allowed, strict=True)
    wanted = [log_sum(all_scores(s, n, bits)) if n else 0 for s, n, bits in rows]
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)


def test_a_bitmap_of_one_tagging_scores_it_alone(session):
    bitmap = np.eye(TAGS, dtype=bool)[CHOSEN]
    found = session.run(
        crf.crf_multitag_sequence_score(
            tf.constant(SCORES), tf.constant(bitmap), LENGTHS, tf.constant(MOVES)
        )
    )
    np.testing.assert_allclose(found, scores_of_chosen(), rtol=1e-4, atol=1e-5)


def test_the_best_tagging_is_found_in_the_graph(session):
    tags, best = session.run(
        crf.crf_decode(tf.constant(SCORES), tf.constant(MOVES), tf.constant(LENGTHS))
    )
    assert (tags.dtype, best.dtype) == (np.int32, np.float32)
    for row, length in enumerate(LENGTHS[:-1]):
        every = all_scores(SCORES[row], length)
        assert tuple(tags[row, :length]) == taggings(length)[int(every.argmax())]
        np.testing.assert_allclose(best[row], every.max(), rtol=1e-5)
        assert (tags[row, length:] == 0).all()


@pytest.mark.parametrize("row", range(len(LENGTHS)))
def test_the_best_tagging_is_found_in_numpy(row):
    tags, best = crf.viterbi_decode(SCORES[row], MOVES)
    every = all_scores(SCORES[row], STEPS)
    assert tuple(tags) == taggings(STEPS)[int(every.argmax())]
    np.testing.assert_allclose(best, every.max(), rtol=1e-5)
    assert isinstance(tags, list)


def test_one_step_needs_no_moves():
    tags, best = crf.viterbi_decode(np.array([[0.5, 2.0, 1.0]]), np.full([3, 3], 100.0))
    assert (tags, best) == ([1], 2.0)


@pytest.mark.parametrize("known", [True, False])
def test_sizes_may_be_known_only_when_the_graph_runs(session, known):
    shape = [len(LENGTHS), STEPS, TAGS] if known else [None, None, TAGS]
    scores = tf.placeholder(tf.float32, shape)
    lengths, chosen = tf.placeholder(tf.int32, [None]), tf.placeholder(tf.int32, shape[:2])
    likelihood, _ = crf.crf_log_likelihood(scores, chosen, lengths, tf.constant(MOVES))
    tags, best = crf.crf_decode(scores, tf.constant(MOVES), lengths)
    assert tags.shape.ndims == 2
    assert best.shape.ndims == likelihood.shape.ndims == 1
    given = {scores: SCORES, lengths: LENGTHS, chosen: CHOSEN}
    found = session.run(likelihood, given)
    np.testing.assert_allclose(found, scores_of_chosen() - norms(), atol=1e-4)
    assert session.run(tags, given).shape == (len(LENGTHS), STEPS)


def test_moves_are_learned_in_one_variable(session):
    with tf.variable_scope("tagger"):
        likelihood, moves = crf.crf_log_likelihood(tf.constant(SCORES), CHOSEN, LENGTHS)
    assert [v.op.name for v in tf.trainable_variables()] == ["tagger/transitions"]
    assert moves.shape.as_list() == [TAGS, TAGS]
    with tf.variable_scope("tagger", reuse=True):
        _, again = crf.crf_log_likelihood(tf.constant(SCORES), CHOSEN, LENGTHS)
    assert again is moves
    step = tf.train.GradientDescentOptimizer(0.1).minimize(-tf.reduce_sum(likelihood))
    session.run(tf.global_variables_initializer())
    before = session.run(likelihood).sum()
    for _ in range(5):
        session.run(step)
    assert session.run(likelihood).sum() > before


def test_the_forward_cell_takes_one_step(session):
    cell = crf.CrfForwardRnnCell(tf.constant(MOVES))
    assert (cell.state_size, cell.output_size) == (TAGS, TAGS)
    output, state = cell(tf.constant(SCORES[:, 1]), tf.constant(SCORES[:, 0]))
    found, same = session.run([output, state])
    wanted = SCORES[:, 1] + np.log(np.exp(SCORES[:, 0, :, None] + MOVES).sum(1))
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(found, same)


def test_the_decoding_cells_go_there_and_back(session):
    cell = crf.CrfDecodeForwardRnnCell(tf.constant(MOVES))
    output, state = cell(tf.constant(SCORES[:, 1]), tf.constant(SCORES[:, 0]))
    options = SCORES[:, 0, :, None] + MOVES
    pointers, best = session.run([output, state])
    np.testing.assert_array_equal(pointers, options.argmax(1))
    np.testing.assert_allclose(best, SCORES[:, 1] + options.max(1), rtol=1e-5)
    back = crf.CrfDecodeBackwardRnnCell(TAGS)
    assert (back.state_size, back.output_size) == (1, 1)
    last = best.argmax(1).astype(np.int32)
    came_from, _ = session.run(back(tf.constant(pointers), tf.constant(last[:, None])))
    np.testing.assert_array_equal(came_from[:, 0], pointers[np.arange(len(last)), last])
