// name: search_hits
// Entities whose search text holds all tokens of a query: by the rank of their index, the shortest texts first, then
// by id. The page after a hit begins after its rank, size and id.
// param places: List<Map>         {index, rank}: the store's name of a type's full-text index, and its place in the answer
// param text: Text                made by search_query, never what a person typed
// param after_rank: Int = -1
// param after_size: Int = 0
// param after_id: EntityId = ''
// param first: Int = 20
// sees: node any
// row rank: Int, size: Int, id: EntityId, type: Text, origins: List<Text>, properties: Map of type
UNWIND $places AS place
CALL db.index.fulltext.queryNodes(place.index, $text) YIELD node
WHERE sees(node)
WITH place.rank AS rank, size(node.search) AS size, node
WHERE rank > $after_rank OR (rank = $after_rank AND (size > $after_size OR (size = $after_size AND node.id > $after_id)))
RETURN rank, size, node.id AS id, labels(node)[0] AS type, node.origins AS origins, properties(node) AS properties
ORDER BY rank, size, id
LIMIT $first

// name: count_search_hits
// How many entities a query finds by each index that finds any; by rank.
// param places: List<Map>         {index, rank}: the store's name of a type's full-text index, and its place in the answer
// param text: Text                made by search_query, never what a person typed
// sees: node any
// row rank: Int, count: Int
UNWIND $places AS place
CALL db.index.fulltext.queryNodes(place.index, $text) YIELD node
WHERE sees(node)
RETURN place.rank AS rank, count(node) AS count
ORDER BY rank

// name: search_ids
// Ids of all entities of one type that a query finds; by id.
// param index: Text               the store's name of the type's full-text index
// param text: Text                made by search_query, never what a person typed
// sees: node any
// row id: EntityId
CALL db.index.fulltext.queryNodes($index, $text) YIELD node
WHERE sees(node)
RETURN node.id AS id
ORDER BY id
