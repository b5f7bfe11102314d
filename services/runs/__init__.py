"""The results of runs on disk: tables, whole or as patches, and which run is current."""
