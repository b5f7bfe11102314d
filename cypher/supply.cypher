// name: feeding
// Every element that feeds one, directly or through others; the nearest first, then by id.
// param type: NodeType
// param id: EntityId
// param first: Int = 200
// row id: EntityId, type: Text, name: Text?, distance: Int, origins: List<Text>
MATCH path = (n:$type {id: $id})-[:FED_BY*1..100]->(e)
WITH e, min(length(path)) AS distance
RETURN e.id AS id, labels(e)[0] AS type, e.name AS name, distance, e.origins AS origins
ORDER BY distance, id
LIMIT $first

// name: fed
// Every element that one feeds, directly or through others; the nearest first, then by id.
// param type: NodeType
// param id: EntityId
// param first: Int = 200
// row id: EntityId, type: Text, name: Text?, distance: Int, origins: List<Text>
MATCH path = (n:$type {id: $id})<-[:FED_BY*1..100]-(e)
WITH e, min(length(path)) AS distance
RETURN e.id AS id, labels(e)[0] AS type, e.name AS name, distance, e.origins AS origins
ORDER BY distance, id
LIMIT $first

// name: customers_fed
// Customers at service points that an element feeds, directly or through others; by id and service point.
// The page after a row begins after its customer and service point.
// param type: NodeType
// param id: EntityId
// param after: EntityId = ''
// param after_point: EntityId = ''
// param first: Int = 200
// row customer: EntityId, name: Text?, service_point: EntityId
MATCH (n:$type {id: $id})<-[:FED_BY*1..100]-(s:ServicePoint)
WITH DISTINCT s
MATCH (s)<-[:SUPPLIED_AT]-(c:Customer)
WHERE c.id > $after OR (c.id = $after AND s.id > $after_point)
RETURN c.id AS customer, c.name AS name, s.id AS service_point
ORDER BY customer, service_point
LIMIT $first
