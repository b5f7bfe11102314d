"""Examining an installation and its site: what was found, and what to do where something is wrong."""
