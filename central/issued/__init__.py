"""A4 papers once more: which came out, whose they are, and copies of them (decision 0027)."""
