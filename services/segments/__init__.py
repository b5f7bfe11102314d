"""Classes of customers: which there are, what they look like, who is in which and why."""
