# Exceptions, raised and caught as Python 2 spelt it.
import sys
import traceback


class NetError(StandardError):
    pass


class Coded(Exception):
    def __init__(self, message, code):
        Exception.__init__(self, message, code)
        self.code = code


try:
    raise ValueError, 'bad value'
except ValueError, e:
    print 'caught', e, e.message, e.args, repr(e.message), str(e)

try:
    raise KeyError('k')
except (IndexError, KeyError), error:
    print type(error).__name__, error, error.args[0]

try:
    raise NetError, ('a', 2)
except StandardError, e:
    print e.args, e.__class__.__name__, e.message == ''

try:
    raise Coded('no', 7)
except Coded as e:
    print e.code, e.args

try:
    try:
        1 / 0
    except ZeroDivisionError:
        kind, value, trace = sys.exc_info()
        raise RuntimeError, 'wrapped: ' + str(value), trace
except RuntimeError, e:
    print e, traceback.extract_tb(sys.exc_info()[2])[-1][2] != ''

try:
    raise NetError
except NetError, e:
    print repr(str(e)), repr(e.message), len(e.args)

try:
    int('x')
except ValueError, e:
    print e.message
try:
    [][1]
except IndexError, e:
    print e.message
try:
    {}['gone']
except KeyError, e:
    print e.message, e
try:
    open('/no/such/file')
except IOError, e:
    print e.errno, e.strerror, e.filename
try:
    open('/no/such/file')
except IOError, (code, text):
    print code, text
try:
    print undefined_name
except NameError, e:
    print e
try:
    assert 1 > 2, 'numbers'
except AssertionError, e:
    print 'assertion', e
try:
    raise 'not any more'
except TypeError:
    print 'strings are no exceptions'
try:
    None.name
except AttributeError, e:
    print e
def fails():
    try:
        return 'from try'
    finally:
        print 'finally'
print fails()
while True:
    try:
        raise StopIteration
    except StopIteration: break
else:
    print 'never'
def gen():
    try:
        yield 1
    except ValueError, e:
        yield 'thrown ' + str(e)
g = gen()
g.next()
print g.throw(ValueError, 'in')
try:
    exit_code = None
    sys.exit(3)
except SystemExit, e:
    print 'exit', e.code
e = None
sys.exc_clear()
warning = None
try:
    unicode('abc', 'no-such-codec')
except LookupError, e:
    print e
