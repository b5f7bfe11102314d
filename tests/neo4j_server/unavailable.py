"""The one way in which the tests' Neo4j fails to be there."""


class ServerUnavailableError(Exception):
    """No Neo4j for the tests; the text says what is missing and what to do. Never a reason to skip a test."""
