// name: exported_nodes
// Those of many entities of a type that exist, with all their values; by id.
// param type: NodeType
// param ids: List<EntityId>
// sees: n $type
// row id: EntityId, origins: List<Text>, properties: Map of $type
UNWIND $ids AS wanted
MATCH (n:$type {id: wanted})
WHERE sees(n)
RETURN DISTINCT n.id AS id, n.origins AS origins, properties(n) AS properties
ORDER BY id

// name: exported_relations
// Relations of one type out of many entities of a type, to those of another type, each with its values, ended ones too;
// by source, target and key.
// param source_type: NodeType
// param relation: RelationType
// param target_type: NodeType
// param ids: List<EntityId>
// sees: a $source_type
// sees: b $target_type
// row source: EntityId, target: EntityId, key: Text, record: RecordId, origins: List<Text>
// row properties: Map of $relation
UNWIND $ids AS wanted
MATCH (a:$source_type {id: wanted})-[r:$relation]->(b:$target_type)
WHERE sees(a, b)
RETURN a.id AS source, b.id AS target, coalesce(r.key, '') AS key, r.recordId AS record, r.origins AS origins,
       properties(r) AS properties
ORDER BY source, target, key
