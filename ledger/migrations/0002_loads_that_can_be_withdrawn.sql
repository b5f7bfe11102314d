-- does: Notes which records a load states, so that it can be taken back.
-- step: how rows were read
ALTER TABLE load ADD COLUMN reading INTEGER
-- step: when a withdrawal began
ALTER TABLE load ADD COLUMN withdrawal_began_at BIGINT
-- step: when it ended
ALTER TABLE load ADD COLUMN withdrawn_at BIGINT
-- step: records of loads
CREATE TABLE load_record (
  load TEXT NOT NULL, brought BOOLEAN NOT NULL, first BIGINT NOT NULL, last BIGINT NOT NULL,
  PRIMARY KEY (load, brought, first)
) WITHOUT ROWID
-- step: records of loads by number
CREATE INDEX load_record_by_number ON load_record (first, last)
-- step: withdrawals
CREATE TABLE withdrawal ("of" INTEGER NOT NULL, seq BIGINT NOT NULL, PRIMARY KEY ("of"))
