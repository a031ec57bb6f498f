# print, with everything it could be followed by.
import sys

print
print 'plain'
print 'no', 'line', 'break',
print 'yet'
print ('a', 1), ('b')
print ('in brackets')
print('called'), 'and more'
print "it's %s and %d%%" % ('quoted', 50)
print "a" "b", 'c' 'd'
print 3, 2.5, 1e10, 1e-7, 0.1, 1.0, 1/3., 1e22, 2**70
print None, True, [1, 'a', 2.5], {'k': (1,)}
print 'tab\there', r'raw\n', '''three
lines'''
print >>sys.stdout, 'to a file', 1
print >>sys.stdout
print >> sys.stdout, 'spaced',
print >> sys.stdout, 'out'
if True: print 'after a colon'
for i in range(2): print i; print i * 10
print -1, +2, ~3, not True
print 1 if False else 2, 'conditional'
print 'a' + \
      'b'
print ('brackets '
       'over lines')
print [x for x in range(3)], (x for x in []) is None
print 'a', ; print 'b'
print 'ending with a comma',
