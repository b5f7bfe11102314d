"""Which statements of records speak of the same entity."""
