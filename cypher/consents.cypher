// name: consents
// What customers decided about being approached, by customer; one who decided nothing has an empty list.
// param ids: List<EntityId>
// sees: c Customer
// sees: decision Consent
// row id: EntityId, decisions: List<{id: EntityId, purpose: Text? of Consent.purpose, channel: Text? of Consent.channel, state: Text? of Consent.state, decided_on: Date? of Consent.decidedOn, author: Text? of Consent.author, recorded_at: Text? of Consent.recordedAt, record: RecordId}>
UNWIND $ids AS wanted
MATCH (c:Customer {id: wanted})
WHERE sees(c)
RETURN c.id AS id,
  COLLECT {
    MATCH (c)-[r:DECIDES]->(decision:Consent)
    WHERE sees(decision)
    RETURN {id: decision.id, purpose: decision.purpose, channel: decision.channel, state: decision.state,
            decided_on: decision.decidedOn, author: decision.author, recorded_at: decision.recordedAt,
            record: r.recordId}
    ORDER BY decision.id
  } AS decisions
ORDER BY id
