# Lists, dictionaries and sets, and their methods of Python 2.
d = {'a': 1}
print d.keys(), d.values(), d.items(), d.has_key('a'), d.has_key('b')
print [k for k in d.iterkeys()], list(d.itervalues()), sorted(d.iteritems())
d = dict(b=2, a=1, c=3)
names = d.keys()
names.sort()
print names, names[0], d.keys()[0] in d, len(d.values()), sorted(d.items())[0]
print sorted(d, key=d.get, reverse=True), max(d.values()), sum(d.itervalues())
for key in d.keys():
    if key == 'b':
        del d[key]
print sorted(d.items()), len(d.viewkeys() & set("ab"))
items = d.items()
items.append(('z', 26))
print len(items), items[-1]
print d.values().index(max(d.values())) in (0, 1), (d.keys() + ['q'])[-1]
print dict.fromkeys(['x']).has_key('x'), dict(zip('ab', [1, 2]))['b'], {}.get('no', 0)
print d.pop('a'), d.setdefault('m', []), d.items() == [('c', 3), ('m', [])] or d.items()[::-1] != []
numbers = [3, 1, 2]
numbers.sort(lambda x, y: cmp(y, x))
print numbers, sorted(numbers, cmp=lambda x, y: x - y), sorted(numbers, lambda x, y: y - x)
numbers.sort(cmp=lambda x, y: cmp(x % 2, y % 2) or cmp(x, y))
print numbers, sorted([[2, 'b'], [1, 'a']]), sorted(['b', 'A', 'c'], key=str.lower)
numbers.sort(reverse=True)
print numbers, numbers[::-1], numbers + [4], numbers * 2, [0] * 3
print zip([1, 2, 3], 'ab'), zip(*[(1, 'a'), (2, 'b')]), zip(), len(zip([1], [2]))
print map(None, [1, 2], [3]), map(lambda a, b: (a, b), [1, 2], [3, 4])
print map(str, range(3)), map(int, '123'), filter(None, [0, 1, '', 'a']), filter(lambda x: x > 1, (1, 2, 3))
print reduce(lambda a, b: a * b, range(1, 5)), reduce(lambda a, b: a + b, [[1], [2]], [])
print range(3) + range(2), range(3)[1], range(10)[-1], range(4)[1:3], len(range(7)), range(3) == [0, 1, 2]
print [1, 2] < [1, 3], (1, 2) < (1, 2, 0), [1, [2]] == [1, [2]], None < 0, None < -1e9, 5 < 'a', [] > {}
print sorted([3, None, 'b', 1.5, 'a', 2]), max([1, 'a']), min(3, None), max('b', 2, None)
print set('aab') == set(['a', 'b']), len(set([1]) | set([2]))
print [x for x in 1, 2, 3], [(x, y) for x in range(2) for y in range(2) if x != y]
squares = [x * x for x in range(4)]
print squares
print enumerate(['a']).next(), iter([1, 2]).next(), reversed([1, 2, 3]).next()
print any([0, 1]), all([]), sum([0.5, 1]), len('abc'), 2 in [1, 2], [1, 2].index(2), [1, 1].count(1)
a, (b, c) = 1, (2, 3)
print a, b, c
first, rest = (lambda l: (l[0], l[1:]))([1, 2, 3])
print first, rest, [1, 2, 3][5:], 'abc'[-2:]
grid = [[0] * 2 for _ in xrange(2)]
grid[0][1] += 5
grid[1][0] = 7
print grid, sum(grid, []), map(sum, grid), map(lambda row: row[0], grid)
