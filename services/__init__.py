"""Decisions with reasons: what a person or an application asks of the customer graph."""
