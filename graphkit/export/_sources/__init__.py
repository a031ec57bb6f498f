"""What can be frozen, opened: a graph, a session with its values, what it says of its ends."""
