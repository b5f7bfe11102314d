"""In which areas each entity is seen: computed from the graph, kept beside each node, compared with an asker's own."""
