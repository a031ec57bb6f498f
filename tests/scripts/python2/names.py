# Names and habits of Python 2's library that Python 3 lost.
import __builtin__
import itertools
import math
import new
import operator
import os
import random
import repr as shortened
import string
import tempfile
import types

class Old: pass
class New(object): pass
print type(Old) is types.ClassType or 'new', isinstance(Old(), types.InstanceType), isinstance(3, types.InstanceType)
print isinstance('a', types.StringTypes), isinstance(3L, types.LongType), isinstance(xrange(3), types.XRangeType)
print isinstance(open(__file__), types.FileType), isinstance(3, types.FileType), types.ComplexType, types.DictionaryType is dict
print isinstance(New, types.TypeType), types.SliceType, types.BooleanType, isinstance(1, types.ObjectType)

folder = tempfile.mkdtemp()
os.makedirs(os.path.join(folder, 'a', 'b'))
os.makedirs(os.path.join(folder, 'skipped', 'c'))
open(os.path.join(folder, 'a', 'f.txt'), 'w').write('x')
def visit(seen, path, names):
    names.sort()
    seen.append((path[len(folder):], names[:]))
    if 'skipped' in names: names.remove('skipped')
seen = []
os.path.walk(folder, visit, seen)
print seen, os.path.walk(os.path.join(folder, 'gone'), visit, seen)

print string.joinfields(['a', 'b'], '-'), string.splitfields('a,b', ','), string.capitalize('ab'), string.center('a', 3)
print string.rindex('aba', 'a'), string.join(['a', 'b'])
print operator.div(7, 2), operator.isCallable(len), operator.isSequenceType([1]), operator.isMappingType({}), operator.isNumberType(3)
print operator.sequenceIncludes([1], 1), list(itertools.imap(None, [1], [2])), list(itertools.imap(abs, [-1]))
print new.instancemethod(lambda self: 5, Old(), Old)(), new.module('made').__name__, new.instance(Old, {'x': 1}).x
print shortened.repr('abc'), __builtin__.xrange(3)[2], __builtin__.cmp(1, 2)
print math.floor(2.5), math.ceil(2.5) / 2, math.floor(-7) / 2, math.ceil(7 / 2.) / 3, math.floor(float('inf'))
print hasattr('abc', '__iter__'), hasattr([], '__iter__'), hasattr({}, 'has_key'), hasattr('a', 'decode'), hasattr(3, 'gone')

random.seed(3)
print random.random(), random.randint(0, 10), random.randrange(5), random.randrange(10, 20, 3), random.choice('abcdef')
print random.sample(range(10), 3), random.sample(xrange(1000), 7), random.sample(range(100), 40)[:5], random.uniform(0, 1)
rows = range(8)
random.shuffle(rows)
print rows, random.gauss(0, 1)
random.shuffle(rows, lambda: 0.5)
own = random.Random(5)
print rows, own.randint(1, 6), own.choice([1, 2, 3]), own.sample(set(range(30)), 3)
for bad in (lambda: random.sample([1], 2), lambda: random.randrange(0)):
    try: bad()
    except ValueError, e: print e

mixed = [None, 3, 'a', (1,), 1.5]
mixed.sort()
print mixed
mixed.sort(reverse=True)
print mixed[0]
pairs = {'a': 2, 'b': 1}.items()
print sorted(pairs, cmp=lambda (k1, v1), (k2, v2): cmp(v1, v2)), sorted(pairs, key=lambda (k, v): v)
print reduce(lambda total, (k, (u, v)): total + u * v, [('a', (2, 3)), ('b', (4, 5))], 1), (lambda (a, b), c=4, *d: (b, a, c, d))((1, 2), 3, 9)
try: raise ValueError('a', 'b')
except ValueError, (a, b): print a, b
try: raise IOError(2, 'gone')
except (IOError, OSError), (number, text): print number, text; print 'end'
