-- What authorities (RFC 3161) say about when checkpoints were there: append-only.

CREATE TABLE integrity_time_stamp (
    checkpoint_id bigint NOT NULL REFERENCES integrity_checkpoint (id),
    authority text NOT NULL,
    response bytea NOT NULL,
    stamped_at timestamptz NOT NULL,
    PRIMARY KEY (checkpoint_id, authority)
);

CREATE TRIGGER integrity_time_stamp_no_change BEFORE UPDATE OR DELETE ON integrity_time_stamp
    FOR EACH ROW EXECUTE FUNCTION eventstore_refuse_change_v1();
CREATE TRIGGER integrity_time_stamp_no_truncate BEFORE TRUNCATE ON integrity_time_stamp
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore_refuse_change_v1();
ALTER TABLE integrity_time_stamp ENABLE ALWAYS TRIGGER integrity_time_stamp_no_change;
ALTER TABLE integrity_time_stamp ENABLE ALWAYS TRIGGER integrity_time_stamp_no_truncate;
