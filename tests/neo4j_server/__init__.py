"""A real Neo4j 5.26 with Graph Data Science for tests: by URL, by Docker, or by Java and Maven."""
