"""Whether customers may be approached: what they decided, for which purpose, by which channel."""
