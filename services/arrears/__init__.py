"""Arrears risk: why a party is at risk, along which paths, for how much."""
