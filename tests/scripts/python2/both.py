# Written for both Pythons, or meant to be.
from __future__ import division, print_function

import sys

try:
    import cPickle as pickle
except ImportError:
    import pickle
try:
    from StringIO import StringIO
except ImportError:
    from io import StringIO
try:
    import urllib2
except ImportError:
    import urllib.request as urllib2
if sys.version_info[0] < 3:
    text, number = unicode, long
else:
    text, number = str, int

print(7 / 2, 7 // 2, -7 // 2, 1 / 3)
print('a', 'b', sep='-', end='!\n')
print('to', 'stdout', file=sys.stdout)
print(*[1, 2, 3])
print()
print('one', end=' ')
print('line')
print(isinstance(u'x', text), isinstance(10 ** 20, number), 0.1 + 0.2)
print(sorted({'b': 1, 'a': 2}.items()), [k for k in sorted({'z': 0}.iterkeys())])
for i in xrange(2):
    print('step {} of {}: {:.2f}'.format(i, 2, i / 3))
print(range(3), map(str, [1]), zip('ab', [1, 2]), filter(None, [0, 1]))
buffer_ = StringIO()
buffer_.write(u'text')
print(buffer_.getvalue(), pickle.loads(pickle.dumps([1, 2])) == [1, 2], hasattr(urllib2, 'urlopen'))


class Meta(type):
    def __init__(cls, name, bases, space):
        cls.tag = name.lower()
        super(Meta, cls).__init__(name, bases, space)


class Layer(object):
    __metaclass__ = Meta

    def __nonzero__(self):
        return False

    def __div__(self, other):
        return 'classic'

    def __truediv__(self, other):
        return 'true'


print(Layer.tag, bool(Layer()), Layer() / 2, 9 / 2 == 4.5)
assert isinstance(raw_input, object)
print('{0!r} {1}'.format('q', 1 / 3), '%s' % (1 / 3), '%r' % (1 / 3), str(2 / 3), repr(2 / 3))
