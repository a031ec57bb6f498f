"""Files are checked as the queue runners start, in every kind of session; nothing hangs."""

from __future__ import annotations

import pytest
from thread_counts import no_thread_is_left

from graphkit import readers
from graphkit._tf import tf
from graphkit.errors import MissingFileError, NotInitializedError


@pytest.fixture
def folder(tmp_path):
    for name in ("train_0.txt", "train_1.txt"):
        (tmp_path / name).write_text("".join(f"{name} {i}\n" for i in range(3)))
    (tmp_path / "folder").mkdir()
    return tmp_path


def _lines(names, **producer):
    """A pipeline of one epoch of lines."""
    queue = readers.string_input_producer(names, num_epochs=1, **producer)
    line = readers.TextLineReader().read(queue)[1]
    return readers.batch([line], 2, allow_smaller_final_batch=True)


def _run_plain(lines):
    delivered = []
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        try:
            while True:
                delivered += list(session.run(lines))
        except tf.errors.OutOfRangeError:
            coordinator.request_stop()
        coordinator.join(threads)
    return delivered


def _run_monitored(lines):
    delivered = []
    with tf.train.MonitoredSession() as session:
        while not session.should_stop():
            delivered += list(session.run(lines))
    return delivered


def _run_supervised(lines):
    delivered = []
    supervisor = tf.train.Supervisor(logdir=None, summary_op=None)
    with supervisor.managed_session() as session:
        while not supervisor.should_stop():
            delivered += list(session.run(lines))
    return delivered


SESSIONS = [_run_plain, _run_monitored, _run_supervised]


@pytest.mark.parametrize("run", SESSIONS)
@pytest.mark.parametrize("given", ["list", "tensor", "packed", "matched", "matching", "variable"])
def test_files_that_exist_are_read_whole(graph, folder, run, given):
    names = sorted(str(path) for path in folder.glob("*.txt"))
    pattern = str(folder / "*.txt")
    source = {
        "list": lambda: names,
        "tensor": lambda: tf.constant(names),
        "packed": lambda: [tf.constant(names[0]), tf.strings.join([names[1][:-4], ".txt"])],
        "matched": lambda: readers.match_filenames_once(pattern),
        "matching": lambda: tf.matching_files(pattern),
        "variable": lambda: tf.Variable(names),
    }[given]()
    with no_thread_is_left():
        assert sorted(run(_lines(source))) == [
            f"train_{file}.txt {line}".encode() for file in range(2) for line in range(3)
        ]


@pytest.mark.parametrize("run", SESSIONS)
@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "Train_00.txt",
            r"Train_00\.txt: does not exist; the nearest name in .* is 'train_0\.txt'",
        ),
        ("folder", "folder: is a folder, not a file"),
        ("folder/x.txt", r"x\.txt: does not exist; .*folder is empty"),
        ("nowhere/x.txt", r"x\.txt: does not exist, nor does its folder .*nowhere"),
    ],
)
def test_file_that_cannot_be_read_is_named_and_nothing_is_started(
    graph, folder, run, name, message
):
    lines = _lines([str(folder / "train_0.txt"), str(folder / name)])
    with no_thread_is_left(), pytest.raises(MissingFileError, match=message) as caught:
        run(lines)
    assert caught.value.path == str(folder / name)


def test_name_without_folder_is_looked_for_in_the_current_folder(graph, folder, monkeypatch):
    monkeypatch.chdir(folder)
    with pytest.raises(
        MissingFileError, match=r"nearest name in the current folder is 'train_1\.txt'"
    ):
        _run_plain(_lines(["train_11.txt"]))


def test_unreadable_file_is_refused(graph, folder, monkeypatch):
    monkeypatch.setattr("os.access", lambda path, mode: False)  # root may read everything
    with pytest.raises(MissingFileError, match=r"train_0\.txt: cannot be read: permission denied"):
        _run_plain(_lines([str(folder / "train_0.txt")]))


def test_folder_that_cannot_be_listed_gives_no_nearest_name(graph, folder):
    with pytest.raises(MissingFileError, match=r"x: does not exist, nor does its folder .*train_0"):
        _run_plain(_lines([str(folder / "train_0.txt" / "x")]))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ram://box/train_1.txt", "does not exist; the nearest name in ram://box is 'train_0.txt'"),
        ("ram://box", "ram://box: is a folder, not a file"),
        ("ram://nowhere/x", "does not exist, nor does its folder ram://nowhere"),
        ("nonsense://x/y", "cannot be read: File system scheme 'nonsense' not implemented"),
    ],
)
def test_other_file_systems_are_asked_through_tensorflow(graph, name, message):
    tf.gfile.MakeDirs("ram://box")
    with tf.gfile.GFile("ram://box/train_0.txt", "w") as file:
        file.write("one\n")
    lines = _lines(["ram://box/train_0.txt", name])
    with pytest.raises(MissingFileError, match=message):
        _run_plain(lines)


def test_file_on_another_file_system_is_read(graph):
    with tf.gfile.GFile("ram://line.txt", "w") as file:
        file.write("one\n")
    assert _run_plain(_lines(["ram://line.txt"])) == [b"one"]


@pytest.mark.parametrize(
    "source", [readers.match_filenames_once, tf.matching_files], ids=["once", "matching_files"]
)
def test_pattern_that_matches_no_file_is_named(graph, folder, source):
    lines = _lines(source(str(folder / "*.csv")))
    with pytest.raises(MissingFileError, match=r"\*\.csv: no file matches this pattern"):
        _run_plain(lines)


def test_patterns_are_all_named(graph, folder):
    lines = _lines(readers.match_filenames_once([str(folder / "*.a"), str(folder / "*.b")]))
    with pytest.raises(MissingFileError, match=r"\*\.a, .*\*\.b: no file matches this pattern"):
        _run_plain(lines)


def test_pattern_computed_in_the_graph_leaves_the_list_named(graph, folder):
    pattern = tf.strings.join([str(folder / "*"), tf.strings.as_string(tf.range(1)[0])])
    lines = _lines(tf.matching_files(pattern))
    with pytest.raises(MissingFileError, match="MatchingFiles:0: this list of file names is empty"):
        _run_plain(lines)


def test_empty_list_from_elsewhere_is_named(graph):
    names = tf.gather(["x"], tf.range(tf.size([1]) - 1))
    with pytest.raises(MissingFileError, match=r"GatherV2.*: this list of file names is empty"):
        _run_plain(_lines(names))


def test_list_read_from_a_missing_file_is_the_error_of_reading_it(graph, folder):
    names = tf.string_split([tf.read_file(str(folder / "list.csv"))], "\n").values
    with pytest.raises(tf.errors.NotFoundError, match=r"list\.csv"):
        _run_plain(_lines(names))


@pytest.mark.parametrize("by_reference", [False, True])
def test_pattern_variable_without_value_is_named(graph, session, folder, by_reference):
    with tf.variable_scope("input", use_resource=not by_reference):
        names = readers.match_filenames_once(str(folder / "*.txt"))
        queue = readers.string_input_producer(names)
    readers.WholeFileReader().read(queue)
    with pytest.raises(NotInitializedError, match=r"matching_filenames.*local_variables_init"):
        tf.train.start_queue_runners(session, tf.train.Coordinator())


def test_global_variable_without_value_is_named(graph, session, folder):
    queue = readers.string_input_producer(tf.Variable([str(folder / "train_0.txt")], name="names"))
    readers.WholeFileReader().read(queue)
    with pytest.raises(NotInitializedError, match=r"'names' has no value.*global_variables_init"):
        tf.train.start_queue_runners(session, tf.train.Coordinator())


def test_names_from_a_placeholder_are_left_to_the_run(graph, session):
    queue = readers.string_input_producer(tf.placeholder(tf.string, [1]))
    readers.WholeFileReader().read(queue)
    coordinator = tf.train.Coordinator()
    threads = tf.train.start_queue_runners(session, coordinator)
    with pytest.raises(tf.errors.InvalidArgumentError, match="must feed a value for placeholder"):
        coordinator.join(threads)


def test_names_with_a_side_effect_are_not_computed_for_the_check(graph, folder):
    counter = tf.Variable(0, name="counter", use_resource=True)
    with tf.control_dependencies([counter.assign_add(1)]):
        names = tf.strings.join([[str(folder / "train_0.txt")], [""]])
    lines = _lines(names)
    delivered = []
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        delivered += list(session.run(lines))
        coordinator.request_stop()
        coordinator.join(threads)
    assert len(delivered) == 2


@pytest.mark.parametrize(
    "make",
    [
        readers.WholeFileReader,
        readers.TFRecordReader,
        readers.TextLineReader,
        lambda: readers.FixedLengthRecordReader(4),
        tf.WholeFileReader,
    ],
)
@pytest.mark.parametrize("several", [False, True])
def test_every_reader_of_files_has_them_checked(graph, session, folder, make, several):
    queue = readers.string_input_producer([str(folder / "missing")])
    reader = make()
    if several:
        reader.read_up_to(queue, 2)
    else:
        reader.read(queue.queue_ref)
    with pytest.raises(MissingFileError, match="missing: does not exist"):
        tf.train.start_queue_runners(session, tf.train.Coordinator())


def test_strings_that_no_file_reader_takes_need_not_be_files(graph):
    queue = readers.string_input_producer(["no file"], num_epochs=1)
    value = readers.IdentityReader().read(queue)[1]
    assert _run_plain(readers.batch([value], 1)) == [b"no file"]


def test_unchecked_files_fail_in_the_run_as_in_tensorflow_1(graph, folder):
    with readers.engine("queues"):
        lines = _lines([str(folder / "missing.txt")], check_files=False)
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        with pytest.raises(tf.errors.OutOfRangeError, match="insufficient elements"):
            session.run(lines)
        with pytest.raises(tf.errors.NotFoundError, match=r"missing\.txt"):
            coordinator.join(threads)


def test_unchecked_files_fail_in_the_step_that_needs_them_on_tf_data(graph, folder):
    lines = _lines([str(folder / "missing.txt")], check_files=False)
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        with pytest.raises(tf.errors.NotFoundError, match=r"missing\.txt"):
            session.run(lines)
        coordinator.request_stop()
        coordinator.join(threads)


def test_file_written_between_building_and_starting_is_found(graph, folder):
    lines = _lines([str(folder / "late.txt")])
    (folder / "late.txt").write_text("here\n")
    assert _run_plain(lines) == [b"here"]


def test_start_succeeds_in_the_same_session_once_the_file_is_there(graph, session, folder):
    lines = _lines([str(folder / "late.txt")])
    session.run(tf.local_variables_initializer())
    coordinator = tf.train.Coordinator()
    with pytest.raises(MissingFileError, match=r"late\.txt: does not exist"):
        tf.train.start_queue_runners(session, coordinator)
    (folder / "late.txt").write_text("here\n")
    threads = tf.train.start_queue_runners(session, coordinator)
    assert session.run(lines).tolist() == [b"here"]
    coordinator.request_stop()
    coordinator.join(threads)


def test_missing_file_of_the_second_producer_keeps_the_first_from_starting(graph, session, folder):
    for name in ("train_0.txt", "missing.txt"):
        queue = readers.string_input_producer([str(folder / name)])
        readers.batch([readers.TextLineReader().read(queue)[1]], 2)
    with no_thread_is_left(), pytest.raises(MissingFileError, match=r"missing\.txt"):
        tf.train.start_queue_runners(session, tf.train.Coordinator())


def test_session_on_another_machine_is_not_asked_for_local_files(graph, folder):
    queue = readers.string_input_producer([str(folder / "missing.txt")])
    readers.WholeFileReader().read(queue)
    runner = graph.get_collection(tf.GraphKeys.QUEUE_RUNNERS)[0]
    server = tf.train.Server.create_local_server()
    with tf.Session(server.target) as session:
        runner.check(session)
    with tf.Session() as session, pytest.raises(MissingFileError, match=r"missing\.txt"):
        runner.check(session)
