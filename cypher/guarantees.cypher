// name: guarantees_given
// Guarantees of a party that hold on a day; largest first, those of unknown amount last.
// param type: NodeType            of the guarantor
// param guarantor: PartyId
// param day: Date
// param least: Fen = 0            smaller ones are left out, unknown amounts are not
// param first: Int = 50
// sees: a $type
// sees: b any
// row borrower: PartyId, borrower_type: Text, name: Text? of borrower_type.name
// row contract: Text? of GUARANTEES.contractNo, amount: Fen? of GUARANTEES.amount, since: Date?, record: RecordId
MATCH (a:$type {id: $guarantor})-[g:GUARANTEES]->(b)
WHERE sees(a, b) AND coalesce(g.amount, $least) >= $least AND runs(g, $day)
RETURN b.id AS borrower, labels(b)[0] AS borrower_type, b.name AS name, g.contractNo AS contract, g.amount AS amount,
       g.since AS since, g.recordId AS record
ORDER BY coalesce(g.amount, -1) DESC, borrower, contract, record
LIMIT $first

// name: guarantees_received
// Guarantees of others for a party that hold on a day; largest first, those of unknown amount last.
// param type: NodeType            of the borrower
// param borrower: PartyId
// param day: Date
// param least: Fen = 0            smaller ones are left out, unknown amounts are not
// param first: Int = 50
// sees: a any
// sees: b $type
// row guarantor: PartyId, guarantor_type: Text, name: Text? of guarantor_type.name
// row contract: Text? of GUARANTEES.contractNo, amount: Fen? of GUARANTEES.amount, since: Date?, record: RecordId
MATCH (a)-[g:GUARANTEES]->(b:$type {id: $borrower})
WHERE sees(a, b) AND coalesce(g.amount, $least) >= $least AND runs(g, $day)
RETURN a.id AS guarantor, labels(a)[0] AS guarantor_type, a.name AS name, g.contractNo AS contract,
       g.amount AS amount, g.since AS since, g.recordId AS record
ORDER BY coalesce(g.amount, -1) DESC, guarantor, contract, record
LIMIT $first
