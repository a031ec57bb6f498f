"""What to do about the failures people keep meeting: one table, each row a known class.

The threads these classes were collected from span 2016 to 2025; the words of a row are for somebody
who wrote, or only runs, a TensorFlow 1 program.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["EXPLANATIONS", "Explanation", "explain"]


@dataclass(frozen=True)
class Explanation:
    """One class of failures.

    Args:
        error: Class names it shows as, `|` between them; any if empty.
        pattern: What its message contains, as a regular expression.
        cause: Why it happens, in plain words.
        remedy: What to do.
    """

    error: str
    pattern: str
    cause: str
    remedy: str


EXPLANATIONS: tuple[Explanation, ...] = (
    Explanation(
        "RuntimeError",
        r"Coordinator stopped with threads still running",
        "reading threads did not end in time: they wait to put something into a full queue",
        "run queue.close(cancel_pending_enqueues=True), or close the session, before "
        "coord.join(threads)",
    ),
    Explanation(
        "AssertionError|KeyError",
        r"(is not in graph$|refers to a Tensor which does not exist|"
        r"refers to an Operation not in the graph)",
        "the graph has no op of that name",
        "graphkit inspect FILE lists the ops of a graph file and guesses its outputs",
    ),
    Explanation(
        "ValueError",
        r"refers to an Operation, not a Tensor",
        "a tensor is named by its op and the number of the output",
        "write :0 behind the name",
    ),
    Explanation(
        "NotFoundError",
        r"Op type not registered",
        "the graph was saved with an op that this TensorFlow does not have, of tf.contrib "
        "most often",
        "build the graph by the code it came from, and restore the checkpoint into it",
    ),
    Explanation(
        "ValueError",
        r"(is not a valid checkpoint|load save_path when it is None)",
        "there is no checkpoint at that path",
        "give the part before .index; tf.train.latest_checkpoint(FOLDER) finds none where the "
        "file named checkpoint is missing or names other folders",
    ),
    Explanation(
        "InvalidArgumentError",
        r"Assign requires shapes of both tensors to match",
        "a variable has another shape in the checkpoint than in the graph",
        "build the network as it was trained, or restore the other variables only: "
        "tf.train.Saver(var_list)",
    ),
    Explanation(
        "InvalidArgumentError",
        r"(is required but could not be found|Data types don't match|"
        r"Can't parse serialized Example|Could not parse example)",
        "the records hold other features than the program asks for",
        "graphkit records show FILE lists which features they hold, and their types",
    ),
    Explanation(
        "InvalidArgumentError",
        r"Unknown image file format",
        "a file is no picture, whatever its name says",
        "look at its first bytes: often it is empty, or the page of a failed download",
    ),
    Explanation(
        "ValueError",
        r"(is not an element of this graph|must be from the same graph)",
        "tensors of two graphs are mixed",
        "build and run under one `with graph.as_default():`, in threads as well; nothing "
        "built before tf.reset_default_graph() can be used after it",
    ),
    Explanation(
        "TypeError",
        r"The value of a feed cannot be a tf\.Tensor",
        "a feed takes numbers, and was given a tensor",
        "feed sess.run(tensor), or build on the tensor where the placeholder stands",
    ),
    Explanation(
        "ValueError",
        r"Cannot feed value of shape",
        "the array that is fed has another shape than its placeholder",
        "reshape the array; None in a placeholder's shape takes any size",
    ),
    Explanation(
        "ValueError",
        r"Variable .* does not exist, or was not created",
        "a scope that reuses variables asks for one that was not created before",
        "create it first, outside of reuse, or use reuse=tf.AUTO_REUSE; an optimizer's own "
        "variables count as well: call minimize() outside of the scope",
    ),
    Explanation(
        "DecodeError",
        r"",
        "the file is not a binary graph",
        "graphkit inspect FILE says what it is; a small one may be the pointer of a file in "
        "Git LFS",
    ),
    Explanation(
        "OSError|RuntimeError",
        r"(SavedModel file does not exist|MetaGraphDef associated with tags)",
        "the folder holds no SavedModel, or none with those tags",
        "give the folder with saved_model.pb in it, and the tags it was written with",
    ),
    Explanation(
        "InvalidArgumentError",
        r"(is not in \[0, \d+\)|which is outside the valid range)",
        "an index or a label is larger than the table it belongs to",
        "compare the largest id of the data with the size of the vocabulary, or the number of "
        "classes",
    ),
    Explanation(
        "InvalidArgumentError",
        r"Tensor had (NaN|Inf|-Inf)",
        "numbers left the range of floats",
        "train with a smaller learning rate, clip gradients, and keep tf.log and divisions "
        "away from 0",
    ),
    Explanation(
        "error",
        r"OpenCV.*(dnn|Tensorflow)",
        "OpenCV reads frozen graphs, and not every op of them",
        "graphkit freeze leaves only the ops of inference in the file and turns batch "
        "normalisation into numbers",
    ),
    Explanation(
        "OutOfRangeError",
        r"(RandomShuffleQueue|FIFOQueue|PaddingFIFOQueue).*(closed and has insufficient|is closed)",
        "the reading threads stopped before a batch was full: the epochs ended, a file is missing "
        "or damaged, or the local variables that count epochs were not initialised",
        "run tf.local_variables_initializer() before the queue runners, and look for the first "
        "error of a reading thread above",
    ),
    Explanation(
        "FailedPreconditionError",
        r"(uninitialized value|not initialized|Could not find variable)",
        "a variable is read before it has a value",
        "run tf.global_variables_initializer() (and tf.local_variables_initializer() for epoch "
        "counters and metrics) after the graph is built, or restore a checkpoint",
    ),
    Explanation(
        "RuntimeError",
        r"Graph is finalized and cannot be modified",
        "the program builds a new op after the graph was closed for training",
        "build that op once, before the session or MonitoredSession starts; the line above "
        "marks it",
    ),
    Explanation(
        "RuntimeError",
        r"The Session graph is empty",
        "the ops were built in another graph, or ran eagerly",
        "build and run under the same `with tf.Graph().as_default():`; for a TensorFlow 2 program "
        "use --mode v2",
    ),
    Explanation(
        "RuntimeError",
        r"(not compatible with eager execution|not supported when eager execution)",
        "the program builds a TensorFlow 1 graph while eager execution is on",
        "use --mode v1",
    ),
    Explanation(
        "AttributeError|TypeError|NotImplementedError|RuntimeError|ValueError",
        r"('images' contains no shape|specify the `steps_per_epoch` argument|"
        r"'(Symbolic)?Tensor' object has no attribute 'numpy'|Tensor.*is not iterable|"
        r"[Ii]terating over (a symbolic )?`?tf\.Tensor|symbolic `tf\.Tensor` as a Python `bool`|"
        r"argument must be a string or a real number, not '(Symbolic)?Tensor'|"
        r"only supports Python-style iteration in eager mode|__iter__\(\) is only "
        r"supported|object supporting `__len__`)",
        "the program expects eager execution, which TensorFlow 1 did not have on",
        "use --mode v2",
    ),
    Explanation(
        "NotFoundError",
        r"(Key|Tensor name) .* not found in checkpoint",
        "the checkpoint was written by a graph with other variable names",
        "graphkit inspect CHECKPOINT lists those in the file, and graphkit checkpoint rename "
        "CHECKPOINT OLD=NEW -o COPY gives a copy the names of the program",
    ),
    Explanation(
        "DataLossError",
        r"Unable to open table file .*Is a directory",
        "the path names the folder of a checkpoint instead of the checkpoint",
        "give tf.train.latest_checkpoint(FOLDER), or the part of a name in it before .index",
    ),
    Explanation(
        "DataLossError",
        r"(Unable to open table file|not an sstable|bad magic number)",
        "the path names one file of a checkpoint instead of the checkpoint",
        "give the part before .index and .data-00000-of-00001",
    ),
    Explanation(
        "DataLossError",
        r"(corrupted record|truncated record)",
        "a TFRecord file is damaged or not complete",
        "graphkit records show FILE says where",
    ),
    Explanation(
        "ValueError",
        r"(cannot be larger than 2GB|is larger than 2GB|exceeds maximum protobuf size)",
        "data was put into the graph as constants, or ops are added in a loop",
        "feed the data through a placeholder or read it from files; build ops before the loop",
    ),
    Explanation(
        "ValueError",
        r"Variable .* already exists, disallowed",
        "the same variable is created twice in one graph",
        "call tf.reset_default_graph() before building again, or reuse=tf.AUTO_REUSE",
    ),
    Explanation(
        "ValueError",
        r"(NodeDef mentions attr|not in Op<)",
        "the graph was written by another release of TensorFlow",
        "export it again with strip_default_attrs=True, or with graphkit freeze",
    ),
    Explanation(
        "ValueError|InvalidArgumentError",
        r"(float.*incompatible with expected float_ref|incompatible with expected resource)",
        "the frozen graph still has assignments to variables, usually of batch normalisation",
        "freeze again with graphkit freeze, which cuts training ops off",
    ),
    Explanation(
        "InvalidArgumentError",
        r"You must feed a value for placeholder tensor",
        "a placeholder the fetched tensor depends on was not fed",
        "add it to feed_dict; summaries merged with tf.summary.merge_all depend on every "
        "placeholder of the graph",
    ),
    Explanation(
        "InvalidArgumentError",
        r"Cannot assign a device for operation",
        "an op is pinned to a device this machine does not have",
        "pass config=tf.ConfigProto(allow_soft_placement=True) to the session",
    ),
    Explanation(
        "RuntimeError",
        r"Attempted to use a closed Session",
        "the session was closed before its last use",
        "move the call into the `with tf.Session()` block",
    ),
    Explanation(
        "OverflowError",
        r"out of bounds for u?int\d+",
        "NumPy 2 refuses a Python integer that does not fit the array's type; NumPy 1 wrapped it",
        "convert first: np.array(value).astype(np.uint8)",
    ),
    Explanation(
        "ValueError",
        r"Object arrays cannot be loaded when allow_pickle=False",
        "the file holds pickled objects, and NumPy since 1.16.3 loads those only when told to",
        "if you trust the file, use --allow-pickle",
    ),
    Explanation(
        "UnpicklingError|UnicodeDecodeError",
        r"(the STRING opcode|'ascii' codec can't decode byte)",
        "the pickle was written by Python 2",
        'load it with pickle.load(file, encoding="latin1")',
    ),
    Explanation(
        "TclError",
        r"no display name",
        "the program opens a window and this machine has no display",
        "run it where there is one, or under xvfb-run",
    ),
    Explanation(
        "ImportError",
        r"Missing optional dependency 'pooch'",
        "the pictures of scipy.misc.face and ascent are downloaded since SciPy 1.10",
        "install pooch with pip, where there is a network; or read a picture of your own: "
        "scipy.misc.imread(FILE)",
    ),
    Explanation(
        "ModuleNotFoundError|ImportError",
        r"No module named '(?!tensorflow)([\w.]+)'",
        "a package the program needs is not installed",
        "install it with pip; its name there may differ (cv2: opencv-python, PIL: pillow, "
        "sklearn: scikit-learn, skimage: scikit-image, yaml: pyyaml)",
    ),
    Explanation(
        "",
        r"(MNIST is the four files|URL fetch failure on \S*mnist\.npz)",
        "the program downloads MNIST and the network or the address does not answer",
        "graphkit run --bundled-digits uses the handwritten digits that come with graphkit instead",
    ),
    Explanation(
        "URLError|HTTPError|ConnectionError|ConnectionRefusedError|gaierror|DownloadError",
        r"",
        "the program downloads something and the network or the address does not answer",
        "put the file where the program looks for it, by another way",
    ),
    Explanation(
        "NotFoundError|FileNotFoundError|OpError",
        r"(No such file or directory|does not exist|NewRandomAccessFile failed|not found\.$)",
        "a file the program reads is not there",
        "paths are taken from the folder the command was started in; start it where the program's "
        "README says",
    ),
    Explanation(
        "ResourceExhaustedError|MemoryError",
        r"",
        "memory ran out",
        "use a smaller batch; for a GPU shared with others, allow_growth in tf.ConfigProto",
    ),
)


def explain(error: BaseException) -> Explanation | None:
    """Finds the known class a failure belongs to.

    Args:
        error: What was raised.

    Returns:
        The first row that fits, or None.
    """
    names = {kind.__name__ for kind in type(error).__mro__}
    message = str(error)
    for row in EXPLANATIONS:
        fits = not row.error or names & set(row.error.split("|"))
        if fits and re.search(row.pattern, message, re.DOTALL):
            return row
    return None
