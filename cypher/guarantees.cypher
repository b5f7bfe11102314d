// name: guarantees_given
// Guarantees of a party that hold on a day; largest first, those of unknown amount last.
// param type: NodeType            of the guarantor
// param guarantor: PartyId
// param day: Date
// param least: Fen = 0            smaller ones are left out, unknown amounts are not
// param first: Int = 50
// row borrower: PartyId, name: Text?, contract: Text?, amount: Fen?, since: Date?, record: RecordId
MATCH (:$type {id: $guarantor})-[g:GUARANTEES]->(b)
WHERE coalesce(g.amount, $least) >= $least AND runs(g, $day)
RETURN b.id AS borrower, b.name AS name, g.contractNo AS contract, g.amount AS amount, g.since AS since,
       g.recordId AS record
ORDER BY coalesce(g.amount, -1) DESC, borrower, contract, record
LIMIT $first

// name: guarantees_received
// Guarantees of others for a party that hold on a day; largest first, those of unknown amount last.
// param type: NodeType            of the borrower
// param borrower: PartyId
// param day: Date
// param least: Fen = 0            smaller ones are left out, unknown amounts are not
// param first: Int = 50
// row guarantor: PartyId, name: Text?, contract: Text?, amount: Fen?, since: Date?, record: RecordId
MATCH (a)-[g:GUARANTEES]->(:$type {id: $borrower})
WHERE coalesce(g.amount, $least) >= $least AND runs(g, $day)
RETURN a.id AS guarantor, a.name AS name, g.contractNo AS contract, g.amount AS amount, g.since AS since,
       g.recordId AS record
ORDER BY coalesce(g.amount, -1) DESC, guarantor, contract, record
LIMIT $first
