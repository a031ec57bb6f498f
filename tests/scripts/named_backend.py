# Waits for a button; the backend is named in the environment.
import matplotlib.pyplot as plt

plt.plot([1, 2])
plt.pause(30)
plt.waitforbuttonpress()
plt.show()
print "backend", plt.get_backend().title(), "open", plt.get_fignums()
