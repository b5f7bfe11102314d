"""The parts of every run, one a module."""
