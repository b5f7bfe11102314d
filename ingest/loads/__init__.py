"""What becomes of each row of a manifest: loads, rehearsals, retries and their reports."""
