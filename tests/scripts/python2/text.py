# -*- coding: utf-8 -*-
# Text that is bytes, text that is unicode, and what was done to both.
import string

print 'abc'.upper(), 'a-b'.split('-'), ' x '.strip() + '|', 'abc'[::-1]
print u'abc' == 'abc', isinstance('a', str), isinstance(u'a', unicode), isinstance('a', basestring)
print isinstance(u'a', basestring), type('a') == str
print 'a%sb' % 1, 'a%rb' % 'x', '%(name)s is %(age)d' % {'name': 'Al', 'age': 3}
print '{} {1}'.replace('{} ', '') .format(0, 'one'), '{0:.2f}'.format(2.345)
print unicode(3), unicode('abc'), str(u'abc'), unicode(u'x')
print 'abc'.decode('utf-8'), u'abc'.encode('utf-8'), u'abc'.encode('ascii', 'ignore')
print len(u'h\xe9llo'), u'h\xe9llo'.encode('utf-8') == 'h\xc3\xa9llo'
print ord('a'), chr(97), unichr(97), ord(u'\xe9')
print string.join(['a', 'b'], '-'), string.upper('abc'), string.split('a b'), string.atoi('3')
print string.letters[:3], string.lowercase[-3:], string.digits, string.zfill('7', 3)
print string.replace('aXb', 'X', '-'), string.find('abc', 'c'), string.strip('  a ')
print 'hello'.encode('hex'), '68656c6c6f'.decode('hex'), 'hello'.encode('base64').strip()
print 'hello'.encode('rot13')
print 'hello'.translate(string.maketrans('el', 'ip')), 'h.e.l'.translate(None, '.')
print 'abc' < 'abd', 'a' in 'abc', 'abc'.index('c'), cmp('a', 'b')
print repr('abc'), repr('it\'s'), `'abc'`, repr('\n')
print 'abc'.isalpha(), '12'.isdigit(), 'a b'.title(), 'abc'.center(7, '*')
print ''.join(map(chr, [104, 105])), map(ord, 'hi'), list('abc'), sorted('cab')
print 'a\
b', r'\d', ur'\d', b'bytes', '%s' % b'x'
print '%s' % u'x', '%s %s' % ('a', u'b'), 'a' + u'b', u'%d' % 3
print 'x' * 3, 3 * 'ab', 'abc'[0], 'abc'[-1], 'abc'[1:]
print 'one two'.split(), 'a,b'.partition(','), 'line1\nline2'.splitlines()
print filter(lambda c: c != 'b', 'abc'), filter(str.isdigit, 'a1b2'), reduce(lambda a, b: a + b, 'abc')
for letter in 'ab': print letter,
print
print str(None), str(True), str([1]), str(('a',)), str(1.0), str(2L)
print isinstance(str(1), str), hash('a') == hash(u'a')
print "%s" % ['a', 'b'], "%r" % ('x',), "%c%c" % ('a', 98), "%5s|%-5s|" % ('ab', 'cd')
