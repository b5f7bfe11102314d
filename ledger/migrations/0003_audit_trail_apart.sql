-- does: Keeps the audit trail in a file of its own, audit.sqlite; entries go over when it is first needed.
-- step: nothing is added here any more
CREATE TRIGGER audit_no_insert BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail has moved to audit.sqlite'); END
