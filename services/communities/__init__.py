"""Communities of parties that hang together: which there are, what became of them, and why somebody moved."""
