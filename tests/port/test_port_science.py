"""SciPy, scikit-learn, scikit-image and Matplotlib as old programs knew them."""

from __future__ import annotations

import importlib
import math
import sys

import numpy as np
import pytest

from graphkit.port._neighbours._put_back import Neighbours
from graphkit.port._neighbours._stand_ins import IF_MISSING, STAND_INS, install_stand_ins

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


@pytest.fixture
def old():
    """Welcomes a module and returns it; everything is taken back afterwards."""
    neighbours = Neighbours()

    def welcome(name):
        pytest.importorskip(name.partition(".")[0])
        module = importlib.import_module(name)
        neighbours.welcome(name)
        return module

    yield welcome
    neighbours.farewell()


@pytest.fixture
def stand_in():
    """Finds what stands in for a module that is gone."""
    before = set(sys.modules)
    install_stand_ins("v1")
    yield lambda name: sys.modules[STAND_INS + name]
    for name in set(sys.modules) - before:
        if name.startswith(STAND_INS):
            del sys.modules[name]


def close(value, expected):
    return np.allclose(value, expected)


@pytest.mark.parametrize(
    ("module", "expression", "expected"),
    [
        ("scipy", "m.mean([1.0, 2.0])", 1.5),
        ("scipy", "m.interp(1.5, [1, 2], [3, 4])", 3.5),
        ("scipy", "m.randn(2, 3).shape", (2, 3)),
        ("scipy", "m.fft([1.0, 0.0, 0.0])", [1.0, 1.0, 1.0]),
        ("scipy", "m.ifft(m.fft([1.0, 2.0]))", [1.0, 2.0]),
        ("scipy", "m.fft.dct([1.0, 1.0])[0]", 4.0),
        ("scipy.signal", "abs(m.morlet2(3, 2.0))[1]", math.pi**-0.25 / math.sqrt(2)),
        ("scipy.signal", "m.cwt(np.ones(4), m.morlet2, [1]).shape", (1, 4)),
        ("scipy.signal", "m.gaussian(3, 1)", [np.exp(-0.5), 1.0, np.exp(-0.5)]),
        ("scipy.signal", "m.hanning(3)", [0.0, 1.0, 0.0]),
        ("scipy.signal", "m.hann(3)", [0.0, 1.0, 0.0]),
        ("scipy.signal", "m.boxcar(2)", [1.0, 1.0]),
        ("scipy.stats", "m.itemfreq([1, 1, 5])", [[1, 2], [5, 1]]),
        ("scipy.stats", "m.binom_test(0, 2, 0.5)", 0.5),
        ("scipy.stats", "m.median_absolute_deviation([1.0, 2.0, 3.0])", 1.4826),
        ("scipy.integrate", "m.simps([0.0, 1.0, 2.0])", 2.0),
        ("scipy.integrate", "m.cumtrapz([0.0, 2.0])", [1.0]),
        ("scipy.integrate", "m.quadrature(lambda x: x**2, 0.0, 3.0)[0]", 9.0),
        ("scipy.integrate", "m.romberg(lambda x: 2 * x, 0.0, 3.0)", 9.0),
        ("scipy.special", "m.btdtr(1.0, 2.0, 0.5)", 0.75),
        ("scipy.special", "abs(m.sph_harm(0, 0, 0.3, 0.4))", 0.5 / np.sqrt(np.pi)),
        ("scipy.linalg", "m.tril([[1, 2], [3, 4]])", [[1, 0], [3, 4]]),
        ("scipy.linalg", "m.pinv2([[2.0]])", [[0.5]]),
        ("scipy.spatial.distance", "m.matching([1, 0], [1, 1])", 0.5),
        ("scipy.spatial.distance", "m.wminkowski([0, 0], [3, 2], 2, [1, 2])", 5.0),
        (
            "scipy.interpolate",
            "m.interp2d([0, 1], [0, 1, 2], [[0, 1], [1, 2], [2, 3]])(0.5, 0.5)",
            1,
        ),
        (
            "scipy.interpolate",
            "m.interp2d([0, 1], [0, 1], [0, 1, 1, 2])([0, 1], [0, 1])",
            [[0, 1], [1, 2]],
        ),
    ],
)
def test_scipy_is_as_it_was(old, module, expression, expected):
    assert close(eval(expression, {"m": old(module), "np": np}), expected)


def test_the_image_functions_of_scipy_read_files(old, tmp_path):
    image = pytest.importorskip("PIL.Image")
    image.fromarray(np.full((2, 3, 3), 7, np.uint8)).save(tmp_path / "a.png")
    assert old("scipy.ndimage").imread(tmp_path / "a.png").tolist() == [[[7] * 3] * 3] * 2


def test_derivatives_are_central_differences(stand_in):
    misc = stand_in("scipy.misc")
    assert close(misc.central_diff_weights(3), [-0.5, 0.0, 0.5])
    assert close(misc.central_diff_weights(5, 2), np.array([-1, 16, -30, 16, -1]) / 12)
    assert close(misc.derivative(lambda x: x**2, 3.0), 6.0)
    assert close(misc.derivative(lambda x, a: a * x**3, 1.0, dx=0.1, n=2, args=(2,), order=5), 12)
    with pytest.raises(ValueError, match="must be odd"):
        misc.central_diff_weights(4)
    with pytest.raises(ValueError, match="greater than"):
        misc.central_diff_weights(3, 4)


def test_rows_are_assigned_to_columns(stand_in):
    pytest.importorskip("scipy")
    module = stand_in("sklearn.utils.linear_assignment_")
    assert module.linear_assignment([[1, 0], [0, 1]]).tolist() == [[0, 1], [1, 0]]


@pytest.fixture
def cross_validation(stand_in):
    pytest.importorskip("sklearn")
    return stand_in("sklearn.cross_validation")


def test_folds_are_walked_over_themselves(cross_validation):
    folds = cross_validation.KFold(4, n_folds=2)
    assert len(folds) == 2
    assert [(a.tolist(), b.tolist()) for a, b in folds] == [([2, 3], [0, 1]), ([0, 1], [2, 3])]
    shuffled = cross_validation.KFold(4, 2, shuffle=True, random_state=0)
    assert sorted(np.concatenate([test for _, test in shuffled])) == [0, 1, 2, 3]
    assert len(cross_validation.KFold(4, 2, shuffle=False, random_state=0)) == 2
    assert len(cross_validation.KFold(4, 2, random_state=0)) == 2


def test_folds_can_keep_the_share_of_classes(cross_validation):
    labels = np.array([0, 0, 1, 1])
    for train, test in cross_validation.StratifiedKFold(labels, n_folds=2):
        assert sorted(labels[train]) == sorted(labels[test]) == [0, 1]
    for _, test in cross_validation.StratifiedShuffleSplit(labels, 3, 0.5, random_state=0):
        assert sorted(labels[test]) == [0, 1]


def test_random_splits_have_their_size(cross_validation):
    splits = list(cross_validation.ShuffleSplit(10, n_iter=3, test_size=0.2, random_state=0))
    assert [(len(a), len(b)) for a, b in splits] == [(8, 2)] * 3
    assert cross_validation.train_test_split([1, 2], test_size=1)


@pytest.mark.parametrize(
    ("module", "name", "today"),
    [
        ("sklearn.lda", "LDA", "LinearDiscriminantAnalysis"),
        ("sklearn.qda", "QDA", "QuadraticDiscriminantAnalysis"),
        ("sklearn.mixture.gmm", "GMM", "GaussianMixture"),
        ("sklearn.preprocessing.label", "LabelEncoder", "LabelEncoder"),
        ("sklearn.manifold.t_sne", "TSNE", "TSNE"),
        ("sklearn.ensemble.forest", "RandomForestClassifier", "RandomForestClassifier"),
    ],
)
def test_classes_of_sklearn_are_found(stand_in, module, name, today):
    pytest.importorskip("sklearn")
    assert type(getattr(stand_in(module), name)()).__name__ == today


def test_mixtures_take_their_old_arguments(old):
    made = old("sklearn.mixture").GMM(2, n_iter=7, thresh=0.5)
    assert (made.n_components, made.max_iter, made.tol, made.covariance_type) == (2, 7, 0.5, "diag")


def test_missing_values_are_filled(old):
    preprocessing = old("sklearn.preprocessing")
    filled = preprocessing.Imputer(strategy="mean").fit_transform([[1.0], [np.nan], [3.0]])
    assert filled.tolist() == [[1.0], [2.0], [3.0]]
    assert preprocessing.Imputer(missing_values=0).fit_transform([[0], [4]]).tolist() == [[4], [4]]
    with pytest.raises(ValueError, match="only axis=0"):
        preprocessing.Imputer(axis=1)


def test_arguments_of_sklearn_that_are_gone_are_taken(old):
    encoder = old("sklearn.preprocessing").OneHotEncoder(sparse=False)
    assert encoder.fit_transform([[1], [2]]).tolist() == [[1, 0], [0, 1]]
    assert encoder.get_params()["sparse_output"] is False
    assert old("sklearn.cluster").KMeans(2, n_jobs=2, precompute_distances=True).n_clusters == 2
    assert old("sklearn.manifold").TSNE(n_iter=300).get_params()["max_iter"] == 300
    linear = old("sklearn.linear_model")
    model = linear.LogisticRegression(multi_class="ovr").fit([[0.0], [9.0]], [0, 1])
    assert model.predict([[0.0], [9.0]]).tolist() == [0, 1]
    assert linear.LinearRegression(normalize=True).fit([[0.0], [1.0]], [0, 2]).coef_[0] == (
        pytest.approx(2.0)
    )
    assert linear.SGDClassifier(n_iter=8).max_iter == 8


def test_names_of_features_are_a_list(old):
    vectorizer = old("sklearn.feature_extraction.text").CountVectorizer().fit(["two words"])
    assert vectorizer.get_feature_names() == ["two", "words"]


def test_randomized_components_are_a_kind_of_pca(old):
    made = old("sklearn.decomposition").RandomizedPCA(2, random_state=1)
    assert (made.n_components, made.svd_solver) == (2, "randomized")


def test_private_parts_of_numpy_are_found(stand_in):
    tests = stand_in("numpy.core.umath_tests")
    pairs = np.array([[1, 2], [3, 4]])
    assert tests.inner1d(pairs, pairs).tolist() == [5, 25]
    assert tests.matrix_multiply(pairs, pairs).tolist() == [[7, 10], [15, 22]]
    assert stand_in("numpy.linalg.linalg").LinAlgError is np.linalg.LinAlgError
    assert stand_in("numpy.lib.function_base").average is np.average


def test_the_imaging_library_is_pillow():
    assert IF_MISSING["Image"] == "PIL.Image"
    assert IF_MISSING["ImageDraw"] == "PIL.ImageDraw"


@pytest.fixture
def plt(old):
    matplotlib = old("matplotlib")
    backend, parameters = matplotlib.get_backend(), matplotlib.rcParams.copy()
    matplotlib.use("Agg", warn=False)
    module = old("matplotlib.pyplot")
    yield module
    module.close("all")
    with np.errstate(all="ignore"):
        dict.update(matplotlib.rcParams, parameters)
    matplotlib.use(backend)


def test_axes_take_their_old_arguments(plt):
    figure = plt.figure()
    assert figure.gca(projection="polar").name == "polar"
    assert plt.gca(projection="3d").name == "3d"
    assert plt.gca() is figure.axes[-1]
    axes = figure.add_subplot(111, axisbg="r")
    assert axes.get_axis_bgcolor() == axes.get_facecolor() == (1.0, 0.0, 0.0, 1.0)
    axes.set_axis_bgcolor("b")
    assert axes.get_facecolor() == (0.0, 0.0, 1.0, 1.0)
    assert plt.hist([1.0, 2.0], bins=1, normed=True)[0].tolist() == [1.0]
    plt.grid(b=True)
    plt.yscale("log", nonposy="clip")
    assert axes.get_yscale() == "log"


def test_figures_are_saved_and_read_as_they_were(plt, tmp_path):
    figure = plt.figure(figsize=(1, 1), dpi=20)
    figure.canvas.draw()
    assert figure.canvas.tostring_rgb() == b"\xff" * (20 * 20 * 3)
    figure.savefig(tmp_path / "a.png", frameon=False)
    assert (tmp_path / "a.png").stat().st_size > 0


def test_settings_that_are_gone_are_left_out(plt):
    parameters = plt.matplotlib.rcParams
    parameters["text.latex.unicode"] = True
    assert "text.latex.unicode" not in parameters
    parameters["axes.color_cycle"] = ["r", "g"]
    assert parameters["axes.prop_cycle"].by_key() == {"color": ["r", "g"]}
    parameters["lines.linewidth"] = 3
    assert parameters["lines.linewidth"] == 3.0


def test_styles_and_colours_go_by_their_old_names(plt, old):
    plt.style.use("seaborn-white")
    plt.style.use(["default", "ggplot"])
    assert old("matplotlib.cm").get_cmap("jet").name == "jet"
    assert plt.cm.spectral == plt.cm.nipy_spectral
    plt.register_cmap(name="old_one", cmap=plt.cm.jet)
    assert "old_one" in plt.matplotlib.colormaps
    plt.matplotlib.colormaps.unregister("old_one")


def test_other_plots_are_drawn_as_they_were(plt):
    (line,) = plt.plot_date([1.0, 2.0], [3.0, 4.0])
    assert line.get_marker() == "o"
    assert plt.ishold() is True


def test_the_formulas_of_mlab_are_back(old):
    mlab = old("matplotlib.mlab")
    assert mlab.normpdf(0.0, 0.0, 1.0) == pytest.approx(1 / np.sqrt(2 * np.pi))
    assert mlab.bivariate_normal(0.0, 0.0, 2.0, 3.0) == pytest.approx(1 / (12 * np.pi))
    assert mlab.find([0, 1, 1]).tolist() == [1, 2]


def test_skimage_is_as_it_was(old):
    pytest.importorskip("skimage")
    measure, picture = old("skimage.measure"), np.arange(300.0).reshape(10, 10, 3) / 300
    assert measure.compare_ssim(picture, picture, multichannel=True) == pytest.approx(1.0)
    assert old("skimage.metrics").structural_similarity(picture[..., 0], picture[..., 0]) == 1.0
    assert measure.compare_mse(picture, picture + 1) == pytest.approx(1.0)
    assert measure.compare_psnr(picture, picture + 0.1, data_range=1) == pytest.approx(20.0)
    assert measure.compare_nrmse(picture, picture) == 0.0
    assert old("skimage.color").grey2rgb(np.ones((2, 2))).shape == (2, 2, 3)
    assert old("skimage.transform").rescale(picture, 0.5, multichannel=True).shape == (5, 5, 3)
    assert old("skimage.util").pad([1], 1, mode="constant").tolist() == [0, 1, 0]
    assert len(old("skimage.draw").circle(2, 2, 1.5)[0]) == 9
    assert callable(old("skimage.morphology").watershed)
    assert callable(old("skimage.feature").greycomatrix)
