"""contrib.layers' feature columns, as columns of `tf.feature_column`.

A program that makes its columns here can give them to everything that takes feature columns:
`tf.estimator`, `contrib.learn`, `tf.feature_column.input_layer`. Variables are named by
`tf.feature_column`, so checkpoints of a contrib.layers linear model do not restore.
"""
