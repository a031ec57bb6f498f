"""A test of TensorFlow 1's time, with names that unittest dropped."""

from __future__ import print_function

import tensorflow as tf


class SquareTest(tf.test.TestCase):
    def testSquares(self):
        with self.test_session() as sess:
            squares = sess.run(tf.square([1.0, 2.0]))
        self.assertEquals(len(squares), 2)
        self.assertItemsEqual(squares.tolist(), [4.0, 1.0])
        self.assertAllClose(squares, [1.0, 4.0])
        print("tested")


if __name__ == "__main__":
    tf.test.main()
