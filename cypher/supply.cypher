// name: feeding
// Elements that feed some others of one type on a day, over so many steps at most; the nearest first, then by id. Distance is
// that from the nearest of the given ones. An element that feeds over two ways is named once, with the shorter.
// param type: NodeType            of the elements to begin with
// param ids: List<EntityId>
// param day: Date
// param steps: Hops = 4
// sees: path any
// row id: EntityId, type: Text, distance: Int
UNWIND $ids AS wanted
MATCH path = (:$type {id: wanted})-[:FED_BY*1..$steps]->(e)
WHERE sees(path) AND all(r IN relationships(path) WHERE runs(r, $day))
  AND all(n IN nodes(path) WHERE coalesce(n.retiredOn, $day) >= $day)
WITH e, min(length(path)) AS distance
RETURN e.id AS id, labels(e)[0] AS type, distance
ORDER BY distance, id

// name: fed
// Elements that some others of one type feed on a day, over so many steps at most; the nearest first, then by id. Distance is
// that from the nearest of the given ones. An element that is fed over two ways is named once, with the shorter.
// param type: NodeType            of the elements to begin with
// param ids: List<EntityId>
// param day: Date
// param steps: Hops = 4
// sees: path any
// row id: EntityId, type: Text, distance: Int
UNWIND $ids AS wanted
MATCH path = (:$type {id: wanted})<-[:FED_BY*1..$steps]-(e)
WHERE sees(path) AND all(r IN relationships(path) WHERE runs(r, $day))
  AND all(n IN nodes(path) WHERE coalesce(n.retiredOn, $day) >= $day)
WITH e, min(length(path)) AS distance
RETURN e.id AS id, labels(e)[0] AS type, distance
ORDER BY distance, id

// name: customers_supplied_at
// Customers who are supplied at some service points on a day; by id, each once.
// param points: List<EntityId>
// param day: Date
// sees: s ServicePoint
// sees: c Customer
// row id: EntityId
UNWIND $points AS wanted
MATCH (s:ServicePoint {id: wanted})<-[r:SUPPLIED_AT]-(c:Customer)
WHERE sees(s, c) AND runs(r, $day) AND coalesce(c.closedOn, $day) >= $day
RETURN DISTINCT c.id AS id
ORDER BY id

// name: points_of_customer
// Service points where a customer is supplied on a day; by id.
// param customer: EntityId
// param day: Date
// sees: c Customer
// sees: s ServicePoint
// row id: EntityId
MATCH (c:Customer {id: $customer})-[r:SUPPLIED_AT]->(s:ServicePoint)
WHERE sees(c, s) AND runs(r, $day) AND coalesce(c.closedOn, $day) >= $day
RETURN DISTINCT s.id AS id
ORDER BY id

// name: devices_installed_at
// Devices at some service points on a day; by id, each once.
// param points: List<EntityId>
// param day: Date
// sees: s ServicePoint
// sees: d Device
// row id: EntityId
UNWIND $points AS wanted
MATCH (s:ServicePoint {id: wanted})<-[r:INSTALLED_AT]-(d:Device)
WHERE sees(s, d) AND runs(r, $day) AND coalesce(d.retiredOn, $day) >= $day
RETURN DISTINCT d.id AS id
ORDER BY id

// name: curve_points
// Of some service points the load profile that describes their use, and the power that it counts for; by id.
// param ids: List<EntityId>
// sees: s ServicePoint
// row id: EntityId, profile: Text? of ServicePoint.profile, power: Float? of ServicePoint.contractedPower
UNWIND $ids AS wanted
MATCH (s:ServicePoint {id: wanted})
WHERE sees(s)
RETURN DISTINCT s.id AS id, s.profile AS profile, s.contractedPower AS power
ORDER BY id

// name: meters_at
// Meters of some service points on a day; by service point, then by meter.
// param ids: List<EntityId>
// param day: Date
// sees: s ServicePoint
// sees: m Meter
// row point: EntityId, id: EntityId
UNWIND $ids AS wanted
MATCH (s:ServicePoint {id: wanted})-[r:HAS_METER]->(m:Meter)
WHERE sees(s, m) AND runs(r, $day) AND coalesce(m.retiredOn, $day) >= $day
RETURN DISTINCT s.id AS point, m.id AS id
ORDER BY point, id
