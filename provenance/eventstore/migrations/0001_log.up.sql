-- The log, its positions and its blobs: append-only for everybody, the owner included.

CREATE TABLE eventstore_event (
    event_id uuid NOT NULL CONSTRAINT eventstore_event_event_id UNIQUE,
    stream text NOT NULL,
    stream_version integer NOT NULL CHECK (stream_version > 0),
    type text NOT NULL,
    correlation_id uuid,
    causation_id uuid,
    recorded_at timestamptz NOT NULL,
    canonical bytea NOT NULL,
    -- Before seq: a writer has its transaction id before it draws a number (the rule for holes).
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    CONSTRAINT eventstore_event_stream_version UNIQUE (stream, stream_version)
);
CREATE INDEX eventstore_event_correlation ON eventstore_event (correlation_id)
    WHERE correlation_id IS NOT NULL;
CREATE INDEX eventstore_event_causation ON eventstore_event (causation_id)
    WHERE causation_id IS NOT NULL;

CREATE TABLE eventstore_position (
    position bigint PRIMARY KEY CHECK (position >= 0),
    seq bigint NOT NULL CONSTRAINT eventstore_position_seq UNIQUE,
    leaf_hash bytea NOT NULL CHECK (length(leaf_hash) = 32),
    positioned_at timestamptz NOT NULL
);
CREATE INDEX eventstore_position_positioned_at ON eventstore_position USING brin (positioned_at);

CREATE TABLE eventstore_blob (
    digest bytea PRIMARY KEY CHECK (length(digest) = 32),
    data bytea NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now()
);
-- Sealed bytes do not compress.
ALTER TABLE eventstore_blob ALTER COLUMN data SET STORAGE EXTERNAL;

CREATE FUNCTION eventstore_refuse_change_v1() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % refused: the table is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER eventstore_event_no_change BEFORE UPDATE OR DELETE ON eventstore_event
    FOR EACH ROW EXECUTE FUNCTION eventstore_refuse_change_v1();
CREATE TRIGGER eventstore_event_no_truncate BEFORE TRUNCATE ON eventstore_event
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore_refuse_change_v1();
ALTER TABLE eventstore_event ENABLE ALWAYS TRIGGER eventstore_event_no_change;
ALTER TABLE eventstore_event ENABLE ALWAYS TRIGGER eventstore_event_no_truncate;

CREATE TRIGGER eventstore_position_no_change BEFORE UPDATE OR DELETE ON eventstore_position
    FOR EACH ROW EXECUTE FUNCTION eventstore_refuse_change_v1();
CREATE TRIGGER eventstore_position_no_truncate BEFORE TRUNCATE ON eventstore_position
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore_refuse_change_v1();
ALTER TABLE eventstore_position ENABLE ALWAYS TRIGGER eventstore_position_no_change;
ALTER TABLE eventstore_position ENABLE ALWAYS TRIGGER eventstore_position_no_truncate;

CREATE TRIGGER eventstore_blob_no_change BEFORE UPDATE OR DELETE ON eventstore_blob
    FOR EACH ROW EXECUTE FUNCTION eventstore_refuse_change_v1();
CREATE TRIGGER eventstore_blob_no_truncate BEFORE TRUNCATE ON eventstore_blob
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore_refuse_change_v1();
ALTER TABLE eventstore_blob ENABLE ALWAYS TRIGGER eventstore_blob_no_change;
ALTER TABLE eventstore_blob ENABLE ALWAYS TRIGGER eventstore_blob_no_truncate;
