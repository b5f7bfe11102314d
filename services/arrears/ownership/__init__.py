"""Who owns whom, and who guarantees whom in a circle."""
