"""How a person sets a party's own distress by hand."""
