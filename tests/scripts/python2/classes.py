# Classes: old and new ones, and the special methods Python 3 renamed.
class Old:
    size = 2

    def __init__(self, values):
        self.values = values

    def __nonzero__(self):
        return len(self.values) > 0

    def __len__(self):
        return len(self.values)

    def __getitem__(self, place):
        return self.values[place]

    def __cmp__(self, other):
        return cmp(len(self), len(other))

    def __str__(self):
        return 'Old(%s)' % self.values

    def __div__(self, n):
        return [v / n for v in self.values]

    def __idiv__(self, n):
        self.values = [v / n for v in self.values]
        return self

    def __getslice__(self, low, high):
        return self.values[low:high]


a, b = Old([4, 6]), Old([])
print bool(a), bool(b), not b, 'yes' if a else 'no'
print a < b, a > b, a == Old([1, 1]), a != b, cmp(a, b), sorted([a, b])[0] is b, max(a, b) is a
print a / 2, a[0], a[:1], len(a), 6 in a, [v for v in a], str(a), '%s' % a
a /= 2
print a, a.values
print isinstance(a, Old), a.__class__.__name__, hasattr(a, 'size'), getattr(a, 'none', 'default')


class Meta(type):
    def __new__(cls, name, bases, space):
        space['made_by'] = 'Meta of ' + name
        return type.__new__(cls, name, bases, space)


class Made(object):
    __metaclass__ = Meta


print Made.made_by, Made().made_by, type(Made) is Meta


class Counter(object):
    def __init__(self, top):
        self.n, self.top = 0, top

    def __iter__(self):
        return self

    def next(self):
        if self.n >= self.top:
            raise StopIteration
        self.n += 1
        return self.n


c = Counter(3)
print c.next(), list(c), sum(Counter(4)), [x for x in Counter(2)], max(Counter(5))
for x in Counter(2): print x,
print
print zip(Counter(2), 'ab'), map(None, Counter(2)), dict(enumerate(Counter(1)))


class Base(object):
    def name(self):
        return 'base'

    @staticmethod
    def helper(x):
        return x * 2

    @classmethod
    def make(cls):
        return cls()

    @property
    def half(self):
        return 7 / 2


class Child(Base):
    def name(self):
        return 'child of ' + super(Child, self).name()


child = Child.make()
print child.name(), Child.helper(4), child.half, Base.name.im_func.func_name
print child.name.im_self is child, child.name.__func__.__name__, Child.name.im_class if False else ''
method = Base.name
print method(child), callable(method), callable(3)


class Point(object):
    __slots__ = ('x', 'y')

    def __init__(self, (x, y)=(1, 2)):
        self.x, self.y = x, y

    def __eq__(self, other):
        return self.x == other.x

    def __hash__(self):
        return hash(self.x)

    def __repr__(self):
        return 'Point(%r, %r)' % (self.x, self.y)


print Point(), [Point((3, 4))], Point() == Point((1, 9)), len(set([Point(), Point((1, 9))]))


class Vector(object):
    def __init__(self, x):
        self.x = x

    def __add__(self, other):
        return Vector(self.x + other.x)

    def __truediv__(self, n):
        return 'true'

    def __div__(self, n):
        return 'classic'

    def __rdiv__(self, n):
        return 'reflected'

    def __contains__(self, v):
        return v == self.x

    def __call__(self, *args, **kwargs):
        return args, sorted(kwargs.items())


v = Vector(3)
print v / 2, 1 / v, (v + v).x, 3 in v, v(1, a=2), v.__dict__.keys()
