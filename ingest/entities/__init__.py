"""What all records together tell of an entity or a relation."""
