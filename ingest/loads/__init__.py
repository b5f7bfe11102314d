"""Manifests are loaded, rehearsed and tried again, and the report says what became of each row."""
