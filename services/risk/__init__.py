"""The risk model of a run: what it reads, its weights and communities, its results, its identity."""
