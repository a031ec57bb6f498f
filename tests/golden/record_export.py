"""Records what TensorFlow 1.15.5 saves, freezes and computes, for tests/export.

Run with Python 3.7 and TensorFlow 1.15.5: `python tests/golden/record_export.py`. Writes the folder
export beside this file:

    convnet/           a checkpoint with its .meta: reference variables, batch normalization whose
                       updates hang on the switch `is_training`, input through a queue
    recurrent.pb       an embedding and an LSTM in a `Switch`/`Merge` loop, frozen
    version_1.ckpt     the variables of convnet in the V1 format
    expected.npz       inputs and what 1.15.5 computed for them
"""

from __future__ import print_function

import os
import shutil

import numpy as np
import tensorflow as tf

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "export")


def record_convnet(expected):
    random = np.random.RandomState(1)
    images = random.uniform(size=[8, 6, 6, 2]).astype(np.float32)
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(1)
        queue = tf.FIFOQueue(64, [tf.float32, tf.int32], [[6, 6, 2], []])
        enqueue = queue.enqueue_many([images, np.arange(8, dtype=np.int32) % 3])
        batch, labels = queue.dequeue_many(4, name="batch")
        is_training = tf.placeholder(tf.bool, [], name="is_training")
        net = tf.layers.conv2d(batch, 3, 3, use_bias=False, name="conv")
        net = tf.contrib.layers.batch_norm(
            net,
            decay=0.5,
            scale=True,
            fused=False,
            is_training=is_training,
            updates_collections=None,
            scope="norm",
        )
        net = tf.layers.flatten(tf.nn.relu(net))
        logits = tf.layers.dense(net, 3, name="logits")
        probabilities = tf.nn.softmax(logits, name="probabilities")
        loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
        step = tf.train.get_or_create_global_step()
        train_op = tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss, step)
        session.run(tf.global_variables_initializer())
        for _ in range(3):
            session.run(enqueue)
            session.run(train_op, {is_training: True})
            session.run(train_op, {is_training: True})
        feed = {batch: images[:4], is_training: False}
        expected["convnet/batch"] = images[:4]
        expected["convnet/probabilities"] = session.run(probabilities, feed)
        folder = os.path.join(HERE, "convnet")
        prefix = os.path.join(folder, "model.ckpt")
        tf.train.Saver().save(session, prefix, step, strip_default_attrs=True)
        with open(os.path.join(folder, "checkpoint"), "w") as state:
            state.write('model_checkpoint_path: "model.ckpt-6"\n')
        version_1 = tf.train.Saver(write_version=tf.train.SaverDef.V1)
        version_1.save(
            session,
            os.path.join(HERE, "version_1.ckpt"),
            write_meta_graph=False,
            latest_filename="unused",
        )
        os.remove(os.path.join(HERE, "unused"))


def record_recurrent(expected):
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(2)
        words = tf.placeholder(tf.int64, [None, 5], name="words")
        table = tf.get_variable("table", [11, 4])
        embedded = tf.nn.embedding_lookup(table, words)
        cell = tf.nn.rnn_cell.LSTMCell(3)
        states, _ = tf.nn.dynamic_rnn(cell, embedded, dtype=tf.float32)
        tf.reduce_max(states, axis=1, name="strongest")
        tf.argmax(states[:, -1], axis=1, name="winner")
        session.run(tf.global_variables_initializer())
        given = np.arange(15, dtype=np.int64).reshape(3, 5) % 11
        outputs = ["strongest", "winner"]
        frozen = tf.graph_util.convert_variables_to_constants(
            session, tf.graph_util.remove_training_nodes(session.graph_def, outputs), outputs
        )
        expected["recurrent/words"] = given
        for name in outputs:
            expected["recurrent/" + name] = session.run(name + ":0", {words: given})
        with open(os.path.join(HERE, "recurrent.pb"), "wb") as file:
            file.write(frozen.SerializeToString())


def main():
    shutil.rmtree(HERE, ignore_errors=True)
    os.makedirs(os.path.join(HERE, "convnet"))
    expected = {}
    record_convnet(expected)
    record_recurrent(expected)
    np.savez_compressed(os.path.join(HERE, "expected.npz"), **expected)


if __name__ == "__main__":
    main()
