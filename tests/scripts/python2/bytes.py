# -*- coding: utf-8 -*-
# Bytes out of files, pipes and packed data were text.
import base64
import binascii
import bz2
import cPickle
import gzip
import os
import pickle
import re
import struct
import subprocess
import tempfile
import urllib2
import zipfile
import zlib

folder = tempfile.mkdtemp()
path = os.path.join(folder, 'lines.txt')
open(path, 'wb').write('abc 1\ndef 2\n\ncaf\xc3\xa9 3\n')

for line in open(path, 'rb').read().split('\n'):
    if line == 'abc 1': print 'found', line
    print line.split(' '), len(line)
numbers = {}
for line in open(path, 'rb'):
    if not line.strip(): continue
    word, number = line.strip().split()
    numbers[word] = int(number)
print sorted(numbers.values()), numbers['abc'], numbers['café'], 'def' in numbers
print numbers.get(u'caf\xe9'.encode('utf-8')), numbers.get('gone')
print [line.rstrip() for line in open(path, 'rb').readlines()][:2], open(path, 'rb').readline()

f = open(path, 'rb')
text = f.read()
print 'head: ' + text[:3], text[:3] + 'x', '%s-%s' % (text[:3], 'y'), ','.join(text.split('\n')[:2])
print text.startswith('abc'), text.startswith(('x', 'a')), text.replace('abc', 'xyz')[:3], text.find('def')
print text.count('\n'), text[0], text[0] == 'a', text[0] in 'abc', text.rstrip('\n')[-1], text.index('e')
name = 'abc'
print text[:3] == name, text[:3] != name, name in text, text[:3] in name, text.upper()[:3], 'zz' not in text
print re.findall('[a-z]+', open(path, 'rb').readline()), text[:3] < 'abd', max(text[:3])
for c in text[:4]: print c,
print
print list(text[:3]), isinstance(text, str), isinstance(text, basestring), isinstance(3, str), type(text[:3]) == str
print sorted(set(text[:5])), text[:3] * 2, text.decode('utf-8').split()[-2] == u'caf\xe9', len(text), text[-5:-3] == '\xa9 '
print unicode(text, 'utf-8') == text.decode('utf8'), text.split('\n')[-2].encode('hex'), str(text) == text
print repr(text[:3]), repr('\xff' + struct.pack('B', 1)), [struct.pack('B', 255)], text.partition(' ')[0]
f.close()

raw = struct.pack('>II', 2051, 3) + 'abc'
print len(raw), struct.unpack('>I', raw[:4]), struct.unpack('3s', raw[8:])[0] == 'abc', struct.unpack('<I', 'abcd')
f = gzip.open(os.path.join(folder, 'a.gz'), 'wb')
f.write(raw)
f.write('\nline two\n')
f.close()
f = gzip.open(os.path.join(folder, 'a.gz'), 'rb')
print struct.unpack('>II', f.read(8)), f.read(3) == 'abc', f.read().strip().split(' ')
f = gzip.open(os.path.join(folder, 'a.gz'))
f.readline()
print f.readline().strip() == 'line two', f.read() == ''
f = bz2.BZ2File(os.path.join(folder, 'a.bz2'), 'w')
f.write('one two')
f.close()
print bz2.BZ2File(os.path.join(folder, 'a.bz2')).read().split(' ')

f = open(os.path.join(folder, 'vectors.bin'), 'wb')
f.write('2 1\n')
f.write('hi ' + struct.pack('f', 0.5))
f.write('yo ' + struct.pack('f', 1.5))
f.close()
vectors = {}
with open(os.path.join(folder, 'vectors.bin'), 'rb') as f:
    count, size = map(int, f.readline().split())
    for _ in xrange(count):
        word = []
        while True:
            ch = f.read(1)
            if ch == ' ': break
            word.append(ch)
        vectors[''.join(word)] = struct.unpack('f' * size, f.read(4 * size))
print sorted(vectors.items()), vectors['hi']

# a pickle written by Python 2
open(path, 'wb').write('\x80\x02}q\x00(U\x04dataq\x01U\x03abcq\x02U\x06labelsq\x03]q\x04(K\x01K\x02eu.')
print sorted(pickle.load(open(path, 'rb')).items()), cPickle.load(open(path, 'rb'))['data'] == 'abc'
print pickle.loads(open(path, 'rb').read())['labels'], urllib2.urlopen('file://' + path).read()[-1] == '.'

archive = zipfile.ZipFile(os.path.join(folder, 'a.zip'), 'w')
archive.writestr('a.txt', 'one two one')
archive.close()
archive = zipfile.ZipFile(os.path.join(folder, 'a.zip'))
counts = {}
for word in archive.read('a.txt').split():
    counts[word] = counts.get(word, 0) + 1
print sorted(counts.items()), counts['one'], archive.namelist()
print base64.b64encode('abc'), base64.b64decode('YWJj') == 'abc', base64.encodestring('a') + 'x', zlib.decompress(zlib.compress('abc'))
print zlib.crc32('abc') & 0xffffffff, binascii.hexlify('abc'), binascii.unhexlify('616263') + '!'
print subprocess.check_output(['echo', 'a b']).strip() == 'a b', subprocess.check_output(['echo', 'a']).split('\n')
process = subprocess.Popen('echo hi; echo there', shell=True, stdout=subprocess.PIPE)
print process.communicate()[0].split('\n')
process = subprocess.Popen('echo hi', shell=True, stdout=subprocess.PIPE)
for line in process.stdout: print 'got ' + line.strip()
process.wait()
process = subprocess.Popen('cat', shell=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
process.stdin.write('sent')
process.stdin.close()
print process.stdout.read() == 'sent', process.wait()
