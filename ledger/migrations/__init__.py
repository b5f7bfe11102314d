"""Migrations of the ledger, ``NNNN_name.sql``; none yet. How one is written: ``docs/migrations.md``."""
