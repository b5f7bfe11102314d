"""What a row of a file states."""
