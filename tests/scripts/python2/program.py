# -*- coding: utf-8 -*-
# A small program as they were: options, a log, a table, a search, a model of counts.
import optparse
import os
import random
import re
import string
import sys
import tempfile
import time
from collections import defaultdict, namedtuple
from itertools import groupby, izip

parser = optparse.OptionParser(usage='%prog [options]')
parser.add_option('-n', '--number', type='int', default=7, help='how many')
parser.add_option('--rate', type='float', default=0.1)
options, args = parser.parse_args(['-n', '9', 'file'])
print options.number / 2, options.rate, args

TEXT = '''the cat sat on the mat
the dog sat on the log
a cat and a dog'''
counts = defaultdict(int)
for line in TEXT.split('\n'):
    for word in line.strip().split():
        counts[word] += 1
ranked = sorted(counts.items(), key=lambda (word, n): (-n, word))
print ranked[:3], len(counts), sum(counts.itervalues())
vocabulary = dict(izip([w for w, n in ranked], xrange(len(ranked))))
ids = map(vocabulary.get, TEXT.split())
print ids[:8], max(ids) == len(vocabulary) - 1
print 'mean %.3f' % (sum(ids) / float(len(ids))), sum(ids) / len(ids)
by_length = [(k, sorted(set(g))) for k, g in groupby(sorted(counts, key=len), len)]
print by_length
batches = [ids[i:i + 4] for i in range(0, len(ids), 4)]
print len(batches), map(len, batches), len(ids) / 4, batches[len(batches) / 2]

path = os.path.join(tempfile.mkdtemp(), 'log.txt')
log = open(path, 'w')
for step in xrange(3):
    loss = 1.0 / (step + 3)
    print >>log, 'step', step, 'loss', loss
    log.write('%d\t%s\t%.4f\n' % (step, loss, loss))
log.close()
print open(path).read(),
losses = [float(line.split()[3]) for line in open(path) if line.startswith('step')]
print losses, min(losses), losses.index(min(losses)), sum(losses) / len(losses)
print re.findall(r'loss (\S+)', open(path).read())[0], re.sub(r'\d', '#', 'a1b22')
print ' '.join(re.match(ur'(\w+) (\w+)', u'ab cd').groups()), re.split('[,;]', 'a,b;c')

Point = namedtuple('Point', 'x y')
points = [Point(i, i ** 2 / 2) for i in range(4)]
print points[3], [p.y for p in points], max(points, key=lambda p: p.y).x, Point(*[1, 2])._asdict().values()
matrix = [[i * 3 + j for j in range(3)] for i in range(2)]
print zip(*matrix), map(sum, matrix), [row[::-1] for row in matrix], sum(map(sum, matrix)) / 6
table = string.maketrans('abc', 'xyz')
print 'aabbcc'.translate(table), 'a-b-c'.translate(table, '-'), TEXT.count('the'), TEXT.find('dog')
print '%-10s|%8.2f|%+d' % ('name', 3.14159, 5), '{:>6}|{:<4}|{:^5}'.format('ab', 1, 'm'), 'x'.ljust(3) + '|'
print ', '.join('%s=%s' % (k, v) for k, v in sorted({'lr': 0.001, 'n': 10, 'name': 'net'}.iteritems()))
random.seed(3)
shuffled = range(5)
random.shuffle(shuffled)
print sorted(shuffled), len(random.sample(xrange(100), 3)), 0 <= random.random() < 1
start = time.time()
print time.time() - start < 60, isinstance(time.clock(), float), time.strftime('%Y', time.gmtime(0))
width, height = 13, 7
print width / 2, height / 2, width / height, -width / 2, width * 1.0 / height, (width + 1) / 2 * 2
for i, (a, b) in enumerate(zip('ab', [1, 2])): print i, a, b,
print
done = False
while not done:
    try:
        value = int('12x')
    except ValueError, e:
        print >>sys.stdout, 'bad number:', e
        done = True
print len(u'na\xefve'), u'na\xefve'.upper() == u'NA\xcfVE'
for line in """one
two""".splitlines(): print repr(line),
print "done" if done else "not", not done, done and 1 or 0, 3 if not done else 4
