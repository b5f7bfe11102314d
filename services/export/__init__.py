"""The graph as a file for other programs."""
