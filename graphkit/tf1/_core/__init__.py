"""Core names that today are otherwise: arguments, objects, graphs and op names as in 1.15."""
