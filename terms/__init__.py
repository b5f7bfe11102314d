"""Words that every room shares: identities, money, instants and the catalogue of errors."""
