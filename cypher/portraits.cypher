// name: customers_among
// Those of many customers that exist. Columns of customer_portrait are put beside (graph/narrowing.py).
// param ids: List<EntityId>
// sees: c Customer
// row id: EntityId
UNWIND $ids AS wanted
MATCH (c:Customer {id: wanted})
WHERE sees(c)
RETURN c.id AS id
ORDER BY id

// name: customers_after
// Customers that come after an id, by id: a page of them. Columns of customer_portrait are put beside.
// param after: EntityId = ''
// param page: Int = 50
// sees: c Customer
// row id: EntityId
MATCH (c:Customer)
WHERE sees(c) AND c.id > $after
WITH c ORDER BY c.id LIMIT $page
RETURN c.id AS id
ORDER BY id

// name: customers_counted_after
// The same with the number of all customers.
// param after: EntityId = ''
// param page: Int = 50
// sees: c Customer
// sees: every Customer
// row id: EntityId, total: Int
MATCH (every:Customer)
WHERE sees(every)
WITH count(every) AS total
MATCH (c:Customer)
WHERE sees(c) AND c.id > $after
WITH c, total ORDER BY c.id LIMIT $page
RETURN c.id AS id, total
ORDER BY id
