// does: Lets a holding have parts. Begins and ends that several records tell are read anew by `kehutu rebuild` only.
//
// A holding without a part number has the empty key, by which its relation is found when it is written again.
// step: noting by which version times were read
MATCH (m:Meta {id: 'state'}) WHERE m.timesOf IS NULL SET m.timesOf = 2 RETURN count(m) AS changed
// step: holdings of people
MATCH (n:Person) WHERE n.id > $after WITH n ORDER BY n.id LIMIT $batch
WITH collect(n) AS holders, max(n.id) AS at
CALL (holders) {
  UNWIND holders AS holder MATCH (holder)-[r:INVESTS_IN]->() SET r.key = coalesce(r.key, '')
  RETURN count(r) AS held
}
RETURN size(holders) AS changed, at
// step: holdings of enterprises
MATCH (n:Enterprise) WHERE n.id > $after WITH n ORDER BY n.id LIMIT $batch
WITH collect(n) AS holders, max(n.id) AS at
CALL (holders) {
  UNWIND holders AS holder MATCH (holder)-[r:INVESTS_IN]->() SET r.key = coalesce(r.key, '')
  RETURN count(r) AS held
}
RETURN size(holders) AS changed, at
