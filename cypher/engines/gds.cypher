// Texts for the client of Graph Data Science, which runs them in a Neo4j server (services/engines/gds.py). They are no
// named queries: they use the engine's procedures, which only that server has. %(nodes)s, %(relations)s and %(weight)s are
// filled with names of the schema.

// name: from_arrays
UNWIND range(0, size($source) - 1) AS i
WITH $source[i] AS source, CASE WHEN $target[i] >= 0 THEN $target[i] END AS target, $weight[i] AS weight
RETURN gds.graph.project($name, source, target, {relationshipProperties: {weight: weight}},
                         {undirectedRelationshipTypes: $undirected})

// name: from_store
MATCH (n:%(nodes)s)
OPTIONAL MATCH (n)-[r:%(relations)s]->(m:%(nodes)s) WHERE n <> m AND %(weight)s >= 0
RETURN gds.graph.project($name, n, m, {relationshipProperties: {weight: toFloat(%(weight)s)}},
                         {undirectedRelationshipTypes: $undirected})

// name: nodes
MATCH (n:%(nodes)s) RETURN collect(id(n)) AS numbers, collect(n.id) AS keys

// name: components
CALL gds.wcc.stream($name, $settings) YIELD nodeId, componentId AS value

// name: communities
CALL gds.leiden.stream($name, $settings) YIELD nodeId, communityId AS value

// name: clustering
CALL gds.localClusteringCoefficient.stream($name, $settings) YIELD nodeId, localClusteringCoefficient AS value

// name: embedding
CALL gds.fastRP.stream($name, $settings) YIELD nodeId, embedding AS value

// name: shortest_paths
CALL gds.allShortestPaths.delta.stream($name, $settings) YIELD targetNode, totalCost

// name: drop_left
CALL gds.graph.list() YIELD graphName AS left, creationTime AS made
WITH left, made WHERE left STARTS WITH $prefix AND made < datetime() - duration({hours: $hours})
CALL gds.graph.drop(left, false) YIELD graphName
RETURN graphName

// name: drop
CALL gds.graph.drop($name, false) YIELD graphName
