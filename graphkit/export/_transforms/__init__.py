"""A finished graph made smaller, faster or other: one file per transform, and the proof of each."""
