"""Between-graph replication: a parameter server and two workers, in one process and its threads."""
import socket
import threading

import numpy as np
import tensorflow as tf


def free_places(count):
    taken = [socket.socket() for _ in range(count)]  # all at once, or one may come twice
    for s in taken:
        s.bind(('localhost', 0))
    places = ['localhost:%d' % s.getsockname()[1] for s in taken]
    for s in taken:
        s.close()
    return places


places = free_places(3)
cluster = tf.train.ClusterSpec({'ps': places[:1], 'worker': places[1:]})
print(cluster.jobs, cluster.num_tasks('worker'), sorted(cluster.as_dict()))
ps = tf.train.Server(cluster, job_name='ps', task_index=0)
servers = [tf.train.Server(cluster, job_name='worker', task_index=i) for i in range(2)]
print(servers[0].target.startswith('grpc://localhost'), servers[1].server_def.task_index)
rng = np.random.RandomState(0)
X = rng.rand(40, 3).astype(np.float32)
Y = X.dot(np.array([[1.0], [2.0], [-1.0]], np.float32))
placed, results = {}, {}
initialised = threading.Event()  # a worker that comes too early looks again after 30 seconds


def work(index):
    graph = tf.Graph()
    with graph.as_default():
        with tf.device(tf.train.replica_device_setter(
                worker_device='/job:worker/task:%d' % index, cluster=cluster)):
            global_step = tf.train.get_or_create_global_step()
            w = tf.get_variable('w', [3, 1], initializer=tf.zeros_initializer())
            part = slice(index * 20, index * 20 + 20)
            loss = tf.reduce_mean(tf.square(tf.matmul(tf.constant(X[part]), w) - Y[part]))
            optimizer = tf.train.SyncReplicasOptimizer(
                tf.train.GradientDescentOptimizer(0.3), replicas_to_aggregate=2,
                total_num_replicas=2)
            train = optimizer.minimize(loss, global_step=global_step)
        placed[index] = (w.device, loss.device)
        hooks = [optimizer.make_session_run_hook(index == 0, num_tokens=0),
                 tf.train.StopAtStepHook(last_step=20)]
        if index != 0:
            initialised.wait()
        with tf.train.MonitoredTrainingSession(
                master=servers[index].target, is_chief=index == 0, hooks=hooks,
                checkpoint_dir='logs' if index == 0 else None, stop_grace_period_secs=5,
                config=tf.ConfigProto(device_filters=['/job:ps', '/job:worker/task:%d' % index])
        ) as sess:
            initialised.set()
            while not sess.should_stop():
                _, step, value = sess.run([train, global_step, w])
        results[index] = (int(step), value.ravel())


threads = [threading.Thread(target=work, args=(i,)) for i in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
for index in sorted(placed):
    print(index, placed[index])
reader = tf.train.NewCheckpointReader(tf.train.latest_checkpoint('logs'))
miss = np.abs(reader.get_tensor('w') - [[1.0], [2.0], [-1.0]])
print('closer', bool((miss.sum() < 3.0)), int(reader.get_tensor('global_step')))
with tf.Session(servers[0].target) as sess:
    with tf.device('/job:ps/task:0'):
        x = tf.constant([1.0, 2.0])
    with tf.device('/job:worker/task:1'):
        y = x * 2
    print(sess.run(y), y.device)
