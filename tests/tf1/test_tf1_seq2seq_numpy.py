"""contrib.seq2seq against NumPy: attention, trees, losses and searches, step by step."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import graphkit.tf1 as tf

seq2seq = tf.contrib.seq2seq
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

END = 2


def run(fetches):
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        return session.run(fetches)


def waves(*shape, seed=0.3):
    return np.cos(seed + 1.7 * np.arange(np.prod(shape))).reshape(shape).astype(np.float32)


def softmax(x):
    powers = np.exp(x - x.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def one_stop_by_its_definition(chances, before):
    """The chance to stop at each place: to come from a place at or before it, and to stop there."""
    found = np.zeros_like(chances)
    for place in range(len(chances)):
        for start in range(place + 1):
            passed = np.prod(1 - chances[start:place])
            found[place] += before[start] * passed * chances[place]
    return found


@pytest.mark.parametrize("mode", ["recursive", "parallel"])
def test_monotonic_attention_is_its_sum_over_starts(graph, mode):
    chances = 0.5 + 0.4 * waves(3, 6)
    before = softmax(waves(3, 6, seed=1.0))
    wanted = [one_stop_by_its_definition(*pair) for pair in zip(chances, before, strict=True)]
    found = run(seq2seq.monotonic_attention(tf.constant(chances), tf.constant(before), mode))
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-6)


def test_hard_attention_stops_at_the_first_chance_from_where_it_was(graph):
    chances = tf.constant([[1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]])
    before = tf.constant([[0.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]])
    found = run(seq2seq.monotonic_attention(chances, before, "hard"))
    assert found.tolist() == [[0, 0, 0, 1], [0, 1, 0, 0], [0, 0, 0, 0]]


def test_an_unknown_mode_is_refused(graph):
    with pytest.raises(ValueError, match="mode must be"):
        seq2seq.monotonic_attention(tf.ones([1, 2]), tf.ones([1, 2]), "soft")


@pytest.mark.parametrize("options", [{}, {"exclusive": True}, {"reverse": True}])
def test_products_add_up_in_logarithms(graph, options):
    x = 0.5 + 0.4 * waves(2, 5)
    steps = x[:, ::-1] if "reverse" in options else x
    products = np.cumprod(steps, 1)
    if "exclusive" in options:
        products = np.concatenate([np.ones((2, 1)), products[:, :-1]], 1)
    wanted = products[:, ::-1] if "reverse" in options else products
    found = run(seq2seq.safe_cumprod(tf.constant(x), axis=1, **options))
    np.testing.assert_allclose(found, wanted, rtol=1e-5)


def test_hardmax_is_one_at_the_largest(graph):
    found = run(seq2seq.hardmax(tf.constant([[1.0, 5.0, 2.0], [7.0, 0.0, 7.0]])))
    assert found.tolist() == [[0, 1, 0], [1, 0, 0]]


def scores_of(kind, query, memory, parts):
    """Scores `[B, T]` by the formulas of Bahdanau et al. and Luong et al."""
    keys = memory @ parts["memory_layer/kernel"]
    if kind == "LuongAttention":
        return np.einsum("bd,btd->bt", query, keys) * parts.get("attention_g", 1.0)
    direction = parts["attention_v"]
    if "attention_g" in parts:
        direction = parts["attention_g"] * direction / np.sqrt(np.sum(direction**2))
    seen = keys + (query @ parts["query_layer/kernel"])[:, np.newaxis]
    return np.tanh(seen + parts.get("attention_b", 0.0)) @ direction


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("BahdanauAttention", {}),
        ("BahdanauAttention", {"normalize": True}),
        ("LuongAttention", {}),
        ("LuongAttention", {"scale": True}),
    ],
)
def test_attention_is_a_softmax_over_what_a_sequence_has(graph, session, kind, options):
    memory, query, lengths = waves(3, 4, 2), waves(3, 3, seed=2.0), np.array([4, 2, 1])
    make = getattr(seq2seq, kind)
    mechanism = make(3, tf.constant(memory), tf.constant(lengths), **options)
    alignments, state = mechanism(tf.constant(query), mechanism.initial_state(3, tf.float32))
    for seed, variable in enumerate(tf.global_variables()):
        variable.load(waves(*variable.shape.as_list(), seed=seed), session)
    names = [variable.op.name.split("_attention/")[-1] for variable in tf.global_variables()]
    parts = dict(zip(names, session.run(tf.global_variables()), strict=True))
    held = np.arange(4) < lengths[:, np.newaxis]
    masked = memory * held[..., np.newaxis]
    wanted = softmax(np.where(held, scores_of(kind, query, masked, parts), -np.inf))
    found, kept = session.run([alignments, state])
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(kept, found)


def test_a_tree_is_read_from_its_leaves(graph):
    parents = np.array([[[0, 0, 0]], [[0, 1, 1]], [[2, 1, 2]], [[0, 2, 0]]], np.int32)
    ids = np.arange(3, 15, dtype=np.int32).reshape(4, 1, 3)
    wanted = np.zeros_like(ids)
    for beam in range(3):
        at = beam
        for time in reversed(range(4)):
            wanted[time, 0, beam] = ids[time, 0, at]
            at = parents[time, 0, at]
    lengths, end = tf.constant([4]), tf.constant(END)
    found = run(seq2seq.gather_tree(tf.constant(ids), tf.constant(parents), lengths, end))
    np.testing.assert_array_equal(found, wanted)


def test_tiles_lie_next_to_each_other(graph):
    pair = (tf.constant([[1, 2], [3, 4]]), tf.constant([5, 6]))
    rows, column = run(seq2seq.tile_batch(pair, 2))
    assert rows.tolist() == [[1, 2], [1, 2], [3, 4], [3, 4]]
    assert column.tolist() == [5, 5, 6, 6]


@pytest.mark.parametrize("over_time", [True, False])
@pytest.mark.parametrize("over_batch", [True, False])
def test_the_loss_is_the_mean_surprise(graph, over_time, over_batch):
    logits, targets = waves(2, 3, 4), np.array([[1, 2, 0], [3, 1, 0]])
    weights = np.array([[1, 1, 0], [0.5, 1, 1]], np.float32)
    right = np.take_along_axis(softmax(logits), targets[..., np.newaxis], 2)[..., 0]
    axis = tuple(np.flatnonzero([over_batch, over_time]))
    surprise = -np.log(right) * weights
    wanted = surprise.sum(axis) / weights.sum(axis) if axis else surprise
    loss = seq2seq.sequence_loss(
        tf.constant(logits), tf.constant(targets), tf.constant(weights), over_time, over_batch
    )
    np.testing.assert_allclose(run(loss), wanted, rtol=1e-5)


class Chain(tf.nn.rnn_cell.RNNCell):
    """Scores of the next word that depend on the last word only, which is its input, one-hot."""

    def __init__(self, table):
        super().__init__()
        self._table = tf.constant(table)

    @property
    def state_size(self):
        return 1

    @property
    def output_size(self):
        return int(self._table.shape[1])

    def call(self, inputs, state):
        return tf.matmul(inputs, self._table), state + 1.0


TABLE = 2 * waves(4, 4, seed=0.9)


def chance(words, start):
    """The logarithm of the chance of a sentence of the chain."""
    surprises = np.log(softmax(TABLE))
    return sum(surprises[a, b] for a, b in itertools.pairwise((start, *words)))


def sentences(length):
    """Every sentence: it ends at its first END or after `length` words, and END fills the rest."""
    for words in itertools.product(range(4), repeat=length):
        stop = words.index(END) + 1 if END in words else length
        if all(word == END for word in words[stop:]):
            yield words[:stop], words


def decode(decoder, limit):
    return run(seq2seq.dynamic_decode(decoder, maximum_iterations=limit)[0])


@pytest.mark.parametrize("start", [0, 1, 3])
def test_a_search_as_wide_as_all_sentences_finds_the_best_ones(graph, start):
    cell, width = Chain(TABLE), 40
    first = tf.zeros([width, 1])
    decoder = seq2seq.BeamSearchDecoder(cell, tf.eye(4), [start], END, first, width)
    found = decode(decoder, 3).predicted_ids[0].T
    ranked = sorted(sentences(3), key=lambda pair: -chance(pair[0], start))
    for number in range(10):
        np.testing.assert_allclose(
            chance(next(w for w, full in ranked if full == tuple(found[number])), start),
            chance(ranked[number][0], start),
            rtol=1e-5,
        )


def test_greedy_words_are_the_likeliest_one_after_another(graph):
    starts, limit = [0, 1, 3], 4
    helper = seq2seq.GreedyEmbeddingHelper(tf.eye(4), starts, END)
    decoder = seq2seq.BasicDecoder(Chain(TABLE), helper, tf.zeros([3, 1]))
    (outputs, ids), state, lengths = run(seq2seq.dynamic_decode(decoder, maximum_iterations=limit))
    for row, word in enumerate(starts):
        for step in range(lengths[row]):
            np.testing.assert_allclose(outputs[row, step], TABLE[word], rtol=1e-5)
            word = int(TABLE[word].argmax())
            assert ids[row, step] == word
        assert word == END or lengths[row] == limit
    assert state.max() == ids.shape[1]


def test_training_reads_what_it_is_given_up_to_each_length(graph):
    inputs, lengths = np.eye(4, dtype=np.float32)[[[0, 1, 3], [3, 3, 1]]], [3, 1]
    helper = seq2seq.TrainingHelper(tf.constant(inputs), lengths)
    decoder = seq2seq.BasicDecoder(Chain(TABLE), helper, tf.zeros([2, 1]))
    (outputs, ids), state, found = run(seq2seq.dynamic_decode(decoder, impute_finished=True))
    wanted = inputs @ TABLE * (np.arange(3) < np.array(lengths)[:, np.newaxis])[..., np.newaxis]
    np.testing.assert_allclose(outputs, wanted, rtol=1e-5)
    np.testing.assert_array_equal(ids[0], (inputs @ TABLE)[0].argmax(-1))
    assert (found.tolist(), state.tolist()) == ([3, 1], [[3.0], [1.0]])
