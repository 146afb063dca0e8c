-- The vector of a text may go when an erased document held it and nobody else does.

ALTER TABLE ingestion_version ADD COLUMN erased_at timestamptz;

-- What a running erasure may delete, in its own transaction; empty otherwise.
CREATE TABLE ingestion_vector_erasure (
    document_id uuid NOT NULL,
    text_hash text NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (document_id, text_hash)
);

CREATE FUNCTION ingestion_keep_vector_v1() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE'
        AND EXISTS (
            SELECT FROM ingestion_vector_erasure AS e
            JOIN sealing_key AS k ON k.kid = 'document:' || e.document_id
            WHERE e.text_hash = OLD.text_hash AND e.xid = pg_current_xact_id()
              AND k.wrapped_dek IS NULL)
        AND NOT EXISTS (SELECT FROM ingestion_chunk AS c WHERE c.text_hash = OLD.text_hash)
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% on % refused: the table is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
DROP TRIGGER ingestion_vector_no_change ON ingestion_vector;
CREATE TRIGGER ingestion_vector_keep BEFORE UPDATE OR DELETE ON ingestion_vector
    FOR EACH ROW EXECUTE FUNCTION ingestion_keep_vector_v1();
ALTER TABLE ingestion_vector ENABLE ALWAYS TRIGGER ingestion_vector_keep;
CREATE INDEX ingestion_vector_text ON ingestion_vector (text_hash);

-- Removes the vectors of an erased document's texts under every model, but for those that a
-- passage of another document needs. It runs with the owner's rights, for the web role cannot
-- delete vectors; it refuses while the document's key lives.
CREATE FUNCTION ingestion_erase_vectors_v1(p_document uuid, p_text_hashes text[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    erased bigint;
BEGIN
    IF NOT EXISTS (
        SELECT FROM sealing_key WHERE kid = 'document:' || p_document AND wrapped_dek IS NULL)
    THEN
        RAISE EXCEPTION 'erasure refused: the key of document % lives', p_document
            USING ERRCODE = 'restrict_violation';
    END IF;
    INSERT INTO ingestion_vector_erasure (document_id, text_hash)
    SELECT DISTINCT p_document, h.text_hash FROM unnest(p_text_hashes) AS h (text_hash)
    WHERE NOT EXISTS (SELECT FROM ingestion_chunk AS c WHERE c.text_hash = h.text_hash);
    DELETE FROM ingestion_vector AS v USING ingestion_vector_erasure AS e
    WHERE v.text_hash = e.text_hash AND e.document_id = p_document;
    GET DIAGNOSTICS erased = ROW_COUNT;
    DELETE FROM ingestion_vector_erasure WHERE document_id = p_document;
    RETURN erased;
END
$$;
