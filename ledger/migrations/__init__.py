"""Migrations of the ledger, ``NNNN_name.sql``. How one is written: ``docs/migrations.md``."""
