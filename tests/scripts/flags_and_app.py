"""tf.app.flags, tf.app.run with its argv and its exit code."""

import tensorflow as tf

flags = tf.app.flags
FLAGS = flags.FLAGS
flags.DEFINE_integer("batch_size", 3, "how many")
flags.DEFINE_string("name", "none", "which")
flags.DEFINE_boolean("fast", False, "whether")


def main(argv):
    print(FLAGS.batch_size, FLAGS.name, FLAGS.fast, len(argv))
    return 6


if __name__ == "__main__":
    tf.app.run()
