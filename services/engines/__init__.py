"""Where algorithms run: one protocol, several engines, the same answers."""
