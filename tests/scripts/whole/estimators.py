"""An Estimator from a model function: tf.data input, hooks, evaluation, prediction, export."""
import glob
import json
import os

import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
rng = np.random.RandomState(0)
X = rng.normal(size=(64, 3)).astype(np.float32)
Y = (X.dot([1.0, -2.0, 0.5]) > 0).astype(np.int32)


def model_fn(features, labels, mode, params):
    x = tf.feature_column.input_layer(features, params['feature_columns'])
    x = tf.layers.dense(x, params['hidden'], tf.nn.relu, name='hidden',
                        kernel_initializer=tf.glorot_uniform_initializer(seed=1))
    logits = tf.layers.dense(x, 2, name='logits',
                             kernel_initializer=tf.glorot_uniform_initializer(seed=2))
    predicted = tf.argmax(logits, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        predictions = {'class_ids': predicted[:, tf.newaxis], 'probabilities': tf.nn.softmax(logits)}
        outputs = {'serving_default': tf.estimator.export.PredictOutput(predictions)}
        return tf.estimator.EstimatorSpec(mode, predictions=predictions, export_outputs=outputs)
    loss = tf.losses.sparse_softmax_cross_entropy(labels=labels, logits=logits)
    accuracy = tf.metrics.accuracy(labels=labels, predictions=predicted, name='acc_op')
    metrics = {'accuracy': accuracy, 'auc': tf.metrics.auc(labels, tf.nn.softmax(logits)[:, 1])}
    tf.summary.scalar('accuracy', accuracy[1])
    if mode == tf.estimator.ModeKeys.EVAL:
        return tf.estimator.EstimatorSpec(mode, loss=loss, eval_metric_ops=metrics)
    train_op = tf.train.AdagradOptimizer(learning_rate=0.5).minimize(
        loss, global_step=tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def named(x):
    return {'a': x[:, 0], 'b': x[:, 1], 'c': x[:, 2]}


def train_input_fn(batch_size=16):
    dataset = tf.data.Dataset.from_tensor_slices((named(X), Y))
    return dataset.repeat().batch(batch_size).make_one_shot_iterator().get_next()


class Watch(tf.train.SessionRunHook):
    def begin(self):
        self.seen = []

    def before_run(self, run_context):
        return tf.train.SessionRunArgs({'step': tf.train.get_global_step()})

    def after_run(self, run_context, run_values):
        self.seen.append(int(run_values.results['step']))
        if len(self.seen) == 25:
            run_context.request_stop()


columns = [tf.feature_column.numeric_column(key) for key in 'abc']
config = tf.estimator.RunConfig(model_dir='model', tf_random_seed=3, save_checkpoints_steps=10)
classifier = tf.estimator.Estimator(
    model_fn=model_fn, config=config, params={'feature_columns': columns, 'hidden': 6})
watch = Watch()
classifier.train(train_input_fn, steps=30, hooks=[watch])
print(watch.seen[0], watch.seen[-1], sorted(os.path.basename(p) for p in glob.glob('model/*.index')))
eval_fn = tf.estimator.inputs.numpy_input_fn(named(X), Y, batch_size=20, shuffle=False, num_epochs=1)
result = classifier.evaluate(eval_fn, name='final')
print(sorted(result), result['global_step'], '%.3f %.3f' % (result['accuracy'], result['auc']))
print(os.path.isdir('model/eval_final'), classifier.latest_checkpoint())
print(classifier.get_variable_names()[:3], classifier.get_variable_value('logits/bias').shape)
predictions = list(classifier.predict(
    tf.estimator.inputs.numpy_input_fn(named(X[:3]), shuffle=False)))
print([p['class_ids'].tolist() for p in predictions], Y[:3])
spec = tf.feature_column.make_parse_example_spec(columns)
folder = classifier.export_savedmodel(
    'export', tf.estimator.export.build_parsing_serving_input_receiver_fn(spec))
predict = tf.contrib.predictor.from_saved_model(folder.decode() if isinstance(folder, bytes) else folder)
example = tf.train.Example()
for key, value in zip('abc', X[0]):
    example.features.feature[key].float_list.value.append(value)
answer = predict({'examples': [example.SerializeToString()]})
print(sorted(answer), np.allclose(answer['probabilities'][0], predictions[0]['probabilities'], atol=1e-5))
classifier.train(train_input_fn, max_steps=40)
print(json.dumps({'steps': int(classifier.get_variable_value('global_step'))}))
