# `exec` in functions, with and without names of its own.
top = 10
def plain():
    "Its text."
    exec "x = 1"
    return x + 1
print plain(), plain.__doc__
def several(n):
    for i in range(n):
        exec("v%d = i * 2" % i)
    return v0, v1, v2, [v0 + j for j in range(2)], n
print several(3)
def own(y, *rest, **named):
    exec "y = y + 1; rest = rest + (7,)"
    print y, rest, named
    exec 'z = y * 2; w = z'
    print z, w, top
    y = 100
    exec 'y += 1'
    exec 'top = y'
    return y, top
print own(5, 6, a=1), top
def branches(flag):
    if flag:
        exec 'made = "yes"'
    try:
        return made
    except NameError, error:
        return str(error)
print branches(True), branches(False)
def shared():
    global top
    exec 'local = 3'
    top = local
    return len([local]), (lambda given: given)(local)
print shared(), top
class Holder(object):
    def set(self, name, val):
        exec "self.%s = val" % name
        exec 'import math as mm'
        return mm.floor(2.5)
holder = Holder()
print holder.set('q', 3), holder.q
def spaces():
    d = {}
    exec "a = 1" in d
    exec "b = a + 1" in d, d
    exec("c = b", d)
    return d['a'], d['b'], d['c']
print spaces()
def compiled():
    exec compile("t = 9", "<s>", "exec")
    exec "def inner(k): return k / 2"
    return t, inner(7)
print compiled()
