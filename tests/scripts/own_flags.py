import tensorflow as tf

flags = tf.app.flags
flags.DEFINE_integer("delta_threshold", 3, "a name of the program's own")


def main(_):
    print(flags.FLAGS.delta_threshold, "hbm_oom_exit" in flags.FLAGS)


tf.app.run()
