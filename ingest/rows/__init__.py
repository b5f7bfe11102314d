"""A row of a file becomes the statements of a record."""
