"""Which groups of parties are at risk, what to do first, and who stands close to a party."""
