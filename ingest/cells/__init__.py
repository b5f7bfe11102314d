"""A cell of a file becomes a value of the model, or is refused with its reason."""
