"""People decide what is the same, and ask why."""
