"""The watch list and its alerts."""
