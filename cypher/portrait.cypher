// name: customer_portrait
// All that the graph knows of a customer on a day, in one row. Lists by id, what has ended or not begun last; bills,
// payments, work orders and interactions newest first. A bill or payment of an account that changed hands is of the
// customer who held it at the time. Numbers of devices count what holds on the day and, apart, what does not.
// param id: EntityId
// param day: Date
// param bills: Int = 24           so many of the newest, over all accounts; payments likewise
// param first: Int = 100          of every other list
// sees: c Customer
// sees: party any
// sees: place Address
// sees: point ServicePoint
// sees: meter Meter
// sees: account Account
// sees: holder Customer
// sees: bill Bill
// sees: payment Payment
// sees: credit CreditRecord
// sees: arrears ArrearsCase
// sees: device Device
// sees: work WorkOrder
// sees: contact Interaction
// one id: EntityId, keys: List<Key>, origins: List<Text>, properties: Map of Customer
// one parties: List<{id: EntityId, type: Text, name: Text? of type.name, since: Date?, until: Date?, ended: Bool, record: RecordId, properties: Map of type}>
// one addresses: List<{id: EntityId, text: Text? of Address.text, since: Date? of LIVES_AT.since, until: Date? of LIVES_AT.until, ended: Bool, record: RecordId}>
// one service_points: List<{id: EntityId, since: Date?, until: Date?, ended: Bool, record: RecordId, properties: Map of ServicePoint, meters: List<EntityId>}>
// one accounts: List<{id: EntityId, since: Date?, until: Date?, ended: Bool, record: RecordId, properties: Map of Account}>
// one bills: List<{id: EntityId, account: EntityId, record: RecordId, properties: Map of Bill}>
// one payments: List<{id: EntityId, account: EntityId, record: RecordId, properties: Map of Payment}>
// one credit_records: List<{id: EntityId, record: RecordId, properties: Map of CreditRecord}>
// one arrears_cases: List<{id: EntityId, record: RecordId, properties: Map of ArrearsCase}>
// one devices: List<{id: EntityId, since: Date?, until: Date?, ended: Bool, record: RecordId, properties: Map of Device}>
// one work_orders: List<{id: EntityId, record: RecordId, properties: Map of WorkOrder}>
// one interactions: List<{id: EntityId, record: RecordId, properties: Map of Interaction}>
// one bill_count: Int, payment_count: Int, device_count: Int, ended_device_count: Int
// one work_order_count: Int, interaction_count: Int
MATCH (c:Customer {id: $id})
WHERE sees(c)
RETURN c.id AS id, c.keys AS keys, c.origins AS origins, properties(c) AS properties,
  COLLECT {
    MATCH (c)-[r:IS]->(party)
    WHERE sees(party)
    WITH r, party, NOT runs(r, $day) AS ended ORDER BY ended, party.id LIMIT $first
    RETURN {id: party.id, type: labels(party)[0], name: party.name, since: r.since, until: r.until, ended: ended,
            record: r.recordId, properties: properties(party)}
    ORDER BY ended, party.id
  } AS parties,
  COLLECT {
    MATCH (c)-[r:LIVES_AT]->(place:Address)
    WHERE sees(place)
    WITH r, place, NOT runs(r, $day) AS ended ORDER BY ended, place.id LIMIT $first
    RETURN {id: place.id, text: place.text, since: r.since, until: r.until, ended: ended, record: r.recordId}
    ORDER BY ended, place.id
  } AS addresses,
  COLLECT {
    MATCH (c)-[r:SUPPLIED_AT]->(point:ServicePoint)
    WHERE sees(point)
    WITH r, point, NOT (runs(r, $day) AND coalesce(point.retiredOn, $day) >= $day) AS ended
      ORDER BY ended, point.id LIMIT $first
    // Neo4j takes an aggregation inside COLLECT for one of the RETURN around it: a WITH of its own.
    WITH r, point, ended,
      COLLECT {
        MATCH (point)-[h:HAS_METER]->(meter:Meter)
        WHERE sees(meter) AND runs(h, $day)
        RETURN meter.id ORDER BY meter.id
      } AS meters
    RETURN {id: point.id, since: r.since, until: r.until, ended: ended, record: r.recordId,
            properties: properties(point), meters: meters}
    ORDER BY ended, point.id
  } AS service_points,
  COLLECT {
    MATCH (c)-[r:HAS_ACCOUNT]->(account:Account)
    WHERE sees(account)
    WITH r, account, NOT (runs(r, $day) AND coalesce(account.closedOn, $day) >= $day) AS ended
      ORDER BY ended, account.id LIMIT $first
    RETURN {id: account.id, since: r.since, until: r.until, ended: ended, record: r.recordId,
            properties: properties(account)}
    ORDER BY ended, account.id
  } AS accounts,
  COLLECT {
    MATCH (c)-[h:HAS_ACCOUNT]->(account:Account)-[r:BILLED]->(bill:Bill)
    WHERE sees(account, bill)
    WITH h, account, r, bill, coalesce(bill.period + '-01', $day) AS then
    WHERE runs(h, then)
      OR COUNT { MATCH (account)<-[o:HAS_ACCOUNT]-(holder:Customer) WHERE sees(holder) AND runs(o, then) } = 0
    RETURN {id: bill.id, account: account.id, record: r.recordId, properties: properties(bill)}
    ORDER BY coalesce(bill.period, '') DESC, bill.id LIMIT $bills
  } AS bills,
  COLLECT {
    MATCH (c)-[h:HAS_ACCOUNT]->(account:Account)-[r:PAID]->(payment:Payment)
    WHERE sees(account, payment)
    WITH h, account, r, payment, coalesce(payment.paidOn, $day) AS then
    WHERE runs(h, then)
      OR COUNT { MATCH (account)<-[o:HAS_ACCOUNT]-(holder:Customer) WHERE sees(holder) AND runs(o, then) } = 0
    RETURN {id: payment.id, account: account.id, record: r.recordId, properties: properties(payment)}
    ORDER BY coalesce(payment.paidOn, '') DESC, payment.id LIMIT $bills
  } AS payments,
  COLLECT {
    MATCH (c)-[r:HAS_CREDIT_RECORD]->(credit:CreditRecord)
    WHERE sees(credit)
    RETURN {id: credit.id, record: r.recordId, properties: properties(credit)}
    ORDER BY credit.id LIMIT $first
  } AS credit_records,
  COLLECT {
    MATCH (c)-[r:HAS_ARREARS_CASE]->(arrears:ArrearsCase)
    WHERE sees(arrears)
    RETURN {id: arrears.id, record: r.recordId, properties: properties(arrears)}
    ORDER BY arrears.id LIMIT $first
  } AS arrears_cases,
  COLLECT {
    MATCH (c)-[r:OWNS]->(device:Device)
    WHERE sees(device)
    WITH r, device, NOT (runs(r, $day) AND coalesce(device.retiredOn, $day) >= $day) AS ended
      ORDER BY ended, device.id LIMIT $first
    RETURN {id: device.id, since: r.since, until: r.until, ended: ended, record: r.recordId,
            properties: properties(device)}
    ORDER BY ended, device.id
  } AS devices,
  COLLECT {
    MATCH (c)-[r:REQUESTED]->(work:WorkOrder)
    WHERE sees(work)
    RETURN {id: work.id, record: r.recordId, properties: properties(work)}
    ORDER BY coalesce(work.openedAt, '') DESC, work.id LIMIT $first
  } AS work_orders,
  COLLECT {
    MATCH (c)-[r:CONTACTED]->(contact:Interaction)
    WHERE sees(contact)
    RETURN {id: contact.id, record: r.recordId, properties: properties(contact)}
    ORDER BY coalesce(contact.at, '') DESC, contact.id LIMIT $first
  } AS interactions,
  COUNT {
    MATCH (c)-[h:HAS_ACCOUNT]->(account:Account)-[:BILLED]->(bill:Bill)
    WHERE sees(account, bill)
    WITH h, account, coalesce(bill.period + '-01', $day) AS then
    WHERE runs(h, then)
      OR COUNT { MATCH (account)<-[o:HAS_ACCOUNT]-(holder:Customer) WHERE sees(holder) AND runs(o, then) } = 0
    RETURN then
  } AS bill_count,
  COUNT {
    MATCH (c)-[h:HAS_ACCOUNT]->(account:Account)-[:PAID]->(payment:Payment)
    WHERE sees(account, payment)
    WITH h, account, coalesce(payment.paidOn, $day) AS then
    WHERE runs(h, then)
      OR COUNT { MATCH (account)<-[o:HAS_ACCOUNT]-(holder:Customer) WHERE sees(holder) AND runs(o, then) } = 0
    RETURN then
  } AS payment_count,
  COUNT {
    MATCH (c)-[r:OWNS]->(device:Device)
    WHERE sees(device) AND runs(r, $day) AND coalesce(device.retiredOn, $day) >= $day
  } AS device_count,
  COUNT {
    MATCH (c)-[r:OWNS]->(device:Device)
    WHERE sees(device) AND NOT (runs(r, $day) AND coalesce(device.retiredOn, $day) >= $day)
  } AS ended_device_count,
  COUNT { MATCH (c)-[:REQUESTED]->(work:WorkOrder) WHERE sees(work) } AS work_order_count,
  COUNT { MATCH (c)-[:CONTACTED]->(contact:Interaction) WHERE sees(contact) } AS interaction_count
