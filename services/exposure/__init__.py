"""What each party owes and is owed, its buffer, its distress by bills and payments, and its links, as arrays."""
