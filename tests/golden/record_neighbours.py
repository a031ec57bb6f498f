"""Records what expressions gave with the NumPy, SciPy, pandas, scikit-learn and Matplotlib of 2018.

    python3.7 -m venv old
    old/bin/pip install "numpy==1.16.6" "scipy==1.1.0" "pandas==0.23.4" "scikit-learn==0.19.2" \\
        "matplotlib==2.2.5"
    old/bin/python tests/golden/record_neighbours.py

neighbours.json gets, for each package, each expression with its value, or with the error's class;
neighbour_names.json the public names of some packages, and the settings of Matplotlib.
"""

import importlib
import io
import json
import os
import types
import warnings

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))

# What an expression may name beside the package itself, as `m`, and NumPy.
DATA = np.array([[1.0, 2.0], [2.0, 1.0], [4.0, 7.0], [3.0, 5.0]])
FRAME = {"a": [3.0, 1.0, 2.0], "b": ["x", "y", "x"], "c": [1, 2, 3]}

EXPRESSIONS = {
    "numpy": """
        m.float, m.int, m.bool, m.object, m.str, m.complex
        m.float(2), m.int(2.9), m.bool(2)
        m.array([1, 2]).astype(m.float).dtype
        m.zeros(2, dtype=m.int).dtype.kind, m.zeros(2, m.bool).dtype
        m.zeros(1, m.object).dtype
        m.float_(3), m.int0(3), m.uint0(3), m.complex_(1), m.unicode_('a')
        m.string_('a')
        m.Inf, m.Infinity, m.infty, m.PINF, m.NINF, m.PZERO, m.NZERO
        m.isnan(m.NaN), m.isnan(m.NAN)
        m.alltrue([1, 0]), m.sometrue([1, 0]), m.product([2, 3])
        m.cumproduct([2, 3, 4])
        m.round_([1.26, 2.5], 1)
        m.asscalar(m.array([3])), m.asscalar(m.float32(2.5))
        m.asfarray([1, 2]).dtype, m.asfarray([1, 2], dtype='float32').dtype
        m.asfarray([1], 'i4').dtype
        m.in1d([1, 2, 5], [5, 1]), m.in1d([1, 2], [2], invert=True)
        m.in1d([[1], [2]], [2])
        m.row_stack([[1, 2], [3, 4]]), m.row_stack(([1], [2]))
        m.trapz([1, 2, 3]), m.trapz([1, 2, 3], dx=2), m.trapz([[0, 1], [2, 3]], axis=0)
        m.trapz([1, 4], [0, 2])
        m.msort([[3, 1], [2, 5]]), m.alen([1, 2, 3]), m.alen([[1, 2]]), m.alen(5)
        m.find_common_type([m.float32], [m.int64])
        m.find_common_type([m.float32], [m.complex64])
        m.find_common_type([], [m.int64, m.float32])
        m.find_common_type([m.int8, m.int16], [])
        m.find_common_type([m.int8], [m.int64])
        m.find_common_type([m.float32], [m.float64])
        m.issubclass_(m.int32, int), m.issubclass_(m.float64, float)
        m.issubclass_(3, float)
        m.issubsctype('S8', str), m.issubsctype(m.array([1]), int)
        m.issubsctype(m.array([1]), float)
        m.issctype(m.int32), m.issctype(list), m.issctype(1.1)
        m.issctype(m.dtype('str'))
        m.maximum_sctype(int), m.maximum_sctype(m.uint8)
        m.maximum_sctype('f4') == m.longdouble
        m.obj2sctype(m.array([1.0])), m.obj2sctype('f8'), m.obj2sctype(list)
        m.obj2sctype(1, 'default')
        m.sctype2char(m.float32), m.sctype2char(m.int32), m.sctype2char(m.array([1.0]))
        m.nbytes[m.int64], m.nbytes[m.uint8], m.sctypes['int'][0], m.sctypes['uint'][-1]
        m.typeDict['int32'], m.typeDict['float64']
        m.fromstring('1 2 3', sep=' ')
        m.fromstring(b'\\x01\\x00\\x02\\x00', dtype='int16')
        m.fromstring(b'abcd', dtype='uint8', count=2)
        m.fromstring('1,2', dtype=int, sep=',')
        m.array([[1, 2], [3]]), m.array([[1, 2], [3]]).shape
        m.array([[1], [2, 3], []]).dtype
        m.asarray([[1], [2, 3]]).shape, m.array([1, [2, 3]]).shape
        m.array(['a', [1]]).dtype
        m.array([m.zeros(2), m.zeros(3)]).shape
        m.array([m.zeros((2, 2)), m.zeros((2, 2))]).shape
        m.array([1, 2], copy=False), m.array([1.5], dtype=int, copy=False)
        m.array((1, 2), copy=False).dtype.kind
        m.reshape([1, 2, 3, 4], newshape=(2, 2)), m.reshape(m.arange(4), newshape=-1)
        m.percentile([1, 2, 3, 4], 40, interpolation='lower')
        m.percentile([1, 2, 3, 4], 40, interpolation='nearest')
        m.percentile([1, 2, 3, 4], [25, 75], interpolation='midpoint')
        m.nanpercentile([1, 2, m.nan], 50)
        m.percentile([[1, 2], [3, 5]], 50, axis=0, interpolation='higher')
        m.quantile([1, 2], 0.5, interpolation='lower')
        m.histogram([1, 2, 2, 3], bins=2, normed=True)
        m.histogram([1, 2, 2, 3], bins=2, density=True)
        m.histogram([1, 2, 2, 3], bins=[1, 2, 4], normed=False)
        m.histogram2d([1, 2], [1, 2], bins=2, normed=True)[0]
        m.histogramdd([[1], [2]], bins=2, normed=True)[0]
        m.vstack(x for x in [[1, 2], [3, 4]]), m.hstack(x for x in ([1], [2]))
        m.dstack(x for x in ([1], [2]))
        m.column_stack(x for x in ([1, 2], [3, 4])), m.vstack([m.ones(2)] * 2)
        m.sum(i for i in range(4))
        m.unravel_index(5, dims=(2, 3)), m.unravel_index([1, 4], (2, 3))
        m.sum([[1, 2], [3, 4]], axis=0), m.sum([]), m.sum([1, 2], dtype='f4').dtype
        m.mat([[1, 2]]).T, m.asmatrix([[1]]) * 3
        m.fastCopyAndTranspose([[1, 2], [3, 4]])
        m.deprecate(len)([1, 2])
        m.byte_bounds(m.zeros(3))[1] - m.byte_bounds(m.zeros(3))[0] >= 24
        m.lib.pad([1, 2], 1, mode='edge')
        m.lib.stride_tricks.as_strided(m.arange(3), (2,)).shape
        m.math.sqrt(4), m.safe_eval('[1, 2]'), m.loads(b'I5\\n.'), m.get_array_wrap([1])
        m.testing.assert_array_equal([1], [1])
        m.compare_chararrays(m.array(['a']), m.array(['b']), '<', False)
        m.array([m.float32(1)]).dtype, m.bool8(1), m.object0 is m.object_
        m.void0 is m.void, m.str0('a')
        m.recfromcsv(text(u'a,b\\n1,2')).dtype.names
        m.ndfromtxt([u'1 2'])
        m.MachAr().eps, m.npv(0.5, [1, 3, 9]), m.CLIP, m.WRAP, m.RAISE, m.ERR_WARN
        m.BUFSIZE
        m.fv(0.05 / 12, 120, -100, -100), m.fv([0.0, 0.1], 10, -100, -100, 'begin')
        m.pv(0.05 / 12, 120, -100, 15692.93), m.pv(0, 12, -10), m.pv(0.1, 12, -10, when=1)
        m.pmt(0.075 / 12, 180, 200000), m.pmt([0.0, 0.1], 12, 100, when='begin')
        m.nper(0.07 / 12, -150, 8000), m.nper(0.0, -150, 8000)
        m.nper([0.07, 0.0], -900, 8000, 10, 'begin')
        m.ipmt(0.0824 / 12, m.arange(3) + 1, 12, 2500.0), m.ipmt(0.1, 1, 24, 2000, when=1)
        m.ipmt(0.1, m.arange(3) + 1, 24, 2000, 50, 'begin')
        m.ppmt(0.0824 / 12, m.arange(3) + 1, 12, 2500.0), m.ppmt(0.1, 2, 12, 2500, 0, 'b')
        m.rate(10, 0, -3500, 10000), m.rate(12, -120, 1000, 0, 'begin')
        m.irr([-100, 39, 59, 55, 20]), m.irr([-5, 10.5, 1, -8, 1])
        m.isnan(m.irr([1, 2, 3])), m.isnan(m.mirr([1, 2, 3], 0.1, 0.2))
        m.mirr([-4500, -800, 800, 600, 3000], 0.08, 0.055)
        m.npv(0.281, [-100, 39, 59, 55, 20])
        m.singlecomplex(1), m.cfloat(1), m.longfloat(1) == 1, m.bytes0(b'a')
        m.clongfloat(1) == 1
    """,
    "scipy": """
        m.mean([1, 2, 4]), m.std([1, 3]), m.arange(3), m.zeros(2), m.pi, m.sqrt(9)
        m.dot([1, 2], [3, 4])
        m.array([1, 2]).sum(), m.linspace(0, 1, 3), m.eye(2), m.where([True, False])[0]
        m.newaxis, m.inf
    """,
    "scipy.misc": """
        m.comb(5, 2), m.comb(5, 2, exact=True), m.factorial(5)
        m.factorial(5, exact=True), m.factorial2(7)
        m.logsumexp([0.0, 0.0]), m.logsumexp([[0.0, 1.0], [2.0, 3.0]], axis=1)
        m.derivative(lambda x: x ** 3, 2.0, dx=1e-2)
        m.derivative(lambda x: x ** 4, 1.0, dx=0.1, n=2, order=5)
        m.derivative(lambda x, a: a * x ** 2, 3.0, args=(2,))
        m.derivative(lambda x: x, 1.0, order=4)
        m.central_diff_weights(3), m.central_diff_weights(5)
        m.central_diff_weights(7, 3)
        m.central_diff_weights(4), m.central_diff_weights(3, 4)
    """,
    "scipy.stats": """
        m.itemfreq([3, 1, 3]), m.itemfreq([1.5, 1.5])
        m.binom_test(3, 10), m.binom_test(3, 10, 0.2)
        m.binom_test(3, 10, 0.2, 'greater')
        m.binom_test(3, 10, 0.2, alternative='less')
        m.mode([1, 2, 2, 3])[0][0], m.mode([1, 2, 2, 3]).count
        m.mode([[1, 2, 2], [1, 3, 2]]).mode, m.mode([[1, 2, 2], [1, 3, 3]], axis=1).mode
        m.mode([[1, 2], [2, 2]], axis=None).mode.shape, m.mode(['a', 'b', 'b']).mode[0]
        m.mode([['x', 'z'], ['y', 'z']], axis=1).mode.tolist()
    """,
    "scipy.integrate": """
        m.simps([1.0, 4.0, 9.0]), m.simps([1.0, 4.0, 9.0], [0.0, 1.0, 2.0])
        m.simps([0.0, 1.0, 4.0], dx=2)
        m.trapz([1.0, 2.0, 4.0]), m.cumtrapz([1.0, 2.0, 4.0])
        m.cumtrapz([1.0, 3.0], initial=0)
        m.quadrature(lambda x: x ** 4, 0.0, 2.0)[0]
        m.romberg(lambda x: x ** 2, 0.0, 3.0)
        m.romberg(lambda x, a: a * x, 0.0, 1.0, args=(4,))
        m.quadrature(lambda x, a: a + 0 * x, 0.0, 1.0, (3,))[0]
    """,
    "scipy.signal": """
        m.gaussian(5, 1.5), m.gaussian(4, 2.0, False), m.hanning(4), m.hann(5)
        m.hamming(5), m.blackman(4)
        m.boxcar(3), m.triang(4), m.bartlett(5), m.kaiser(4, 2.0), m.parzen(5)
        m.cosine(4), m.flattop(4)
        m.tukey(5), m.nuttall(5), m.bohman(5), m.barthann(5), m.exponential(5)
        m.general_gaussian(5, 1.5, 2.0)
        m.ricker(7, 2.0), m.ricker(4, 1.5), m.morlet(5).real, m.morlet(6, 3.0, 0.5).imag
        m.morlet(4, complete=False).real
        m.cwt(np.arange(6.0) ** 2, m.ricker, np.arange(1, 3))
        m.cwt(np.sin(np.arange(30.0)), m.ricker, [2, 3.5])[:, ::7]
    """,
    "scipy.special": """
        m.btdtr(2.0, 3.0, 0.4), m.btdtri(2.0, 3.0, 0.5), m.sph_harm(1, 2, 0.3, 0.7)
        m.sph_harm(0, 1, 0.1, 0.2)
        m.sph_harm(-2, 3, 0.5, 1.1), m.logsumexp([1.0, 2.0])
    """,
    "scipy.linalg": """
        m.pinv2([[1.0, 2.0], [3.0, 4.0]])
        m.kron(np.array([[1, 2]]), np.array([[1], [3]]))
        m.tril([[1, 2], [3, 4]]), m.triu([[1, 2], [3, 4]])
        m.tri(3), m.tri(2, 3, 1), m.tril([[1, 2], [3, 4]], -1)
    """,
    "scipy.spatial.distance": """
        m.matching([1, 0, 1], [1, 1, 0]), m.wminkowski([1, 2], [4, 6], 2, [1, 3])
        m.wminkowski([0, 0], [1, 1], 1, [2, 5])
    """,
    "scipy.interpolate": """
        m.interp2d([0, 1, 2], [0, 1], [[0, 1, 2], [3, 4, 5]])(0.5, 0.5)
        m.interp2d([0, 1], [0, 1], [[0, 1], [2, 3]])([0, 1], [1])
        m.interp2d([0, 1, 2], [0, 1], [0, 1, 2, 3, 4, 5])([2, 0], [1, 0])
        m.interp2d(*[np.arange(4)] * 2 + [np.arange(16) ** 2], kind='cubic')(1.5, 2.0)
        m.spline(np.arange(6.0), np.arange(6.0) ** 2, np.linspace(0, 5, 5))
        m.spline([0.0, 1.0, 2.5, 3.0, 5.0], [1.0, 0.0, 4.0, 2.0, 2.0], np.linspace(0, 5, 9))
        m.spline([0.0, 1.0, 2.5, 3.0], [1.0, 0.0, 4.0, 2.0], [0.5, 2.0], order=2)
        m.spline([0.0, 1.0, 2.5], [1.0, 0.0, 4.0], [0.5, 2.0], order=1)
        m.spline(np.arange(4.0), np.arange(8.0).reshape(4, 2) ** 2, [0.5, 2.2])
    """,
    "pandas": """
        frame.as_matrix(['a', 'c']), frame['a'].as_matrix(), frame.ix[1, 'a']
        frame.ix[0]['b'], frame.ix[:1, 'c'].tolist()
        frame.ix[[0, 2], ['a', 'c']].values, frame.ix[:, 0].tolist()
        frame.ix[1:, 'a'].tolist()
        frame.set_index('b').ix['y', 'a'], frame.set_index('b').ix['x', 'c'].tolist()
        frame.set_index('b').ix[0, 'a']
        [name for name, _ in frame.iteritems()], list(frame['c'].iteritems())
        frame.get_value(1, 'b')
        frame.append({'a': 9.0, 'b': 'z', 'c': 4}, ignore_index=True).values.tolist()
        frame.append(frame).index.tolist()
        frame.append(frame, ignore_index=True).shape
        frame['c'].append(frame['c']).tolist()
        frame.drop('a', 1).columns.tolist(), frame.drop([0, 1]).values.tolist()
        frame.drop(2, 0)['c'].tolist()
        frame.sort_values('a', 0, False)['a'].tolist()
        frame.sort_values(['b', 'a'])['c'].tolist()
        m.get_dummies(frame['b']).values, m.get_dummies(frame['b']).values.dtype
        m.get_dummies(frame).columns.tolist()
        m.Series([None, 1, None]).fillna(method='ffill').isnull().tolist()
        m.Series([None, 1.0]).fillna(method='bfill').tolist()
        m.Series([None, 1.0]).fillna(0).tolist(), frame.fillna(0).shape
        m.Series([3, 1]).mad(), frame[['a', 'c']].mad().tolist()
        m.value_counts([1, 1, 2]).tolist(), frame['a'].ravel(), frame['c'].get_value(1)
        m.Series([0, 3]).nonzero()[0]
        frame.lookup([0, 2], ['a', 'c']).tolist(), frame.applymap(str)['c'].tolist()
        frame['c'].is_monotonic
        m.concat([frame, frame], join_axes=None).shape
        frame.set_index('b', False)['b'].tolist()
        m.read_csv(text(u'a b\\n1 2\\n'), delim_whitespace=True).values
        m.read_csv(text(u'a\\n1\\n2\\n'), squeeze=True).tolist()
        m.read_csv(text(u'a,b\\n1,2\\n3,4,5\\n'), error_bad_lines=False).values
        frame['b'].dtype, frame['b'].values.dtype, frame.dtypes.tolist()[1]
        m.Series(['a', 'b']).dtype
        frame.convert_objects().shape, frame['a'].reset_index(0, True).tolist()
        m.Int64Index([1, 2]).tolist()
    """,
    "sklearn.preprocessing": """
        m.Imputer().fit_transform([[1.0], [np.nan], [4.0]])
        m.Imputer(strategy='median').fit_transform([[1.0], [np.nan], [4.0], [9.0]])
        m.Imputer(missing_values=0, strategy='most_frequent').fit_transform([[0], [2], [2], [3]])
        m.OneHotEncoder(sparse=False).fit_transform([[0], [2], [0]])
        m.OneHotEncoder(sparse=False).fit_transform([[0, 1], [1, 0]])
    """,
    "sklearn.cross_validation": """
        [(a, b) for a, b in m.KFold(5, n_folds=2)], [(a, b) for a, b in m.KFold(4, 2)]
        len(m.KFold(6, n_folds=3))
        [b for _, b in m.StratifiedKFold([0, 0, 1, 1], n_folds=2)]
        len(list(m.ShuffleSplit(10, n_iter=4)))
        [(len(a), len(b)) for a, b in m.ShuffleSplit(10, n_iter=2, test_size=0.3, random_state=0)]
        [len(a) for a, b in m.StratifiedShuffleSplit([0, 1] * 5, 2, test_size=0.4, random_state=0)]
        [len(part) for part in m.train_test_split(list(range(10)), test_size=0.3, random_state=0)]
    """,
    "sklearn.utils.linear_assignment_": """
        m.linear_assignment(np.array([[4, 1, 3], [2, 0, 5], [3, 2, 2]]))
        m.linear_assignment(np.array([[1, 2]]))
    """,
    "matplotlib.mlab": """
        m.normpdf(np.array([0.0, 1.5]), 1.0, 2.0)
        m.bivariate_normal(np.array([0.5]), np.array([1.0]), 1.5, 0.5, 0.1, 0.2, 0.3)
        m.bivariate_normal(0.0, 0.0), m.find(np.array([0, 3, 0, 4]))
        m.find(np.array([[1, 0], [0, 1]]))
        m.PCA(DATA).s, m.PCA(DATA).fracs, abs(m.PCA(DATA).Wt), abs(m.PCA(DATA).Y)
        m.PCA(DATA).mu, m.PCA(DATA).sigma, m.PCA(DATA).a, m.PCA(DATA).numrows
        m.PCA(DATA, standardize=False).fracs, m.PCA(DATA, False).center(DATA)
        abs(m.PCA(DATA).project(DATA[:2], minfrac=0.2)), abs(m.PCA(DATA).project([1.0, 2.0]))
        m.PCA(DATA).project([1.0])
        m.PCA(DATA[:1])
        m.movavg([1.0, 2.0, 6.0, 3.0], 2), m.dist(DATA[0], DATA[2])
        m.prctile([1.0, 2.0, 5.0]), m.prctile([[1.0, 2.0], [5.0, 9.0]], 30), m.prctile([1], (5, 9))
        m.entropy(np.array([0.1, 0.2, 0.9, 0.15]), 4), m.rms_flat([[3.0, 4.0]])
        m.center_matrix(DATA), m.center_matrix(DATA, 1), m.l1norm([-1.0, 2.0]), m.l2norm([3.0, 4.0])
    """,
}


def plain(value):
    """Writes a value down: arrays with their kind, everything else as JSON has it."""
    if isinstance(value, np.ndarray) and value.ndim:
        kind = "object" if value.dtype == object else value.dtype.kind
        return {"kind": kind, "values": plain(value.tolist())}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    value = value.item() if isinstance(value, (np.generic, np.ndarray)) else value
    if isinstance(value, complex):
        return {"complex": [value.real, value.imag]}
    is_json = value is None or isinstance(value, (bool, int, float, str))
    return value if is_json else getattr(value, "__name__", str(value))


def computed(package, expression):
    names = {"m": importlib.import_module(package), "np": np, "text": io.StringIO, "DATA": DATA}
    if package == "pandas":
        names["frame"] = names["m"].DataFrame(FRAME, columns=["a", "b", "c"])
    try:
        return {"value": plain(eval(expression, names))}
    except Exception as error:
        return {"error": type(error).__name__}


NAMED = (
    "numpy",
    "numpy.linalg",
    "numpy.random",
    "scipy.fftpack",
    "scipy.integrate",
    "scipy.linalg",
    "scipy.ndimage",
    "scipy.optimize",
    "scipy.sparse",
    "scipy.stats",
    "sklearn.decomposition",
    "sklearn.preprocessing",
)


def public_names(package):
    module = importlib.import_module(package)
    shown = [name for name in dir(module) if not name.startswith("_")]
    return [name for name in shown if not isinstance(getattr(module, name), types.ModuleType)]


def settings():
    defaults = dict(importlib.import_module("matplotlib").rcParamsDefault)
    defaults.pop("datapath")  # where it is installed
    return {name: value if plain(value) == value else None for name, value in defaults.items()}


def write(name, recorded):
    with open(os.path.join(HERE, name), "w") as file:
        json.dump(recorded, file, indent=1, sort_keys=True)
        file.write("\n")


def main():
    warnings.simplefilter("ignore")
    names = {package: public_names(package) for package in NAMED}
    write("neighbour_names.json", {"names": names, "settings": settings()})
    recorded = {
        package: [
            [line.strip(), computed(package, line.strip())] for line in lines.strip().splitlines()
        ]
        for package, lines in EXPRESSIONS.items()
    }
    write("neighbours.json", recorded)


if __name__ == "__main__":
    main()
