"""How two files differ, and what was probably renamed."""
