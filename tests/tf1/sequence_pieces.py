"""Sequences cut into pieces in NumPy, and a saver that is fed by hand; for two test files."""

from __future__ import annotations

import numpy as np

import graphkit.tf1 as tf

training = tf.contrib.training


def steps_of(number, size):
    """The sequence of an example: `size` steps of two numbers."""
    return np.stack([np.arange(size) + 10 * number, np.arange(size) ** 2], axis=1).astype(np.int32)


def cut(number, size, num_unroll):
    """The pieces of an example in order, as contrib.training documents them."""
    count = -(-size // num_unroll)
    padded = np.zeros([count * num_unroll, 2], np.int32)
    padded[:size] = steps_of(number, size)
    names = [f"{place:05d}_of_{count:05d}:{number}" for place in range(count)]
    names.append(f"STOP:{number}")
    return [
        {
            "key": names[place].encode(),
            "next_key": names[place + 1].encode(),
            "length": min(num_unroll, size - place * num_unroll),
            "total_length": size,
            "sequence": place,
            "sequence_count": count,
            "insertion_index": number - 2**63,
            "x": padded[place * num_unroll : (place + 1) * num_unroll].tolist(),
            "number": number,
            "h": padded[: place * num_unroll].sum(0).tolist(),
        }
        for place in range(count)
    ]


def expected_batches(sizes, num_unroll, batch_size, small=True):
    """Batches of the pieces that can come, those of the earliest examples first."""
    waiting = [cut(number, size, num_unroll) for number, size in enumerate(sizes)]
    batches = []
    while waiting and (small or len(waiting) >= batch_size):
        batches.append([pieces.pop(0) for pieces in waiting[:batch_size]])
        waiting = [pieces for pieces in waiting if pieces]
    return batches


class Fed:
    """A batch of pieces whose examples are put in one by one; its state sums up all steps."""

    def __init__(self, num_unroll, batch_size, **options):
        self.size = tf.placeholder(tf.int32, [], name="size")
        self.number = tf.placeholder(tf.int32, [], name="number")
        self.steps = tf.placeholder(tf.int32, [None, 2], name="steps")
        self.batch = training.batch_sequences_with_states(
            tf.as_string(self.number),
            {"x": self.steps},
            {"number": self.number},
            None,
            {"h": tf.zeros([2], tf.int32)},
            num_unroll,
            batch_size,
            **options,
        )
        (runner,) = tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
        self.saver, self.put_op, self.end_op = runner.queue, runner.enqueue_ops[0], runner.close_op
        total = self.batch.state("h") + tf.reduce_sum(self.batch.sequences["x"], 1)
        self.save = self.batch.save_state("h", total)

    def put(self, session, number, size):
        """Puts one example in."""
        feeds = {self.size: size, self.number: number, self.steps: steps_of(number, size)}
        session.run(self.put_op, feeds)

    def fetches(self):
        """All parts of a batch by name."""
        batch = self.batch
        names = ("key", "next_key", "length", "total_length", "sequence", "sequence_count")
        found = {name: getattr(batch, name) for name in (*names, "insertion_index")}
        found.update({"x": batch.sequences["x"], "h": batch.state("h")})
        return dict(found, number=batch.context["number"])


def taken(session, fed):
    """One batch, piece by piece, after its states were left for the next."""
    found, size, _ = session.run([fed.fetches(), fed.batch.batch_size, fed.save])
    assert {len(part) for part in found.values()} == {size}
    return [{name: np.asarray(found[name][row]).tolist() for name in found} for row in range(size)]
