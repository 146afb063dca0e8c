-- The Merkle tree: stored nodes are append-only, its right edge is one row.

CREATE TABLE integrity_node (
    level smallint NOT NULL CHECK (level > 0),
    index bigint NOT NULL CHECK (index >= 0),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, index)
);
CREATE TRIGGER integrity_node_no_change BEFORE UPDATE OR DELETE ON integrity_node
    FOR EACH ROW EXECUTE FUNCTION eventstore_refuse_change_v1();
CREATE TRIGGER integrity_node_no_truncate BEFORE TRUNCATE ON integrity_node
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore_refuse_change_v1();
ALTER TABLE integrity_node ENABLE ALWAYS TRIGGER integrity_node_no_change;
ALTER TABLE integrity_node ENABLE ALWAYS TRIGGER integrity_node_no_truncate;

CREATE TABLE integrity_tree (
    id smallint PRIMARY KEY CONSTRAINT integrity_one_tree CHECK (id = 1),
    size bigint NOT NULL,
    compact_range bytea NOT NULL,
    highest_seq bigint NOT NULL,
    positioned_at timestamptz
);
INSERT INTO integrity_tree VALUES (1, 0, '', 0, NULL);
