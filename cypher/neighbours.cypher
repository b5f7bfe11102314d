// name: neighbour_counts
// How many relations of each type lead from an entity ('out') and to it ('in'), and to which types: those that hold on
// a day, and those that do not, because they have ended or not begun. By relation, direction and type.
// param type: NodeType
// param id: EntityId
// param day: Date
// sees: n $type
// sees: m any
// row relation: Text, direction: Text, neighbour: Text, count: Int, ended: Int
MATCH (n:$type {id: $id})
WHERE sees(n)
CALL (n) {
  MATCH (n)-[r]->(m)
  WHERE sees(m)
  RETURN type(r) AS relation, 'out' AS direction, labels(m)[0] AS neighbour,
         CASE WHEN runs(r, $day) THEN 0 ELSE 1 END AS over
  UNION ALL
  MATCH (n)<-[r]-(m)
  WHERE sees(m)
  RETURN type(r) AS relation, 'in' AS direction, labels(m)[0] AS neighbour,
         CASE WHEN runs(r, $day) THEN 0 ELSE 1 END AS over
}
RETURN relation, direction, neighbour, count(*) - sum(over) AS count, sum(over) AS ended
ORDER BY relation, direction, neighbour

// name: neighbours_out
// Entities that a relation leads to on a day, by id; parallel relations are rows of their own, by their key.
// The page after a row begins after its neighbour and key.
// param type: NodeType
// param id: EntityId
// param relation: RelationType
// param day: Date
// param ended: Bool = false       also relations that have ended or not begun on the day
// param after: EntityId = ''
// param after_key: Text = ''
// param first: Int = 50
// sees: n $type
// sees: m any
// row neighbour: EntityId, neighbour_type: Text, name: Text? of neighbour_type.name|title|summary|text, key: Text
// row record: RecordId, origins: List<Text>, properties: Map of $relation
MATCH (n:$type {id: $id})-[r:$relation]->(m)
WHERE sees(n, m) AND (m.id > $after OR (m.id = $after AND coalesce(r.key, '') > $after_key))
  AND ($ended OR runs(r, $day))
RETURN m.id AS neighbour, labels(m)[0] AS neighbour_type, coalesce(m.name, m.title, m.summary, m.text) AS name,
       coalesce(r.key, '') AS key, r.recordId AS record, r.origins AS origins, properties(r) AS properties
ORDER BY neighbour, key
LIMIT $first

// name: neighbours_in
// Entities that a relation comes from on a day, by id; parallel relations are rows of their own, by their key.
// The page after a row begins after its neighbour and key.
// param type: NodeType
// param id: EntityId
// param relation: RelationType
// param day: Date
// param ended: Bool = false       also relations that have ended or not begun on the day
// param after: EntityId = ''
// param after_key: Text = ''
// param first: Int = 50
// sees: n $type
// sees: m any
// row neighbour: EntityId, neighbour_type: Text, name: Text? of neighbour_type.name|title|summary|text, key: Text
// row record: RecordId, origins: List<Text>, properties: Map of $relation
MATCH (n:$type {id: $id})<-[r:$relation]-(m)
WHERE sees(n, m) AND (m.id > $after OR (m.id = $after AND coalesce(r.key, '') > $after_key))
  AND ($ended OR runs(r, $day))
RETURN m.id AS neighbour, labels(m)[0] AS neighbour_type, coalesce(m.name, m.title, m.summary, m.text) AS name,
       coalesce(r.key, '') AS key, r.recordId AS record, r.origins AS origins, properties(r) AS properties
ORDER BY neighbour, key
LIMIT $first

// name: relations_between
// Relations of one type from one entity to another, each with its values; by key.
// Parallel contracts are rows of their own.
// param source_type: NodeType
// param source: EntityId
// param relation: RelationType
// param target_type: NodeType
// param target: EntityId
// sees: a $source_type
// sees: b $target_type
// row key: Text, record: RecordId, origins: List<Text>, properties: Map of $relation
MATCH (a:$source_type {id: $source})-[r:$relation]->(b:$target_type {id: $target})
WHERE sees(a, b)
RETURN coalesce(r.key, '') AS key, r.recordId AS record, r.origins AS origins, properties(r) AS properties
ORDER BY key

// name: people_of_enterprise
// Persons who represent an enterprise or sit on its board on a day; by relation and id.
// param enterprise: EntityId
// param day: Date
// sees: p Person
// sees: e Enterprise
// row person: EntityId, name: Text? of Person.name, relation: Text, since: Date?, record: RecordId
MATCH (p:Person)-[r:LEGAL_REPRESENTATIVE_OF|DIRECTOR_OF]->(e:Enterprise {id: $enterprise})
WHERE sees(p, e) AND runs(r, $day)
RETURN p.id AS person, p.name AS name, type(r) AS relation, r.since AS since, r.recordId AS record
ORDER BY relation, person

// name: seen_degrees
// How many relations of entities lead to, or come from, what is seen; by id. No row for an entity that is not seen.
// param type: NodeType
// param ids: List<EntityId>
// sees: n $type
// sees: m any
// row id: EntityId, count: Int
UNWIND $ids AS wanted
MATCH (n:$type {id: wanted})
WHERE sees(n)
RETURN n.id AS id, COUNT { MATCH (n)--(m) WHERE sees(m) } AS count
ORDER BY id

// name: whole_degrees
// How many relations entities have; by id.
// whole: to tell somebody that there is more than is seen, never how much
// param type: NodeType
// param ids: List<EntityId>
// row id: EntityId, count: Int
UNWIND $ids AS wanted
MATCH (n:$type {id: wanted})
RETURN n.id AS id, COUNT { MATCH (n)--(m) } AS count
ORDER BY id

// name: whole_led
// To whom relations of a type lead from entities on a day; by id.
// whole: whose own something is, and what somebody works on, is told by relations
// param type: NodeType
// param relation: RelationType
// param ids: List<EntityId>
// param day: Date
// row id: EntityId
UNWIND $ids AS wanted
MATCH (n:$type {id: wanted})-[r:$relation]->(m)
WHERE runs(r, $day)
RETURN DISTINCT m.id AS id
ORDER BY id

// name: whole_come
// From whom relations of a type come to entities on a day; by id.
// whole: whose own something is, and what somebody works on, is told by relations
// param type: NodeType
// param relation: RelationType
// param ids: List<EntityId>
// param day: Date
// row id: EntityId
UNWIND $ids AS wanted
MATCH (n:$type {id: wanted})<-[r:$relation]-(m)
WHERE runs(r, $day)
RETURN DISTINCT m.id AS id
ORDER BY id

// name: orders_assigned
// Work orders that are or were assigned to a technician, with their state, when they were closed, and when the
// assignment holds; by id.
// whole: what somebody works on is told by relations
// param technician: EntityId
// row id: EntityId, state: Text?, closed: Text?, since: Date?, until: Date?, periods: List<Text>?
MATCH (w:WorkOrder)-[r:ASSIGNED_TO]->(t:Technician {id: $technician})
RETURN w.id AS id, w.state AS state, w.closedAt AS closed, r.since AS since, r.until AS until, r.periods AS periods
ORDER BY id, since
