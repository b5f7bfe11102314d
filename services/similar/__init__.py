"""Which customers are like one, and why."""
