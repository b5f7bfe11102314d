"""Answers out of the graph and the ledger: search, neighbours, paths, grid traces, lists, entities, history."""
