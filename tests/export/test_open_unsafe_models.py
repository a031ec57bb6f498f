"""Models from strangers: what `open_model` refuses to read, build or run."""

from __future__ import annotations

import json
import shutil
import zipfile

import h5py
import pytest
from model_files import keras_network

from graphkit._tf import keras, tf
from graphkit.errors import CorruptFileError, MissingFileError, UnsafeFileError
from graphkit.export import open_model

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:tf_keras", "ignore:.*HDF5 file.*")


def saved_model(folder, build):
    """A SavedModel of TensorFlow 1 with the input `x` and the output `y` of `build`."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.string, [], name="x")
        y = build(x)
        session.run(tf.global_variables_initializer())
        init = tf.tables_initializer()
        session.run(init)
        tf.saved_model.simple_save(session, str(folder), {"x": x}, {"y": y}, legacy_init_op=init)
    return folder


def with_table(words):
    """Builds a lookup in a table that is filled from a file when the model is loaded."""

    def build(x):
        source = tf.lookup.TextFileInitializer(
            str(words),
            tf.string,
            tf.lookup.TextFileIndex.WHOLE_LINE,
            tf.int64,
            tf.lookup.TextFileIndex.LINE_NUMBER,
        )
        table = tf.lookup.StaticHashTable(source, -1)
        return table.lookup(x)

    return build


@pytest.fixture
def words(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("one\ntwo\nthree\n")
    return path


def save_with_table(folder, words):
    return saved_model(folder, with_table(words))


def test_a_table_of_the_models_own_assets_is_filled(tmp_path, words):
    folder = save_with_table(tmp_path / "saved", words)
    words.unlink()
    with open_model(folder) as model:
        assert model.run({"x": b"two"})["y"] == 1


def rewritten(folder, change):
    """The SavedModel with its meta graph changed, as somebody who means harm would."""
    file = folder / "saved_model.pb"
    from google.protobuf import message_factory  # the message class, without its private home

    meta = tf.MetaGraphDef.DESCRIPTOR
    kind = meta.file.pool.FindMessageTypeByName("tensorflow.SavedModel")
    saved = message_factory.GetMessageClass(kind).FromString(file.read_bytes())
    change(saved.meta_graphs[0])
    file.write_bytes(saved.SerializeToString())
    return folder


def first_asset(meta):
    """The model's asset, as TensorFlow 1 keeps it among the collections."""
    (packed,) = meta.collection_def["saved_model_assets"].any_list.value
    asset = tf.MetaGraphDef().asset_file_def.add()
    packed.Unpack(asset)
    return asset


def in_collection(escape):
    def change(meta):
        asset = first_asset(meta)
        asset.filename = escape
        meta.collection_def["saved_model_assets"].any_list.value[0].Pack(asset)

    return change


def in_its_own_field(escape):
    def change(meta):
        asset = first_asset(meta)
        asset.filename = escape
        meta.collection_def.pop("saved_model_assets")
        meta.asset_file_def.add().CopyFrom(asset)

    return change


@pytest.mark.parametrize("place", [in_collection, in_its_own_field])
@pytest.mark.parametrize(
    "escape", ["../../words.txt", "/etc/passwd", "../variables/variables.index"]
)
def test_an_asset_outside_the_folder_is_refused(tmp_path, words, place, escape):
    folder = rewritten(save_with_table(tmp_path / "saved", words), place(escape))
    with pytest.raises(UnsafeFileError, match="outside its folder"):
        open_model(folder)


def test_a_link_out_of_the_folder_is_refused(tmp_path, words):
    folder = save_with_table(tmp_path / "saved", words)
    (folder / "assets" / "words.txt").unlink()
    (folder / "assets" / "words.txt").symlink_to(words)
    with pytest.raises(UnsafeFileError, match="outside its folder"):
        open_model(folder)


def test_an_asset_that_is_gone_is_named(tmp_path, words):
    folder = save_with_table(tmp_path / "saved", words)
    shutil.rmtree(folder / "assets")
    with pytest.raises(MissingFileError, match=r"'words\.txt' does not exist"):
        open_model(folder)


def test_a_table_of_another_file_is_refused(tmp_path, words):
    def change(meta):
        meta.collection_def.pop("saved_model_assets")

    folder = rewritten(save_with_table(tmp_path / "saved", words), change)
    with pytest.raises(UnsafeFileError, match=r"is a InitializeTableFromTextFileV2"):
        open_model(folder)


@pytest.mark.parametrize("allow", [(), {"ReadFile"}])
def test_reading_files_needs_permission(tmp_path, words, allow):
    folder = saved_model(tmp_path / "saved", lambda x: tf.io.read_file(x, name="y"))
    if not allow:
        with pytest.raises(UnsafeFileError, match=r"--allow ReadFile permits it"):
            open_model(folder)
        return
    with open_model(folder, allow=allow) as model:
        assert model.run({"x": str(words).encode()})["y"] == words.read_bytes()


def test_what_loading_runs_is_looked_at_too(tmp_path):
    target = tmp_path / "written"

    def build(x):
        tf.get_variable("unused", initializer=1.0)
        tf.io.write_file(str(target), "harm", name="harm")
        return tf.strings.join([x, x])

    def change(meta):
        meta.saver_def.restore_op_name = "harm"

    folder = rewritten(saved_model(tmp_path / "saved", build), change)
    with pytest.raises(UnsafeFileError, match="'harm' is a WriteFile"):
        open_model(folder)
    assert not target.exists()


def test_several_signatures_need_a_default(tmp_path):
    def change(meta):
        meta.signature_def["first"].CopyFrom(meta.signature_def["serving_default"])
        meta.signature_def["second"].CopyFrom(meta.signature_def["serving_default"])
        del meta.signature_def["serving_default"]

    folder = saved_model(tmp_path / "saved", lambda x: tf.strings.join([x, x]))
    with pytest.raises(ValueError, match="it has 'first', 'second'"):
        open_model(rewritten(folder, change))


def test_a_saved_model_without_a_signature_says_so(tmp_path):
    folder = saved_model(tmp_path / "saved", lambda x: tf.strings.join([x, x]))
    with pytest.raises(CorruptFileError, match="without a signature"):
        open_model(rewritten(folder, lambda meta: meta.signature_def.clear()))


@pytest.fixture(scope="module")
def configuration():
    return json.loads(keras_network().to_json())


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    path = tmp_path_factory.mktemp("keras") / "net.keras"
    keras_network().save(path)
    return path


def with_configuration(archive, path, change):
    """The archive with its configuration changed."""
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "config.json":
                config = json.loads(data)
                change(config)
                data = json.dumps(config).encode()
            new.writestr(name, data)
    return path


def layer(config, number=1):
    return config["config"]["layers"][number]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: layer(c).update({"module": "os", "class_name": "system"}), "os.system"),
        (lambda c: layer(c).update({"module": "keras.utils"}), "keras.utils.Conv2D"),
        (lambda c: layer(c).update({"module": 7}), "7.Conv2D"),
        (lambda c: layer(c).update({"class_name": "Lambda"}), "Lambda"),
        (
            lambda c: layer(c)["config"].update({"activation": {"class_name": "__lambda__"}}),
            "__lambda__",
        ),
        (
            lambda c: layer(c).update(
                {"class_name": "TFOpLambda", "config": {"function": "io.gfile.rmtree"}}
            ),
            "TFOpLambda of io.gfile.rmtree",
        ),
        (lambda c: layer(c).update({"class_name": "ClassMethod"}), "ClassMethod"),
    ],
)
def test_keras_builds_nothing_but_layers(archive, tmp_path, change, said):
    path = with_configuration(archive, tmp_path / "net.keras", change)
    with pytest.raises(UnsafeFileError, match=f"it names '{said}', which is code"):
        open_model(path)


@pytest.mark.parametrize(
    "function", ["math.add", "nn.relu", "__operators__.getitem", "concat", "reduce_mean"]
)
def test_functions_that_compute_are_allowed(archive, tmp_path, function):
    """What follows is Keras's own complaint: the layer does not fit into this network."""

    def change(config):
        layer(config).update({"class_name": "TFOpLambda", "config": {"function": function}})

    path = with_configuration(archive, tmp_path / "net.keras", change)
    with pytest.raises(CorruptFileError, match="Keras 2 cannot build it"):
        open_model(path)


@pytest.mark.parametrize("kind", [[], {}, ["TFOpLambda"], 3, 0.5, False])
def test_a_layer_of_a_class_that_is_no_name_is_refused(archive, tmp_path, kind):
    def change(config):
        layer(config)["config"]["activation"] = {"class_name": kind, "config": {}}

    path = with_configuration(archive, tmp_path / "net.keras", change)
    with pytest.raises(CorruptFileError, match="Keras 2 cannot build it"):
        open_model(path)


def test_a_lambda_in_hdf5_runs_only_where_it_is_allowed(tmp_path):
    layers = keras().layers
    model = keras().Sequential([layers.Input((2,)), layers.Lambda(lambda x: x * 3)])
    model.save(tmp_path / "net.h5")
    with pytest.raises(UnsafeFileError, match="'Lambda'"):
        open_model(tmp_path / "net.h5")
    with open_model(tmp_path / "net.h5", allow={"Lambda"}) as opened:
        (name,) = (info.name for info in opened.inputs)
        assert opened.run({name: [[1.0, 2.0]]})["lambda"].tolist() == [[3, 6]]


def test_weights_alone_are_no_model(tmp_path):
    keras_network().save_weights(tmp_path / "net.h5")
    with pytest.raises(CorruptFileError, match="holds the weights of a Keras model"):
        open_model(tmp_path / "net.h5")


def test_a_configuration_that_is_none_is_refused(tmp_path, configuration):
    with h5py.File(tmp_path / "net.h5", "w") as file:
        file.attrs["model_config"] = json.dumps(configuration)[:-40]
    with pytest.raises(CorruptFileError):
        open_model(tmp_path / "net.h5")
