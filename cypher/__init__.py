"""Every named query, in ``.cypher`` files; ``graph.queries`` holds them as typed functions."""
