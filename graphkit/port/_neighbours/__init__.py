"""What the program's old neighbours lost: one table, a file per neighbour."""
