"""What must never be lost: records, judgements, aliases, quarantine, runs, loads and the audit trail."""
