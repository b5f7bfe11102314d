"""The graph follows the ledger."""
