import tensorflow as tf

flags = tf.app.flags
flags.DEFINE_integer("delta_threshold", 3, "a name of the program's own")
flags.DEFINE_string("log_dir", "./logs", "a name that absl has as well")


def main(_):
    print(flags.FLAGS.delta_threshold, flags.FLAGS.log_dir, "hbm_oom_exit" in flags.FLAGS)


tf.app.run()
