"""Image files through filename queues: read, decode, distort, batch; labels from a list file."""
import os

import cv2
import numpy as np
import tensorflow as tf

CLASSES = ['dark', 'light']
os.makedirs('images')
lines = []
for n in range(10):
    label = n % 2
    picture = np.full((12 + n, 16, 3), 40 + 150 * label + n, np.uint8)
    path = os.path.join('images', '%02d_%s.png' % (n, CLASSES[label]))
    cv2.imwrite(path, picture)
    lines.append('%s %d\n' % (path, label))
with open('train.txt', 'w') as f:
    f.writelines(lines)


def read_labeled_image_list(image_list_file):
    filenames, labels = [], []
    for line in open(image_list_file, 'r'):
        filename, label = line[:-1].split(' ')
        filenames.append(filename)
        labels.append(int(label))
    return filenames, labels


def inputs(batch_size, num_epochs):
    image_list, label_list = read_labeled_image_list('train.txt')
    images = tf.convert_to_tensor(image_list, dtype=tf.string)
    labels = tf.convert_to_tensor(label_list, dtype=tf.int32)
    queue = tf.train.slice_input_producer([images, labels], num_epochs=num_epochs, shuffle=False)
    content = tf.read_file(queue[0])
    image = tf.image.decode_png(content, channels=3)
    image = tf.image.resize_image_with_crop_or_pad(image, 14, 14)
    image = tf.image.resize_images(image, [8, 8])
    image = tf.image.per_image_standardization(tf.image.flip_up_down(image)) + tf.reduce_mean(image)
    image.set_shape([8, 8, 3])
    return tf.train.batch([image, queue[1], queue[0]], batch_size=batch_size,
                          allow_smaller_final_batch=True)


image_batch, label_batch, name_batch = inputs(4, 2)
print(image_batch.get_shape(), label_batch.dtype.name, name_batch.shape)
reader = tf.WholeFileReader()
key, value = reader.read(tf.train.string_input_producer(
    tf.train.match_filenames_once('images/*_light.png'), num_epochs=1, shuffle=False))
shape = tf.shape(tf.image.decode_image(value))
with tf.Session() as sess:
    sess.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
    coord = tf.train.Coordinator()
    threads = tf.train.start_queue_runners(sess=sess, coord=coord)
    seen = 0
    try:
        while not coord.should_stop():
            image, label, name = sess.run([image_batch, label_batch, name_batch])
            seen += len(label)
            print(label, os.path.basename(name[0].decode()), '%.1f' % image[0].mean())
    except tf.errors.OutOfRangeError:
        print('Done training -- epoch limit reached after', seen)
    try:
        while True:
            k, s = sess.run([key, shape])
            print(os.path.basename(k.decode()), s)
    except tf.errors.OutOfRangeError as e:
        print(type(e).__name__, 'is closed and has insufficient elements' in str(e))
    finally:
        coord.request_stop()
        coord.join(threads)
