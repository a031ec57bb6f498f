"""contrib: what no package brings back, one module or package per area of contrib."""
