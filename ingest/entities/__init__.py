"""What is known of an entity and of a relation, by all records that tell of it."""
