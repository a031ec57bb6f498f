"""MonitoredTrainingSession with a global step, hooks and a checkpoint."""

import tensorflow as tf

step = tf.train.get_or_create_global_step()
w = tf.get_variable("w", initializer=1.0)
train = tf.train.GradientDescentOptimizer(0.1).minimize(w * w, global_step=step)
with tf.control_dependencies([train]):  # or it would be read before or after, by chance
    after = w.read_value()
hooks = [tf.train.StopAtStepHook(last_step=3)]
more = {"hooks": hooks, "log_step_count_steps": None}  # its warning would come by chance
with tf.train.MonitoredTrainingSession(checkpoint_dir="out", **more) as sess:
    while not sess.should_stop():
        value = sess.run(after)
print("%.4f" % value, tf.train.latest_checkpoint("out").endswith("model.ckpt-3"))
