"""What a program tells by TensorFlow's log, at the level of TensorFlow 1."""

import tensorflow as tf
from tensorflow.python.platform import tf_logging as logging

print(tf.logging.get_verbosity() == tf.logging.WARN)
tf.logging.info("not shown")
tf.logging.warn("the learning rate is %g", 0.5)
tf.logging.set_verbosity(tf.logging.INFO)
logging.info("step %d", 3)
