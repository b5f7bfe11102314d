"""Manifests that ship with the product: the demo's, the synthetic world's, and those of public data sets."""
