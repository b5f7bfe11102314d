"""Documents that are answered by a plan: compiled once, read by one query, written straight to JSON."""
