"""What would open a window writes pictures where there is no display."""
