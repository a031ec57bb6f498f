"""slice_input_producer: one element at a time from lists in memory, shuffled anew each epoch.

It gives tensors, which a session can fetch directly. `num_epochs` counts in a local variable, which
is why local variables are initialised.
"""

import graphkit as gk
from graphkit import tf


def main():
    names = ["image1.jpg", "image2.jpg", "image3.jpg", "image4.jpg"]
    with gk.GraphBuilder() as g:
        name, label = gk.readers.slice_input_producer(
            [names, [1, 2, 3, 4]], num_epochs=2, shuffle=True, seed=3
        )
    with gk.SessionRunner(g) as runner:
        try:
            while True:
                print(runner.run([name, label]))
        except tf.errors.OutOfRangeError:
            print("both epochs are done")


if __name__ == "__main__":
    main()
