# Variables of list comprehensions stay; how types, sets and long floats are printed.
class C(object):
    rows = [x for x in range(3)]
    def f(self, values):
        squares = [v * v for v in values if v]
        return v, squares
names = [(a, b) for a in range(2) for b in "xy"]
print names, a, b
pairs = [p + q for p, q in [(1, 2), (3, 4)]]; print p, q, pairs
nested = [[i * j for i in range(3)] for j in range(2)]; print nested, j
i = 10
total = [i for i in range(4)]
print i, total, [k for k in [m for m in range(3)]], k
print [n for n in ()], sum(n for n in [1, 2])
def g(items):
    for item in items: pass
    rest = [item + 1 for item in items]
    fs = [lambda: item for item in items]
    return item, rest, [f() for f in fs], [f2() for f2 in fs][0], f2
print g([1, 2])[:4], C().f([1, 0, 3]), C.rows
def outer():
    global late
    [late for late in "abc"]
outer(); print late
print map(None, [1, 2], [3]), map(lambda a, b: (a, b), [1], [2, 3]), 1e11, 123456789012.0, 1e10, -1e11, 99999999999.0, 999999999999.5, type(1), type("a"), type(C()), C.__name__, type(None), type([]), type(1.5), set([1, 2]), frozenset([3]), set(), str(type({})), "%s" % type(()), type(len), type(TypeError())
