// name: copy_run
// Writes the risk and the community of a run on nodes of a type; how many there are.
// write
// param type: NodeType
// param entries: List<Map>           id, risk and community of each
// param run: Text
// one written: Int
UNWIND $entries AS row
MATCH (n:$type {id: row.id})
SET n.risk = row.risk, n.community = row.community, n.runId = $run
RETURN count(n) AS written

// name: copy_shares
// Writes pairs of parties that a run holds for close, between nodes of two types; how many there are.
// write
// param first: NodeType           of the ends a
// param second: NodeType          of the ends b
// param entries: List<Map>           a, b and r, the values of the relation with its key
// param run: Text
// one written: Int
UNWIND $entries AS row
MATCH (a:$first {id: row.a})
MATCH (b:$second {id: row.b})
MERGE (a)-[r:SHARES {key: row.r.key}]->(b)
SET r = row.r, r.runId = $run
RETURN count(r) AS written

// name: remove_other_shares
// Removes some pairs that another run has left; how many there were.
// write
// param run: Text
// param batch: Int
// one removed: Int
MATCH ()-[r:SHARES]->()
WHERE r.runId IS NULL OR r.runId <> $run
WITH r LIMIT $batch
DELETE r
RETURN count(r) AS removed

// name: shares_mark
// What names the pairs that were written last; none before the first time.
// whole: writing the pairs of a run begins with it
// one digest: Text
MATCH (m:Meta {id: 'shares'})
RETURN m.digest AS digest

// name: mark_shares
// Names the pairs that were written; empty while they are being written.
// write
// param digest: Text
MERGE (m:Meta {id: 'shares'})
SET m.digest = $digest
