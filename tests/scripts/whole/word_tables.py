"""Vocabulary files, lookup tables, strings, sparse input columns and a wide linear model."""
import numpy as np
import tensorflow as tf

with open('vocab.txt', 'w') as f:
    f.write('the\ncat\nsat\nmat\n')
with open('rows.csv', 'w') as f:
    f.write('age,work,label\n25,clerk,0\n40,boss,1\n31,clerk,1\n,baker,0\n')

table = tf.contrib.lookup.index_table_from_file('vocab.txt', num_oov_buckets=2)
plain = tf.contrib.lookup.index_table_from_tensor(tf.constant(['a', 'b']), default_value=-1)
back = tf.contrib.lookup.index_to_string_table_from_file('vocab.txt', default_value='<unk>')
mutable = tf.contrib.lookup.MutableHashTable(tf.string, tf.int64, -1)
text = tf.placeholder(tf.string, [None])
tokens = tf.string_split(text)
ids = tf.sparse_tensor_to_dense(
    tf.SparseTensor(tokens.indices, table.lookup(tokens.values), tokens.dense_shape),
    default_value=-1)
hashed = tf.string_to_hash_bucket_fast(tokens.values, 1000)
joined = tf.reduce_join(tf.string_split(['a,b,c'], ',').values, separator='-')
pieces = tf.substr(text, 0, 3)
numbers = tf.string_to_number(['1.5', '-2'])
upper = tf.regex_replace(text, '[aeiou]', '*')
words = tf.as_string([1.5, 2.25], precision=1)
with tf.Session() as sess:
    sess.run(tf.tables_initializer())
    feed = {text: ['the cat sat', 'dog the']}
    known = sess.run(ids, feed)
    print(known[:, 1:].tolist()[0], (known >= 4).sum(), known.shape, sess.run(table.size()))
    print(sess.run(plain.lookup(tf.constant(['b', 'z']))), sess.run(back.lookup(tf.constant([2, 9], tf.int64))))
    sess.run(mutable.insert(tf.constant(['x']), tf.constant([7], tf.int64)))
    print(sess.run([mutable.lookup(tf.constant(['x', 'y'])), mutable.size()]))
    print(sess.run(hashed, feed).tolist(), sess.run(joined))
    print(sess.run([pieces, upper], feed), sess.run(numbers), sess.run(words))

CSV = ['age', 'work', 'label']


def input_fn(path, epochs, shuffle=False):
    queue = tf.train.string_input_producer([path], num_epochs=epochs, shuffle=shuffle)
    _, line = tf.TextLineReader(skip_header_lines=1).read_up_to(queue, 2)
    columns = tf.decode_csv(line, record_defaults=[[33.0], [''], [0]])
    features = dict(zip(CSV, columns))
    return features, features.pop('label')


age = tf.feature_column.numeric_column('age')
work = tf.feature_column.categorical_column_with_vocabulary_list('work', ['clerk', 'boss', 'baker'])
bucket = tf.feature_column.bucketized_column(age, boundaries=[28, 35])
crossed = tf.feature_column.crossed_column([bucket, 'work'], hash_bucket_size=20)
with tf.Graph().as_default():
    features, label = input_fn('rows.csv', 1)
    features['work'] = tf.reshape(features['work'], [-1, 1])
    features['age'] = tf.reshape(features['age'], [-1, 1])
    dense = tf.feature_column.input_layer(
        features, [age, bucket, tf.feature_column.indicator_column(work)])
    linear = tf.feature_column.linear_model(features, [bucket, work, crossed])
    print(dense.get_shape(), [v.name for v in tf.trainable_variables()])
    with tf.train.MonitoredSession() as sess:
        while not sess.should_stop():
            d, l, y = sess.run([dense, linear, label])
            print(d.tolist(), l.shape, y)

model = tf.estimator.LinearClassifier(
    [bucket, work], model_dir='linear', config=tf.estimator.RunConfig(tf_random_seed=1),
    optimizer=tf.train.FtrlOptimizer(0.5))


def endless():
    features, label = input_fn('rows.csv', None)
    return {k: tf.reshape(v, [-1, 1]) for k, v in features.items()}, tf.reshape(label, [-1, 1])


tf.logging.set_verbosity(tf.logging.ERROR)
model.train(endless, steps=30)
result = model.evaluate(endless, steps=2)
print(sorted(result)[:4], '%.2f' % result['label/mean'], result['global_step'])
print(np.round(model.get_variable_value('linear/linear_model/work/weights').ravel(), 2).shape)
