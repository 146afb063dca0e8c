-- Signed checkpoints, the keys that sign them, and what witnesses say of them: all append-only.

CREATE TABLE integrity_log_key (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    origin text NOT NULL CHECK (origin <> ''),
    verifier_key text NOT NULL UNIQUE,
    since_size bigint NOT NULL CHECK (since_size >= 0),
    added_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE integrity_checkpoint (
    -- Counted without a gap: a checkpoint that is taken away is missed.
    id bigint PRIMARY KEY CHECK (id > 0),
    origin text NOT NULL,
    size bigint NOT NULL CHECK (size > 0),
    root bytea NOT NULL CHECK (length(root) = 32),
    note text NOT NULL,
    sealed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX integrity_checkpoint_size ON integrity_checkpoint (size);

CREATE TABLE integrity_cosignature (
    checkpoint_id bigint NOT NULL REFERENCES integrity_checkpoint (id),
    witness text NOT NULL,
    line text NOT NULL,
    added_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (checkpoint_id, witness)
);

-- Why nothing can be sealed, empty while all is well.
ALTER TABLE integrity_tree ADD COLUMN sealing_problem text NOT NULL DEFAULT '';

CREATE TRIGGER integrity_log_key_no_change BEFORE UPDATE OR DELETE ON integrity_log_key
    FOR EACH ROW EXECUTE FUNCTION eventstore_refuse_change_v1();
CREATE TRIGGER integrity_log_key_no_truncate BEFORE TRUNCATE ON integrity_log_key
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore_refuse_change_v1();
ALTER TABLE integrity_log_key ENABLE ALWAYS TRIGGER integrity_log_key_no_change;
ALTER TABLE integrity_log_key ENABLE ALWAYS TRIGGER integrity_log_key_no_truncate;

CREATE TRIGGER integrity_checkpoint_no_change BEFORE UPDATE OR DELETE ON integrity_checkpoint
    FOR EACH ROW EXECUTE FUNCTION eventstore_refuse_change_v1();
CREATE TRIGGER integrity_checkpoint_no_truncate BEFORE TRUNCATE ON integrity_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore_refuse_change_v1();
ALTER TABLE integrity_checkpoint ENABLE ALWAYS TRIGGER integrity_checkpoint_no_change;
ALTER TABLE integrity_checkpoint ENABLE ALWAYS TRIGGER integrity_checkpoint_no_truncate;

CREATE TRIGGER integrity_cosignature_no_change BEFORE UPDATE OR DELETE ON integrity_cosignature
    FOR EACH ROW EXECUTE FUNCTION eventstore_refuse_change_v1();
CREATE TRIGGER integrity_cosignature_no_truncate BEFORE TRUNCATE ON integrity_cosignature
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore_refuse_change_v1();
ALTER TABLE integrity_cosignature ENABLE ALWAYS TRIGGER integrity_cosignature_no_change;
ALTER TABLE integrity_cosignature ENABLE ALWAYS TRIGGER integrity_cosignature_no_truncate;
