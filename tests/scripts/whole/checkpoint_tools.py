"""Looks into checkpoints with the tools of then: inspect_checkpoint, readers, metas."""
import numpy as np
import tensorflow as tf
from tensorflow.python import pywrap_tensorflow
from tensorflow.python.tools.inspect_checkpoint import print_tensors_in_checkpoint_file

with tf.Graph().as_default(), tf.Session() as sess:
    with tf.variable_scope('layer'):
        w = tf.get_variable('w', initializer=tf.constant([[1.5, 2.0], [0.0, -1.0]]))
        n = tf.get_variable('n', initializer=7, trainable=False)
    sess.run(tf.global_variables_initializer())
    saver = tf.train.Saver({'w': w, 'count': n})
    prefix = saver.save(sess, './two')
    meta = tf.train.export_meta_graph(as_text=True, filename='two.pbtxt')

print_tensors_in_checkpoint_file(prefix, '', False)
print_tensors_in_checkpoint_file(prefix, '', True)
print_tensors_in_checkpoint_file(file_name=prefix, tensor_name='w', all_tensors=False)
print_tensors_in_checkpoint_file(prefix, None, False, True, count_exclude_pattern='^w')
reader = pywrap_tensorflow.NewCheckpointReader(prefix)
print(sorted(reader.get_variable_to_shape_map().items()), reader.has_tensor('layer/w'))
print({k: v.as_numpy_dtype.__name__ for k, v in sorted(reader.get_variable_to_dtype_map().items())})
values = {key: reader.get_tensor(key) for key in reader.get_variable_to_shape_map()}
np.savez('values.npz', **values)
print(sorted(np.load('values.npz').files), len(meta.graph_def.node) > 5)
try:
    reader.get_tensor('layer/w')
except Exception as e:
    print(type(e).__name__)
