"""What follows from assumptions that a person states."""
