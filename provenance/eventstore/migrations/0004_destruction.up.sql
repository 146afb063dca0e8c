-- A data key goes only after the log says so: a SubjectKeyDestroyed names it, in the stream of what
-- it sealed, for an erasure that somebody asked for and somebody else approved.

CREATE FUNCTION eventstore_is_erasure_approved_v1(p_erasure_id text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH decided AS MATERIALIZED (
        SELECT type, convert_from(canonical, 'UTF8')::jsonb AS said FROM eventstore_event
        WHERE stream = 'erasure-' || p_erasure_id AND type LIKE 'Erasure%'
    ), party AS (
        -- All keys of one application are one pair of eyes.
        SELECT type, said ->> 'authtype' AS kind, CASE WHEN said ->> 'authtype' = 'api_key'
            THEN said ->> 'application' ELSE said ->> 'authid' END AS name
        FROM decided
    )
    SELECT EXISTS (
        SELECT FROM party AS asked JOIN party AS agreed
            ON (asked.kind, asked.name) IS DISTINCT FROM (agreed.kind, agreed.name)
        WHERE asked.type = 'ErasureRequested' AND agreed.type = 'ErasureApproved')
      AND NOT EXISTS (SELECT FROM party WHERE type = 'ErasureRejected')
$$;

CREATE FUNCTION eventstore_keep_key_v2() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    owner_id text := substr(OLD.kid, strpos(OLD.kid, ':') + 1);
    approved boolean;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.kid = NEW.kid AND OLD.created_at = NEW.created_at
        AND OLD.wrapped_dek IS NOT NULL
        AND (NEW.wrapped_dek IS NULL) = (NEW.destroyed_at IS NOT NULL)
    THEN
        IF NEW.wrapped_dek IS NOT NULL THEN
            RETURN NEW;
        END IF;
        WITH destroyed AS MATERIALIZED (
            SELECT stream, convert_from(canonical, 'UTF8')::jsonb -> 'data' AS said
            FROM eventstore_event
            WHERE type = 'SubjectKeyDestroyed' AND stream IN (
                'document-' || owner_id, 'retrieval-' || owner_id, 'prompt-' || owner_id,
                'output-' || owner_id, 'erasure-' || owner_id)
        )
        SELECT bool_or(eventstore_is_erasure_approved_v1(said ->> 'erasure_id')) INTO approved
        FROM destroyed
        WHERE said ->> 'kid' = OLD.kid
          AND stream = (said ->> 'owner') || '-' || (said ->> 'owner_id');
        IF approved THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'destruction of key % refused: no approved erasure accounts for it', OLD.kid
            USING ERRCODE = 'restrict_violation';
    END IF;
    RAISE EXCEPTION '% of key % refused: a key is destroyed once, and its row stays', TG_OP, OLD.kid
        USING ERRCODE = 'restrict_violation';
END
$$;
DROP TRIGGER sealing_key_keep ON sealing_key;
CREATE TRIGGER sealing_key_keep BEFORE UPDATE OR DELETE ON sealing_key
    FOR EACH ROW EXECUTE FUNCTION eventstore_keep_key_v2();
ALTER TABLE sealing_key ENABLE ALWAYS TRIGGER sealing_key_keep;
DROP FUNCTION eventstore_keep_key_v1;
CREATE TRIGGER sealing_key_no_truncate BEFORE TRUNCATE ON sealing_key
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore_refuse_change_v1();
ALTER TABLE sealing_key ENABLE ALWAYS TRIGGER sealing_key_no_truncate;

-- Destroys the keys that these SubjectKeyDestroyed events name, with the owner's rights: the web
-- role can change no key, not even by writing other bytes over it. The trigger has the last word.
CREATE FUNCTION eventstore_destroy_keys_v1(p_event_ids uuid[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    destroyed bigint;
BEGIN
    WITH named AS MATERIALIZED (
        SELECT convert_from(canonical, 'UTF8')::jsonb #>> '{data,kid}' AS kid FROM eventstore_event
        WHERE event_id = ANY (p_event_ids) AND type = 'SubjectKeyDestroyed'
    )
    UPDATE sealing_key SET wrapped_dek = NULL, destroyed_at = now()
    WHERE kid IN (SELECT kid FROM named) AND wrapped_dek IS NOT NULL;
    GET DIAGNOSTICS destroyed = ROW_COUNT;
    RETURN destroyed;
END
$$;
