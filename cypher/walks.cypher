// name: walks
// Ways that lead from an entity on a day along relations of some types, whichever way each of them runs, and never twice
// through an entity; the shorter first, then by their entities and records. Entities in the order of the way, the
// first one included; of each relation where it begins and the record that reports it.
// param type: NodeType
// param id: EntityId
// param day: Date
// param longest: Hops             so many relations at most
// param relations: List<Text>     types that may be followed
// param first: Int = 1000
// sees: path any
// row ids: List<EntityId>, types: List<Text>, relations: List<Text>, sources: List<EntityId>, keys: List<Text>
// row records: List<RecordId>
MATCH path = (:$type {id: $id})-[*1..$longest]-()
WHERE sees(path) AND all(r IN relationships(path) WHERE type(r) IN $relations AND runs(r, $day))
  AND all(n IN nodes(path) WHERE single(m IN nodes(path) WHERE m.id = n.id))
WITH length(path) AS hops,
     [n IN nodes(path) | n.id] AS ids,
     [n IN nodes(path) | labels(n)[0]] AS types,
     [r IN relationships(path) | type(r)] AS relations,
     [r IN relationships(path) | startNode(r).id] AS sources,
     [r IN relationships(path) | coalesce(r.key, '')] AS keys,
     [r IN relationships(path) | r.recordId] AS records
RETURN ids, types, relations, sources, keys, records
ORDER BY hops, reduce(text = '', entity IN ids | text + entity + '>'), reduce(text = '', name IN records | text + name + '>')
LIMIT $first
