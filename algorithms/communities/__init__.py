"""Groups of parties that are closely connected, and how they go on from run to run."""
