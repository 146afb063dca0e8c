-- How it stands with each witness and anchor, and the growth of the sealed log by time.

CREATE TABLE integrity_attestor (
    kind text NOT NULL CHECK (kind IN ('witness', 'anchor')),
    name text NOT NULL,
    size bigint NOT NULL DEFAULT 0 CHECK (size >= 0),
    checkpoint_id bigint NOT NULL DEFAULT 0,
    reached_at timestamptz,
    tried_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    problem text NOT NULL DEFAULT '',
    PRIMARY KEY (kind, name)
);

CREATE INDEX integrity_checkpoint_sealed_at ON integrity_checkpoint (sealed_at);
