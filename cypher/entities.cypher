// name: entity
// An entity with all that the graph holds of it; none if its id is not the canonical one of this type.
// param type: NodeType
// param id: EntityId
// sees: n $type
// one id: EntityId, keys: List<Key>, origins: List<Text>, properties: Map of $type
MATCH (n:$type {id: $id})
WHERE sees(n)
RETURN n.id AS id, n.keys AS keys, n.origins AS origins, properties(n) AS properties

// name: entities
// Those of many ids that exist, by id.
// param type: NodeType
// param ids: List<EntityId>
// sees: n $type
// row id: EntityId, keys: List<Key>, origins: List<Text>, properties: Map of $type
UNWIND $ids AS wanted
MATCH (n:$type {id: wanted})
WHERE sees(n)
RETURN DISTINCT n.id AS id, n.keys AS keys, n.origins AS origins, properties(n) AS properties
ORDER BY id

// name: names
// What people call those of many ids that exist, and their origins; by id.
// param type: NodeType
// param ids: List<EntityId>
// sees: n $type
// row id: EntityId, name: Text? of $type.name|title|summary|text, origins: List<Text>
UNWIND $ids AS wanted
MATCH (n:$type {id: wanted})
WHERE sees(n)
RETURN DISTINCT n.id AS id, coalesce(n.name, n.title, n.summary, n.text) AS name, n.origins AS origins
ORDER BY id

// name: count_entities
// How many entities of a type there are.
// param type: NodeType
// sees: n $type
// one count: Int
MATCH (n:$type)
WHERE sees(n)
RETURN count(n) AS count

// name: count_relations
// How many relations of a type there are.
// param relation: RelationType
// whole: figures of a site
// one count: Int
MATCH ()-[r:$relation]->()
RETURN count(r) AS count

// name: first_beginning
// The earliest beginning of the relations of a type: as their latest span has it, and the earliest of those with
// several spans. Reads every one of these relations.
// param relation: RelationType
// whole: on which day data begin is one for every asker
// one since: Date?, period: Text?
MATCH ()-[r:$relation]->()
RETURN min(r.since) AS since, min(r.periods[0]) AS period

// name: first_period
// The month of the oldest bill.
// whole: on which day data begin is one for every asker
// one period: Text?
MATCH (b:Bill)
RETURN min(b.period) AS period

// name: seen_ids
// Ids of all entities of a type; by id.
// param type: NodeType
// sees: n $type
// row id: EntityId
MATCH (n:$type)
WHERE sees(n)
RETURN n.id AS id
ORDER BY id
