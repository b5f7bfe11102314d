// name: customer_portrait
// All that the graph knows of a customer on a day, in one row. Lists by id, what has ended or not begun last; bills,
// payments, work orders and interactions newest first. A bill or payment of an account that changed hands is of the
// customer who held it at the time. Numbers of devices count what holds on the day and, apart, what does not.
// param id: EntityId
// param day: Date
// param bills: Int = 24           so many of the newest, over all accounts; payments likewise
// param first: Int = 100          of every other list
// one id: EntityId, keys: List<Key>, origins: List<Text>, properties: Map
// one parties: List<{id: EntityId, type: Text, name: Text?, since: Date?, until: Date?, ended: Bool, record: RecordId, properties: Map}>
// one addresses: List<{id: EntityId, text: Text?, since: Date?, until: Date?, ended: Bool, record: RecordId}>
// one service_points: List<{id: EntityId, since: Date?, until: Date?, ended: Bool, record: RecordId, properties: Map, meters: List<EntityId>}>
// one accounts: List<{id: EntityId, since: Date?, until: Date?, ended: Bool, record: RecordId, properties: Map}>
// one bills: List<{id: EntityId, account: EntityId, record: RecordId, properties: Map}>
// one payments: List<{id: EntityId, account: EntityId, record: RecordId, properties: Map}>
// one credit_records: List<{id: EntityId, record: RecordId, properties: Map}>
// one arrears_cases: List<{id: EntityId, record: RecordId, properties: Map}>
// one devices: List<{id: EntityId, since: Date?, until: Date?, ended: Bool, record: RecordId, properties: Map}>
// one work_orders: List<{id: EntityId, record: RecordId, properties: Map}>
// one interactions: List<{id: EntityId, record: RecordId, properties: Map}>
// one bill_count: Int, payment_count: Int, device_count: Int, ended_device_count: Int
// one work_order_count: Int, interaction_count: Int
MATCH (c:Customer {id: $id})
RETURN c.id AS id, c.keys AS keys, c.origins AS origins, properties(c) AS properties,
  COLLECT {
    MATCH (c)-[r:IS]->(p)
    WITH r, p, NOT runs(r, $day) AS ended ORDER BY ended, p.id LIMIT $first
    RETURN {id: p.id, type: labels(p)[0], name: p.name, since: r.since, until: r.until, ended: ended,
            record: r.recordId, properties: properties(p)}
    ORDER BY ended, p.id
  } AS parties,
  COLLECT {
    MATCH (c)-[r:LIVES_AT]->(a:Address)
    WITH r, a, NOT runs(r, $day) AS ended ORDER BY ended, a.id LIMIT $first
    RETURN {id: a.id, text: a.text, since: r.since, until: r.until, ended: ended, record: r.recordId}
    ORDER BY ended, a.id
  } AS addresses,
  COLLECT {
    MATCH (c)-[r:SUPPLIED_AT]->(s:ServicePoint)
    WITH r, s, NOT (runs(r, $day) AND coalesce(s.retiredOn, $day) >= $day) AS ended ORDER BY ended, s.id LIMIT $first
    // Neo4j takes an aggregation inside COLLECT for one of the RETURN around it: a WITH of its own.
    WITH r, s, ended,
      COLLECT { MATCH (s)-[h:HAS_METER]->(m:Meter) WHERE runs(h, $day) RETURN m.id ORDER BY m.id } AS meters
    RETURN {id: s.id, since: r.since, until: r.until, ended: ended, record: r.recordId, properties: properties(s),
            meters: meters}
    ORDER BY ended, s.id
  } AS service_points,
  COLLECT {
    MATCH (c)-[r:HAS_ACCOUNT]->(a:Account)
    WITH r, a, NOT (runs(r, $day) AND coalesce(a.closedOn, $day) >= $day) AS ended ORDER BY ended, a.id LIMIT $first
    RETURN {id: a.id, since: r.since, until: r.until, ended: ended, record: r.recordId, properties: properties(a)}
    ORDER BY ended, a.id
  } AS accounts,
  COLLECT {
    MATCH (c)-[h:HAS_ACCOUNT]->(a:Account)-[r:BILLED]->(b:Bill)
    WITH h, a, r, b, coalesce(b.period + '-01', $day) AS then
    WHERE runs(h, then) OR COUNT { MATCH (a)<-[o:HAS_ACCOUNT]-(:Customer) WHERE runs(o, then) } = 0
    RETURN {id: b.id, account: a.id, record: r.recordId, properties: properties(b)}
    ORDER BY coalesce(b.period, '') DESC, b.id LIMIT $bills
  } AS bills,
  COLLECT {
    MATCH (c)-[h:HAS_ACCOUNT]->(a:Account)-[r:PAID]->(p:Payment)
    WITH h, a, r, p, coalesce(p.paidOn, $day) AS then
    WHERE runs(h, then) OR COUNT { MATCH (a)<-[o:HAS_ACCOUNT]-(:Customer) WHERE runs(o, then) } = 0
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
    WITH r, d, NOT (runs(r, $day) AND coalesce(d.retiredOn, $day) >= $day) AS ended ORDER BY ended, d.id LIMIT $first
    RETURN {id: d.id, since: r.since, until: r.until, ended: ended, record: r.recordId, properties: properties(d)}
    ORDER BY ended, d.id
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
  COUNT {
    MATCH (c)-[h:HAS_ACCOUNT]->(a:Account)-[:BILLED]->(b:Bill)
    WITH h, a, coalesce(b.period + '-01', $day) AS then
    WHERE runs(h, then) OR COUNT { MATCH (a)<-[o:HAS_ACCOUNT]-(:Customer) WHERE runs(o, then) } = 0
    RETURN then
  } AS bill_count,
  COUNT {
    MATCH (c)-[h:HAS_ACCOUNT]->(a:Account)-[:PAID]->(p:Payment)
    WITH h, a, coalesce(p.paidOn, $day) AS then
    WHERE runs(h, then) OR COUNT { MATCH (a)<-[o:HAS_ACCOUNT]-(:Customer) WHERE runs(o, then) } = 0
    RETURN then
  } AS payment_count,
  COUNT {
    MATCH (c)-[r:OWNS]->(d:Device) WHERE runs(r, $day) AND coalesce(d.retiredOn, $day) >= $day
  } AS device_count,
  COUNT {
    MATCH (c)-[r:OWNS]->(d:Device) WHERE NOT (runs(r, $day) AND coalesce(d.retiredOn, $day) >= $day)
  } AS ended_device_count,
  COUNT { MATCH (c)-[:REQUESTED]->(:WorkOrder) } AS work_order_count,
  COUNT { MATCH (c)-[:CONTACTED]->(:Interaction) } AS interaction_count
