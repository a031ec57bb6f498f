# -*- coding: utf-8 -*-
# Files of text and of bytes, pickles, and text in memory.
import cPickle
import csv
import json
import os
import pickle
import struct
import tempfile
from StringIO import StringIO
import cStringIO

folder = tempfile.mkdtemp()
path = os.path.join(folder, 'a.txt')
f = file(path, 'w')
f.write('one\ntwo\n')
print >>f, 'three', 3
f.writelines(['four\n', 'five'])
f.close()
for line in open(path): print line,
print
for line in file(path):
    print line.strip(), len(line)
print open(path).read().split(), open(path, 'rb').read(3), open(path).readlines()[-1]
print os.path.getsize(path), os.path.exists(path), f.closed, f.name == path
with open(path, 'a') as f:
    f.write(u'caf\xe9\n'.encode('utf-8'))
    f.write('last %d\n' % 3)
print open(path, 'rb').read()[-5:] == 'st 3\n', len(open(path, 'rb').read())
print len(open(path, 'U').readlines()), open(path, 'rU').readline().rstrip()
print u'caf\xe9'.encode('utf-8')

with open(os.path.join(folder, 'b.bin'), 'wb') as f:
    f.write(struct.pack('<ii', 1, 2))
    f.write('abc')
    f.write('\x00\xff')
raw = open(os.path.join(folder, 'b.bin'), 'rb').read()
print len(raw), struct.unpack('<ii', raw[:8]), raw[8:11], raw[8:11] == 'abc'
print ord(raw[-1]), map(ord, raw[:2]), 'abc' in raw

data = {'a': [1, 2.5], u'k': ('x', None)}
cPickle.dump(data, open(os.path.join(folder, 'c.pkl'), 'wb'), -1)
print cPickle.load(open(os.path.join(folder, 'c.pkl'), 'rb')) == data
pickle.dump(data, open(os.path.join(folder, 'd.pkl'), 'w'))
print pickle.load(open(os.path.join(folder, 'd.pkl'))) == data
print cPickle.loads(cPickle.dumps(data)) == data, pickle.loads(pickle.dumps(data, 2)) == data
print json.loads('{"a": [1, 2]}')['a'], json.dumps([1, None, 'x']), json.dumps({'a': 1.5})
json.dump([1], open(os.path.join(folder, 'e.json'), 'wb'))
print json.load(open(os.path.join(folder, 'e.json'))), json.load(open(os.path.join(folder, 'e.json'), 'rb'))

with open(os.path.join(folder, 'f.csv'), 'wb') as f:
    writer = csv.writer(f)
    writer.writerow(['a', 1, 2.5])
    writer.writerow(('b,c', None))
with open(os.path.join(folder, 'f.csv'), 'rb') as f:
    for row in csv.reader(f): print row
print list(csv.DictReader(open(os.path.join(folder, 'f.csv'), 'rb')))[0]['1'] == ''

s = StringIO()
s.write('text ')
print >>s, 1, 2
print s.getvalue().strip(), s.tell(), StringIO('a\nb').readlines(), cStringIO.StringIO('xyz').read(2)
s = cStringIO.StringIO()
s.write('\x89PNG')
s.write(struct.pack('B', 255))
print len(s.getvalue()), s.getvalue()[1:4], s.getvalue() == '\x89PNG\xff'
print cStringIO.StringIO(raw).read(4) == struct.pack('<i', 1), len(StringIO(raw).getvalue())
