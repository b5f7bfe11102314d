"""How the current run follows every load: a run that continues it, with only what changed."""
