// name: listed
// Entities of a type that fit a filter and come after an id, by id: a page of a list.
// param type: NodeType
// param equal: Map                values that properties must have, by name
// param starts: Map               beginnings of text properties
// param least: Map                smallest values of properties; one without the property does not fit
// param most: Map                 largest values of properties
// param after: EntityId = ''
// param first: Int = 50
// sees: n $type
// row id: EntityId, origins: List<Text>, properties: Map of $type
MATCH (n:$type)
WHERE sees(n) AND all(name IN keys($equal) WHERE n[name] = $equal[name])
  AND all(name IN keys($starts) WHERE n[name] STARTS WITH $starts[name])
  AND all(name IN keys($least) WHERE n[name] >= $least[name])
  AND all(name IN keys($most) WHERE n[name] <= $most[name])
  AND n.id > $after
RETURN n.id AS id, n.origins AS origins, properties(n) AS properties
ORDER BY id
LIMIT $first

// name: listed_rising
// Entities of a type that fit a filter, by one property, the smallest first, those without it last, then by id.
// The page after an entity begins after its place and id.
// param type: NodeType
// param equal: Map                values that properties must have, by name
// param starts: Map               beginnings of text properties
// param least: Map                smallest values of properties; one without the property does not fit
// param most: Map                 largest values of properties
// param property: Text            that gives the order
// param from_start: Bool = true   false: after the place and id that follow
// param after: Any = null         null: after one without the property
// param after_id: EntityId = ''
// param first: Int = 50
// sees: n $type
// row id: EntityId, place: Any? of $type.$property, origins: List<Text>, properties: Map of $type
MATCH (n:$type)
WHERE sees(n) AND all(name IN keys($equal) WHERE n[name] = $equal[name])
  AND all(name IN keys($starts) WHERE n[name] STARTS WITH $starts[name])
  AND all(name IN keys($least) WHERE n[name] >= $least[name])
  AND all(name IN keys($most) WHERE n[name] <= $most[name])
WITH n, n[$property] AS place
WHERE $from_start
   OR (place IS NULL AND ($after IS NOT NULL OR n.id > $after_id))
   OR (place IS NOT NULL AND $after IS NOT NULL AND (place > $after OR (place = $after AND n.id > $after_id)))
RETURN n.id AS id, place, n.origins AS origins, properties(n) AS properties
ORDER BY place IS NULL, place, id
LIMIT $first

// name: listed_falling
// Entities of a type that fit a filter, by one property, the largest first, those without it last, then by id.
// The page after an entity begins after its place and id.
// param type: NodeType
// param equal: Map                values that properties must have, by name
// param starts: Map               beginnings of text properties
// param least: Map                smallest values of properties; one without the property does not fit
// param most: Map                 largest values of properties
// param property: Text            that gives the order
// param from_start: Bool = true   false: after the place and id that follow
// param after: Any = null         null: after one without the property
// param after_id: EntityId = ''
// param first: Int = 50
// sees: n $type
// row id: EntityId, place: Any? of $type.$property, origins: List<Text>, properties: Map of $type
MATCH (n:$type)
WHERE sees(n) AND all(name IN keys($equal) WHERE n[name] = $equal[name])
  AND all(name IN keys($starts) WHERE n[name] STARTS WITH $starts[name])
  AND all(name IN keys($least) WHERE n[name] >= $least[name])
  AND all(name IN keys($most) WHERE n[name] <= $most[name])
WITH n, n[$property] AS place
WHERE $from_start
   OR (place IS NULL AND ($after IS NOT NULL OR n.id > $after_id))
   OR (place IS NOT NULL AND $after IS NOT NULL AND (place < $after OR (place = $after AND n.id > $after_id)))
RETURN n.id AS id, place, n.origins AS origins, properties(n) AS properties
ORDER BY place IS NULL, place DESC, id
LIMIT $first

// name: count_listed
// How many entities of a type fit a filter.
// param type: NodeType
// param equal: Map                values that properties must have, by name
// param starts: Map               beginnings of text properties
// param least: Map                smallest values of properties; one without the property does not fit
// param most: Map                 largest values of properties
// sees: n $type
// one count: Int
MATCH (n:$type)
WHERE sees(n) AND all(name IN keys($equal) WHERE n[name] = $equal[name])
  AND all(name IN keys($starts) WHERE n[name] STARTS WITH $starts[name])
  AND all(name IN keys($least) WHERE n[name] >= $least[name])
  AND all(name IN keys($most) WHERE n[name] <= $most[name])
RETURN count(n) AS count

// name: listed_among
// Those of many ids that fit a filter, with one property; by id.
// param type: NodeType
// param ids: List<EntityId>
// param equal: Map                values that properties must have, by name
// param starts: Map               beginnings of text properties
// param least: Map                smallest values of properties; one without the property does not fit
// param most: Map                 largest values of properties
// param property: Text
// sees: n $type
// row id: EntityId, place: Any? of $type.$property
UNWIND $ids AS wanted
MATCH (n:$type {id: wanted})
WHERE sees(n) AND all(name IN keys($equal) WHERE n[name] = $equal[name])
  AND all(name IN keys($starts) WHERE n[name] STARTS WITH $starts[name])
  AND all(name IN keys($least) WHERE n[name] >= $least[name])
  AND all(name IN keys($most) WHERE n[name] <= $most[name])
RETURN DISTINCT n.id AS id, n[$property] AS place
ORDER BY id
