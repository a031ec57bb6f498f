"""Two graphs side by side: the same names in both, a session each, no cross-talk.

A graph only describes a computation; nothing is computed until a session runs it.
"""

import graphkit as gk


def scale_graph(factor):
    """A graph that multiplies its input: the names are the same whatever the factor."""
    with gk.GraphBuilder() as g:
        x = g.placeholder("x", "float32", [None])
        weight = g.variable("weight", initializer=float(factor))
        g.output = (x * weight).op.name
    return g


def main():
    double, triple = scale_graph(2), scale_graph(3)
    with gk.SessionRunner(double) as first, gk.SessionRunner(triple) as second:
        print("doubled:", first.run(double.output, {"x": [1.0, 2.0]}))
        print("tripled:", second.run(triple.output, {"x": [1.0, 2.0]}))
        try:
            first.run(triple.find("weight"))
        except gk.GraphkitError as error:
            print("refused:", error)


if __name__ == "__main__":
    main()
