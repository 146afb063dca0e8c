-- Erasure: a destroyed key stays destroyed, and only what it sealed may leave the blobs.

CREATE FUNCTION eventstore_keep_key_v1() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.kid = NEW.kid
        AND OLD.wrapped_dek IS NOT NULL
        AND (NEW.wrapped_dek IS NULL) = (NEW.destroyed_at IS NOT NULL)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% of key % refused: a key is destroyed once, and its row stays', TG_OP, OLD.kid
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER sealing_key_keep BEFORE UPDATE OR DELETE ON sealing_key
    FOR EACH ROW EXECUTE FUNCTION eventstore_keep_key_v1();
ALTER TABLE sealing_key ENABLE ALWAYS TRIGGER sealing_key_keep;

-- The blobs that were erased, so that whoever verifies the log knows them from lost ones.
CREATE TABLE eventstore_erased_blob (
    digest bytea PRIMARY KEY CHECK (length(digest) = 32),
    kid text NOT NULL,
    erased_at timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER eventstore_erased_blob_no_change BEFORE UPDATE OR DELETE ON eventstore_erased_blob
    FOR EACH ROW EXECUTE FUNCTION eventstore_refuse_change_v1();
CREATE TRIGGER eventstore_erased_blob_no_truncate BEFORE TRUNCATE ON eventstore_erased_blob
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore_refuse_change_v1();
ALTER TABLE eventstore_erased_blob ENABLE ALWAYS TRIGGER eventstore_erased_blob_no_change;
ALTER TABLE eventstore_erased_blob ENABLE ALWAYS TRIGGER eventstore_erased_blob_no_truncate;

CREATE FUNCTION eventstore_require_dead_key_v1() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM sealing_key WHERE kid = NEW.kid AND wrapped_dek IS NULL) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'erasure refused: the key % lives', NEW.kid
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER eventstore_erased_blob_dead_key BEFORE INSERT ON eventstore_erased_blob
    FOR EACH ROW EXECUTE FUNCTION eventstore_require_dead_key_v1();
ALTER TABLE eventstore_erased_blob ENABLE ALWAYS TRIGGER eventstore_erased_blob_dead_key;

-- A blob goes only if it is named above and its key is gone, whoever asks.
CREATE FUNCTION eventstore_keep_blob_v1() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT FROM eventstore_erased_blob AS e JOIN sealing_key AS k USING (kid)
        WHERE e.digest = OLD.digest AND k.wrapped_dek IS NULL)
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% on % refused: the table is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
DROP TRIGGER eventstore_blob_no_change ON eventstore_blob;
CREATE TRIGGER eventstore_blob_keep BEFORE UPDATE OR DELETE ON eventstore_blob
    FOR EACH ROW EXECUTE FUNCTION eventstore_keep_blob_v1();
ALTER TABLE eventstore_blob ENABLE ALWAYS TRIGGER eventstore_blob_keep;

-- Removes the blobs of boxes under destroyed keys, found in the events of the given streams. It
-- runs with the owner's rights, for the web role cannot delete blobs; a living key refuses all.
CREATE FUNCTION eventstore_erase_blobs_v1(p_kids text[], p_streams text[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    erased bigint;
BEGIN
    INSERT INTO eventstore_erased_blob (digest, kid)
    WITH naming AS MATERIALIZED (
        SELECT convert_from(e.canonical, 'UTF8') AS stored FROM eventstore_event AS e
        WHERE e.stream = ANY (p_streams) AND position('"blob":"'::bytea IN e.canonical) > 0
    )
    SELECT DISTINCT decode(box ->> 'blob', 'hex'), box ->> 'kid'
    FROM naming, jsonb_path_query(stored::jsonb, 'strict $.data.**') AS box
    WHERE jsonb_typeof(box) = 'object' AND box ? '$enc' AND jsonb_typeof(box -> 'blob') = 'string'
      AND box ->> 'kid' = ANY (p_kids)
    ON CONFLICT DO NOTHING;
    DELETE FROM eventstore_blob AS b USING eventstore_erased_blob AS e
    WHERE b.digest = e.digest AND e.kid = ANY (p_kids);
    GET DIAGNOSTICS erased = ROW_COUNT;
    RETURN erased;
END
$$;
