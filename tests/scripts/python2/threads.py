# Threads that fill a queue, locks, timers and what hangs on them.
import Queue
import sys
import thread
import threading
import time

work, done = Queue.Queue(maxsize=4), Queue.Queue()


class Reader(threading.Thread):
    def __init__(self, name):
        threading.Thread.__init__(self)
        self.setName(name)
        self.setDaemon(True)

    def run(self):
        while True:
            try:
                n = work.get(timeout=5)
            except Queue.Empty, e:
                break
            if n is None:
                break
            done.put((n, n * n / 2))
            work.task_done()


readers = [Reader('reader-%d' % i) for i in xrange(2)]
for r in readers:
    r.start()
print readers[0].getName(), readers[0].isDaemon(), isinstance(readers[0], threading.Thread)
for i in range(6): work.put(i)
work.join()
for r in readers: work.put(None)
for r in readers: r.join()
print sorted(done.get() for _ in range(done.qsize())), [r.isAlive() for r in readers]
lock = thread.allocate_lock()
lock.acquire()
print lock.locked(), lock.release(), lock.locked()
with lock: print 'held', lock.locked()
event = threading.Event()
print event.isSet(), event.set(), event.isSet(), threading.activeCount() >= 1
print threading.currentThread().getName(), isinstance(thread.get_ident(), int)
results = []
def append(x, y=0): results.append(x + y)
t = threading.Thread(target=append, args=(3,), kwargs={'y': 4})
t.start(); t.join()
thread.start_new_thread(append, (10,))
while len(results) < 2: time.sleep(0.01)
print results
class Once(object):
    count = 0
    def next(self):
        Once.count += 1
        return Once.count
    def __iter__(self): return self
it = Once()
print it.next(), next(it), zip(range(2), it), [x for x, _ in zip(it, 'ab')]
q = Queue.PriorityQueue()
for item in [(2, 'b'), (1, 'a'), (3, 'd'), (3, 'c')]: q.put(item)
print [q.get() for _ in range(4)], q.empty()
print 'stack', Queue.LifoQueue is not None, sys.exc_info()
