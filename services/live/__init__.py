"""Keeping the current run up to date with what is loaded: a run that continues it, of what changed only."""
