"""string_input_producer: a queue of file names, which a reader empties file by file.

It gives a queue, not a tensor: only a reader makes values of it. The files are looked for when the
queue starts; a missing one is an error that names it.
"""

from pathlib import Path

import graphkit as gk
from graphkit import tf


def main():
    folder = Path("data")
    folder.mkdir(exist_ok=True)
    files = [folder / f"{letter}.csv" for letter in "ABC"]
    for number, file in enumerate(files):
        file.write_text(f"{number},{number * number}\n")

    with gk.GraphBuilder() as g:
        queue = gk.readers.string_input_producer(
            [str(file) for file in files], shuffle=False, num_epochs=2
        )
        key, value = gk.readers.WholeFileReader().read(queue)
    with gk.SessionRunner(g) as runner:
        try:
            while True:
                print(*runner.run([key, value]))
        except tf.errors.OutOfRangeError:
            print("every file was read twice")

    with gk.GraphBuilder() as g:
        queue = gk.readers.string_input_producer(["data/D.csv"])
        key, value = gk.readers.WholeFileReader().read(queue)
    try:
        with gk.SessionRunner(g) as runner:
            runner.run(key)
    except gk.GraphkitError as error:
        print("refused:", error)


if __name__ == "__main__":
    main()
