// name: crowded_sources
// Of many entities those from which more than one relation of a type leads; by id. Each relation with its other end,
// the record that reports it and when it holds, by the first two.
// param type: NodeType            of the entities
// param relation: RelationType
// param ids: List<EntityId>
// whole: a load looks for relations that contradict each other
// row id: EntityId
// row found: List<{other: EntityId, record: RecordId, since: Date?, until: Date?, periods: List<Text>?}>
UNWIND $ids AS wanted
MATCH (a:$type {id: wanted})-[r:$relation]->(b)
WITH a, b, r ORDER BY b.id, r.recordId
WITH a, collect({other: b.id, record: r.recordId, since: r.since, until: r.until, periods: r.periods}) AS found
WHERE size(found) > 1
RETURN a.id AS id, found
ORDER BY id

// name: crowded_targets
// The same for entities to which more than one such relation leads.
// param type: NodeType            of the entities
// param relation: RelationType
// param ids: List<EntityId>
// whole: a load looks for relations that contradict each other
// row id: EntityId
// row found: List<{other: EntityId, record: RecordId, since: Date?, until: Date?, periods: List<Text>?}>
UNWIND $ids AS wanted
MATCH (a:$type {id: wanted})<-[r:$relation]-(b)
WITH a, b, r ORDER BY b.id, r.recordId
WITH a, collect({other: b.id, record: r.recordId, since: r.since, until: r.until, periods: r.periods}) AS found
WHERE size(found) > 1
RETURN a.id AS id, found
ORDER BY id

// name: all_crowded_sources
// All entities of a type from which more than one relation of a type leads that holds on a day; by id. Reads every one
// of these relations.
// param type: NodeType            of the entities
// param relation: RelationType
// param today: Date
// param first: Int = 100
// whole: the operator looks for relations that contradict each other
// row id: EntityId
MATCH (a:$type)-[r:$relation]->()
WHERE any(span IN coalesce(r.periods, [coalesce(r.since, '') + '/' + coalesce(r.until, '')]) WHERE
  (span STARTS WITH '/' OR left(span, 10) <= $today) AND (span ENDS WITH '/' OR right(span, 10) > $today))
WITH a, count(r) AS number
WHERE number > 1
RETURN a.id AS id
ORDER BY id LIMIT $first

// name: all_crowded_targets
// The same for entities to which more than one such relation leads.
// param type: NodeType            of the entities
// param relation: RelationType
// param today: Date
// param first: Int = 100
// whole: the operator looks for relations that contradict each other
// row id: EntityId
MATCH (a:$type)<-[r:$relation]-()
WHERE any(span IN coalesce(r.periods, [coalesce(r.since, '') + '/' + coalesce(r.until, '')]) WHERE
  (span STARTS WITH '/' OR left(span, 10) <= $today) AND (span ENDS WITH '/' OR right(span, 10) > $today))
WITH a, count(r) AS number
WHERE number > 1
RETURN a.id AS id
ORDER BY id LIMIT $first
