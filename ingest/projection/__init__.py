"""How the graph follows the ledger."""
