# Functions, scopes, and code made while the program runs.
def old((a, b), c=3, *rest, **named):
    "A docstring."
    return a, b, c, rest, sorted(named)


print old((1, 2)), old((1, 2), 4, 5, x=6), old.func_name, old.func_doc, old.func_defaults
print old.func_code.co_name, old.func_code.co_argcount, old.func_globals is globals(), old.__doc__
print apply(old, ((1, 2),), {'c': 9}), apply(max, [1, 2]), map(lambda (x, y): x * y, [(1, 2), (3, 4)])
add = lambda x, y=2: x + y
print add(1), add(1, 1), add.func_name, (lambda *a: len(a))(1, 2), sorted([(2, 'a'), (1, 'b')], key=lambda (n, s): s)
code = 'made = 3 / 2'
exec code
print made
space = {'x': 7}
exec 'y = x / 2' in space
print space['y'], eval('x * 2', space)
def local():
    exec 'inner = 1'
    return 'ran'
print local()
def counter():
    state = [0]
    def step():
        state[0] += 1
        return state[0] / 2
    return step
step = counter()
print step(), step(), step()
def outer(n):
    def inner(k): return n / k
    return inner
print outer(7)(2)
def generator(n):
    while n:
        yield n
        n /= 2
print list(generator(10)), generator(4).next(), sum(x / 2 for x in xrange(6))
def annotate(f):
    def wrapped(*args, **kw):
        return 'wrapped', f(*args, **kw)
    wrapped.__name__ = f.func_name
    return wrapped
@annotate
def decorated(x): return x / 2
print decorated(9), decorated.__name__
print globals()['add'] is add, 'add' in dir(), callable(old), locals() is globals()
print vars().has_key('add'), hasattr(old, 'gone'), isinstance(old, type(add))
import functools
print functools.partial(divmod, 7)(2), reduce(lambda a, b: a / b, [100, 7, 2])
print filter(lambda x: x / 2, range(4)), map(lambda x, y: (x or 0) + (y or 0), [1, 2], [10, 20])
print sorted('bca', lambda a, b: cmp(b, a)), sorted(range(4), key=lambda n: n / 2 % 2)
print intern('name') is intern('name'), buffer('abc')[1:2] in ('b', b'b'), id(old) == id(old)
print (lambda: (yield))().__class__.__name__, type(old).__name__
if __name__ == '__main__':
    print 'main', __file__[-12:], __doc__
