# Whole numbers, long ones, octal ones, and the division of Python 2.
from sys import maxint

print 7 / 2, -7 / 2, 7 / -2, 7 % -3, divmod(-7, 2)
print 7 / 2., 7. / 2, 7 // 2, 7.0 // 2, 1 / 3 * 3
print 0777, 0o17, 0xFF, 0b11, 10L, 0xFFL
print 2 ** 10, 2 ** -1, 10L ** 3
print maxint > 2 ** 31, maxint + 1 > maxint
print int('12'), int(3.9), int(-3.9), long('7'), long(2), int('ff', 16), int('0777', 8)
print isinstance(3, int), isinstance(3L, long), isinstance(True, int)
print round(2.5), round(-0.5), round(1.45, 1), round(1234.5678, 2), round(7)
print abs(-3), pow(2, 3), pow(2, 3, 5), hex(255), oct(8), bin(5)
print 1 <> 2, 1 != 1, 3 > 2 > 1
print range(5), range(2, 8, 3), range(3, 0, -1), xrange(3)[1], len(xrange(10))
print sum([1, 2, 3]) / 2, sum([1, 2, 3]) / 2.0
print float('1e3'), float(3), '%d' % 3.7, '%i' % 2, '%5.2f|%-5d|%05d' % (3.14159, 42, 42)
print '%x %X %o %e %g' % (255, 255, 8, 12345.678, 0.0001)
total = 10
total /= 4
print total
total = 10
total /= 4.
print total
size = [9, 7]
size[0] /= 2
print size
class Net:
    pass
net = Net()
net.width = 5
net.width /= 2
print net.width
print map(lambda n: n / 2, range(5)), [n / 2 for n in xrange(5)]
print 5 / 2 * 2.0, (5 / 2) / 2.0, -5 / 2, 5 / -2
print 1 and 2, 0 or 3, not 0
print coerce(1, 2.5)
print long(3), 3L, str(3L)
print 1e16, 123456789.123456789, 0.1 + 0.2, str(0.1 + 0.2), repr(0.1 + 0.2), [0.1 + 0.2]
print 100000000000000000000, 1.0, 1e100, float('inf'), float('nan')
