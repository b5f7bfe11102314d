"""Customer classes: whether there are any, which, how stable, by which rules, and under which names (science.md 3)."""
