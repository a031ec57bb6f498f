"""contrib.learn: the estimators before `tf.estimator`, served by it."""
