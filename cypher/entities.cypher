// name: entity
// An entity with all that the graph holds of it; none if its id is not the canonical one of this type.
// param type: NodeType
// param id: EntityId
// one id: EntityId, keys: List<Key>, origins: List<Text>, properties: Map
MATCH (n:$type {id: $id})
RETURN n.id AS id, n.keys AS keys, n.origins AS origins, properties(n) AS properties

// name: entities
// Those of many ids that exist, by id.
// param type: NodeType
// param ids: List<EntityId>
// row id: EntityId, keys: List<Key>, origins: List<Text>, properties: Map
UNWIND $ids AS wanted
MATCH (n:$type {id: wanted})
RETURN DISTINCT n.id AS id, n.keys AS keys, n.origins AS origins, properties(n) AS properties
ORDER BY id

// name: names
// Names and origins of those of many ids that exist, by id.
// param type: NodeType
// param ids: List<EntityId>
// row id: EntityId, name: Text?, origins: List<Text>
UNWIND $ids AS wanted
MATCH (n:$type {id: wanted})
RETURN DISTINCT n.id AS id, n.name AS name, n.origins AS origins
ORDER BY id

// name: page_of_entities
// Entities of a type after an id, by id: a page of a list.
// param type: NodeType
// param after: EntityId = ''
// param first: Int = 50
// row id: EntityId, keys: List<Key>, origins: List<Text>, properties: Map
MATCH (n:$type)
WHERE n.id > $after
RETURN n.id AS id, n.keys AS keys, n.origins AS origins, properties(n) AS properties
ORDER BY id
LIMIT $first

// name: count_entities
// How many entities of a type there are.
// param type: NodeType
// one count: Int
MATCH (n:$type)
RETURN count(n) AS count

// name: count_relations
// How many relations of a type there are.
// param relation: RelationType
// one count: Int
MATCH ()-[r:$relation]->()
RETURN count(r) AS count

// name: search_hits
// Entities of one type whose search text holds all tokens of a query; the shortest texts first, then by id.
// param index: Text               the store's name of the type's full-text index
// param text: Text                made by search_query, never what a person typed
// param first: Int = 20
// row id: EntityId, type: Text, origins: List<Text>, properties: Map
CALL db.index.fulltext.queryNodes($index, $text) YIELD node
RETURN node.id AS id, labels(node)[0] AS type, node.origins AS origins, properties(node) AS properties
ORDER BY size(node.search), id
LIMIT $first

// name: count_search_hits
// How many entities of one type a query finds.
// param index: Text               the store's name of the type's full-text index
// param text: Text                made by search_query, never what a person typed
// one count: Int
CALL db.index.fulltext.queryNodes($index, $text) YIELD node
RETURN count(node) AS count
