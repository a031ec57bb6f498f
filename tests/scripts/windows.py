"""Shows pictures in three ways."""

import cv2
import numpy as np
import tensorflow as tf

with tf.Session() as sess:
    image = sess.run(tf.cast(tf.ones([8, 8, 3]) * 255, tf.uint8))
cv2.namedWindow("image")
while True:
    cv2.imshow("image", image)
    if cv2.waitKey(1) & 0xFF == ord("q"):
        break
cv2.imshow("noise", np.zeros((4, 4)))
print(cv2.waitKey(0) > 0)
cv2.destroyAllWindows()
