// name: customer_portrait
// All that the graph knows of a customer, in one row. Lists by id; bills, payments, work orders and interactions
// newest first.
// param id: EntityId
// param bills: Int = 24           so many of the newest, over all accounts; payments likewise
// param first: Int = 100          of every other list
// one id: EntityId, keys: List<Key>, origins: List<Text>, properties: Map
// one parties: List<{id: EntityId, type: Text, name: Text?, since: Date?, record: RecordId, properties: Map}>
// one addresses: List<{id: EntityId, text: Text?, since: Date?, record: RecordId}>
// one service_points: List<{id: EntityId, since: Date?, record: RecordId, properties: Map, meters: List<EntityId>}>
// one accounts: List<{id: EntityId, since: Date?, record: RecordId, properties: Map}>
// one bills: List<{id: EntityId, account: EntityId, record: RecordId, properties: Map}>
// one payments: List<{id: EntityId, account: EntityId, record: RecordId, properties: Map}>
// one credit_records: List<{id: EntityId, record: RecordId, properties: Map}>
// one arrears_cases: List<{id: EntityId, record: RecordId, properties: Map}>
// one devices: List<{id: EntityId, record: RecordId, properties: Map}>
// one work_orders: List<{id: EntityId, record: RecordId, properties: Map}>
// one interactions: List<{id: EntityId, record: RecordId, properties: Map}>
// one bill_count: Int, payment_count: Int, device_count: Int, work_order_count: Int, interaction_count: Int
MATCH (c:Customer {id: $id})
RETURN c.id AS id, c.keys AS keys, c.origins AS origins, properties(c) AS properties,
  COLLECT {
    MATCH (c)-[r:IS]->(p)
    RETURN {id: p.id, type: labels(p)[0], name: p.name, since: r.since, record: r.recordId,
            properties: properties(p)}
    ORDER BY p.id LIMIT $first
  } AS parties,
  COLLECT {
    MATCH (c)-[r:LIVES_AT]->(a:Address)
    RETURN {id: a.id, text: a.text, since: r.since, record: r.recordId}
    ORDER BY a.id LIMIT $first
  } AS addresses,
  COLLECT {
    MATCH (c)-[r:SUPPLIED_AT]->(s:ServicePoint)
    WITH r, s ORDER BY s.id LIMIT $first
    // Neo4j takes an aggregation inside COLLECT for one of the RETURN around it: a WITH of its own.
    WITH r, s,
      COLLECT { MATCH (s)-[:HAS_METER]->(m:Meter) RETURN m.id ORDER BY m.id } AS meters
    RETURN {id: s.id, since: r.since, record: r.recordId, properties: properties(s), meters: meters}
    ORDER BY s.id
  } AS service_points,
  COLLECT {
    MATCH (c)-[r:HAS_ACCOUNT]->(a:Account)
    RETURN {id: a.id, since: r.since, record: r.recordId, properties: properties(a)}
    ORDER BY a.id LIMIT $first
  } AS accounts,
  COLLECT {
    MATCH (c)-[:HAS_ACCOUNT]->(a:Account)-[r:BILLED]->(b:Bill)
    RETURN {id: b.id, account: a.id, record: r.recordId, properties: properties(b)}
    ORDER BY coalesce(b.period, '') DESC, b.id LIMIT $bills
  } AS bills,
  COLLECT {
    MATCH (c)-[:HAS_ACCOUNT]->(a:Account)-[r:PAID]->(p:Payment)
    RETURN {id: p.id, account: a.id, record: r.recordId, properties: properties(p)}
    ORDER BY coalesce(p.paidOn, '') DESC, p.id LIMIT $bills
  } AS payments,
  COLLECT {
    MATCH (c)-[r:HAS_CREDIT_RECORD]->(k:CreditRecord)
    RETURN {id: k.id, record: r.recordId, properties: properties(k)}
    ORDER BY k.id LIMIT $first
  } AS credit_records,
  COLLECT {
    MATCH (c)-[r:HAS_ARREARS_CASE]->(k:ArrearsCase)
    RETURN {id: k.id, record: r.recordId, properties: properties(k)}
    ORDER BY k.id LIMIT $first
  } AS arrears_cases,
  COLLECT {
    MATCH (c)-[r:OWNS]->(d:Device)
    RETURN {id: d.id, record: r.recordId, properties: properties(d)}
    ORDER BY d.id LIMIT $first
  } AS devices,
  COLLECT {
    MATCH (c)-[r:REQUESTED]->(w:WorkOrder)
    RETURN {id: w.id, record: r.recordId, properties: properties(w)}
    ORDER BY coalesce(w.openedAt, '') DESC, w.id LIMIT $first
  } AS work_orders,
  COLLECT {
    MATCH (c)-[r:CONTACTED]->(i:Interaction)
    RETURN {id: i.id, record: r.recordId, properties: properties(i)}
    ORDER BY coalesce(i.at, '') DESC, i.id LIMIT $first
  } AS interactions,
  COUNT { MATCH (c)-[:HAS_ACCOUNT]->(:Account)-[:BILLED]->(:Bill) } AS bill_count,
  COUNT { MATCH (c)-[:HAS_ACCOUNT]->(:Account)-[:PAID]->(:Payment) } AS payment_count,
  COUNT { MATCH (c)-[:OWNS]->(:Device) } AS device_count,
  COUNT { MATCH (c)-[:REQUESTED]->(:WorkOrder) } AS work_order_count,
  COUNT { MATCH (c)-[:CONTACTED]->(:Interaction) } AS interaction_count
