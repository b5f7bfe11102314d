"""Which value a cell of a file holds, or why it is refused."""
