"""A person sets a party's own distress in place of its record."""
