-- Release of a sealed range: the bytes of old interactions may leave the log for an archive, and
-- come back. Nothing else about an event changes, and its leaf hash stays.

-- Which positions a RangeReleased of the log gave away, and for which archive.
CREATE TABLE eventstore_released_run (
    event_id uuid NOT NULL,
    first bigint NOT NULL CHECK (first >= 0),
    until bigint NOT NULL CHECK (until > first),
    archive_sha256 text NOT NULL,
    released_at timestamptz NOT NULL,
    PRIMARY KEY (first, event_id)
);
-- The sealed parts that went along, each with the position of the event that names it.
CREATE TABLE eventstore_released_blob (
    digest bytea PRIMARY KEY CHECK (length(digest) = 32),
    position bigint NOT NULL
);

CREATE TRIGGER eventstore_released_run_no_change BEFORE UPDATE OR DELETE ON eventstore_released_run
    FOR EACH ROW EXECUTE FUNCTION eventstore_refuse_change_v1();
CREATE TRIGGER eventstore_released_run_no_truncate BEFORE TRUNCATE ON eventstore_released_run
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore_refuse_change_v1();
ALTER TABLE eventstore_released_run ENABLE ALWAYS TRIGGER eventstore_released_run_no_change;
ALTER TABLE eventstore_released_run ENABLE ALWAYS TRIGGER eventstore_released_run_no_truncate;
CREATE TRIGGER eventstore_released_blob_no_change
    BEFORE UPDATE OR DELETE ON eventstore_released_blob
    FOR EACH ROW EXECUTE FUNCTION eventstore_refuse_change_v1();
CREATE TRIGGER eventstore_released_blob_no_truncate BEFORE TRUNCATE ON eventstore_released_blob
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore_refuse_change_v1();
ALTER TABLE eventstore_released_blob ENABLE ALWAYS TRIGGER eventstore_released_blob_no_change;
ALTER TABLE eventstore_released_blob ENABLE ALWAYS TRIGGER eventstore_released_blob_no_truncate;

-- A range has as many runs as streams lay across each other in it: the one that holds a position is
-- found by an index, since a release asks for each of its events.
CREATE INDEX eventstore_released_run_range ON eventstore_released_run
    USING gist (int8range(first, until));
CREATE FUNCTION eventstore_is_released_v1(p_position bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM eventstore_released_run
                   WHERE int8range(first, until) @> p_position)
$$;

-- A run lies in the range of a RangeReleased, which somebody asked for and somebody else approved.
CREATE FUNCTION eventstore_require_release_v1() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (
            SELECT convert_from(canonical, 'UTF8')::jsonb AS said FROM eventstore_event
            WHERE event_id = NEW.event_id AND type = 'RangeReleased' AND stream = 'releases'
        ) AS released, (
            SELECT type, convert_from(canonical, 'UTF8')::jsonb AS said FROM eventstore_event
            WHERE stream = 'releases'
        ) AS asked, (
            SELECT type, convert_from(canonical, 'UTF8')::jsonb AS said FROM eventstore_event
            WHERE stream = 'releases'
        ) AS agreed
        WHERE asked.type = 'RangeReleaseRequested' AND agreed.type = 'RangeReleaseApproved'
          AND asked.said #> '{data,release_id}' = released.said #> '{data,release_id}'
          AND agreed.said #> '{data,release_id}' = released.said #> '{data,release_id}'
          AND (asked.said ->> 'authtype', asked.said ->> 'authid')
              <> (agreed.said ->> 'authtype', agreed.said ->> 'authid')
          AND NEW.first >= (released.said #>> '{data,first}')::bigint
          AND NEW.until <= (released.said #>> '{data,end}')::bigint
          AND NEW.archive_sha256 = released.said #>> '{data,archive_sha256}')
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'release refused: no approved RangeReleased accounts for it'
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER eventstore_released_run_approved BEFORE INSERT ON eventstore_released_run
    FOR EACH ROW EXECUTE FUNCTION eventstore_require_release_v1();
ALTER TABLE eventstore_released_run ENABLE ALWAYS TRIGGER eventstore_released_run_approved;

CREATE FUNCTION eventstore_require_naming_event_v1() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    named bytea := convert_to('"blob":"' || encode(NEW.digest, 'hex') || '"', 'UTF8');
BEGIN
    IF eventstore_is_released_v1(NEW.position) AND EXISTS (
        SELECT FROM eventstore_position AS p JOIN eventstore_event AS e USING (seq)
        WHERE p.position = NEW.position
          AND (e.canonical = '' OR position(named IN e.canonical) > 0))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'release refused: no released event names this blob'
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER eventstore_released_blob_named BEFORE INSERT ON eventstore_released_blob
    FOR EACH ROW EXECUTE FUNCTION eventstore_require_naming_event_v1();
ALTER TABLE eventstore_released_blob ENABLE ALWAYS TRIGGER eventstore_released_blob_named;

-- The bytes of an event go only if its position is released, and its stream is an interaction that
-- lies wholly in the released range; they come back only as those whose hash is its leaf.
CREATE FUNCTION eventstore_keep_event_v1() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.canonical <> OLD.canonical
        AND (NEW.event_id, NEW.stream, NEW.stream_version, NEW.type, NEW.correlation_id,
             NEW.causation_id, NEW.recorded_at, NEW.xid, NEW.seq)
            IS NOT DISTINCT FROM
            (OLD.event_id, OLD.stream, OLD.stream_version, OLD.type, OLD.correlation_id,
             OLD.causation_id, OLD.recorded_at, OLD.xid, OLD.seq)
    THEN
        IF NEW.canonical = '' AND OLD.type <> 'SubjectKeyDestroyed'
            AND OLD.stream ~ '^(retrieval|prompt|output)-'
            AND EXISTS (SELECT FROM eventstore_position AS p
                        WHERE p.seq = OLD.seq AND eventstore_is_released_v1(p.position))
            AND NOT EXISTS (
                SELECT FROM eventstore_event AS e LEFT JOIN eventstore_position AS p USING (seq)
                WHERE e.stream = OLD.stream AND e.type <> 'SubjectKeyDestroyed'
                  AND (p.position IS NULL OR NOT eventstore_is_released_v1(p.position)))
        THEN
            RETURN NEW;
        END IF;
        IF OLD.canonical = '' AND EXISTS (
            SELECT FROM eventstore_position AS p WHERE p.seq = OLD.seq
              AND p.leaf_hash = sha256('\x00'::bytea || NEW.canonical))
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% on % refused: the table is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
DROP TRIGGER eventstore_event_no_change ON eventstore_event;
CREATE TRIGGER eventstore_event_keep BEFORE UPDATE OR DELETE ON eventstore_event
    FOR EACH ROW EXECUTE FUNCTION eventstore_keep_event_v1();
ALTER TABLE eventstore_event ENABLE ALWAYS TRIGGER eventstore_event_keep;

CREATE FUNCTION eventstore_keep_blob_v2() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' AND (
        EXISTS (SELECT FROM eventstore_erased_blob AS e JOIN sealing_key AS k USING (kid)
                WHERE e.digest = OLD.digest AND k.wrapped_dek IS NULL)
        OR EXISTS (SELECT FROM eventstore_released_blob AS r WHERE r.digest = OLD.digest))
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% on % refused: the table is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
DROP TRIGGER eventstore_blob_keep ON eventstore_blob;
CREATE TRIGGER eventstore_blob_keep BEFORE UPDATE OR DELETE ON eventstore_blob
    FOR EACH ROW EXECUTE FUNCTION eventstore_keep_blob_v2();
ALTER TABLE eventstore_blob ENABLE ALWAYS TRIGGER eventstore_blob_keep;
DROP FUNCTION eventstore_keep_blob_v1;

-- Carries out what a RangeReleased of the log says, with the owner's rights: the web role can
-- neither change events nor delete blobs. Only sealed parts of the event's own record go.
CREATE FUNCTION eventstore_release_v1(p_event_id uuid) RETURNS TABLE (events bigint, blobs bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    said jsonb;
    runs jsonb;
BEGIN
    SELECT convert_from(canonical, 'UTF8')::jsonb INTO said FROM eventstore_event
    WHERE event_id = p_event_id AND type = 'RangeReleased';
    runs := coalesce(said #> '{data,released,items}',
        (SELECT convert_from(data, 'UTF8')::jsonb FROM eventstore_blob
         WHERE digest = decode(said #>> '{data,released,blob}', 'hex')));
    INSERT INTO eventstore_released_run
    SELECT p_event_id, (run ->> 0)::bigint, (run ->> 1)::bigint,
           said #>> '{data,archive_sha256}', (said ->> 'recordedtime')::timestamptz
    FROM jsonb_array_elements(runs) AS run;
    INSERT INTO eventstore_released_blob (digest, position)
    WITH naming AS MATERIALIZED (
        SELECT p.position, substr(e.stream, strpos(e.stream, '-') + 1) AS owner,
               convert_from(e.canonical, 'UTF8') AS stored
        FROM eventstore_released_run AS r
        JOIN eventstore_position AS p ON p.position >= r.first AND p.position < r.until
        JOIN eventstore_event AS e USING (seq)
        WHERE r.event_id = p_event_id AND position('"blob":"'::bytea IN e.canonical) > 0
    )
    SELECT decode(box ->> 'blob', 'hex'), min(naming.position)
    FROM naming, jsonb_path_query(stored::jsonb, 'strict $.data.**') AS box
    WHERE jsonb_typeof(box) = 'object' AND box ? '$enc' AND jsonb_typeof(box -> 'blob') = 'string'
      AND box ->> 'kid' = 'interaction:' || owner
    GROUP BY 1
    ON CONFLICT DO NOTHING;
    DELETE FROM eventstore_blob AS b USING eventstore_released_blob AS d
    WHERE b.digest = d.digest AND d.position >= (said #>> '{data,first}')::bigint
      AND d.position < (said #>> '{data,end}')::bigint;
    GET DIAGNOSTICS blobs = ROW_COUNT;
    UPDATE eventstore_event AS e SET canonical = ''
    FROM eventstore_position AS p, eventstore_released_run AS r
    WHERE e.seq = p.seq AND e.canonical <> '' AND r.event_id = p_event_id
      AND p.position >= r.first AND p.position < r.until;
    GET DIAGNOSTICS events = ROW_COUNT;
    RETURN NEXT;
END
$$;

-- Puts bytes back where they were released; the trigger compares each with its leaf.
CREATE FUNCTION eventstore_put_back_v1(p_positions bigint[], p_canonical bytea[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    restored bigint;
BEGIN
    UPDATE eventstore_event AS e SET canonical = w.canonical
    FROM unnest(p_positions, p_canonical) AS w (position, canonical)
    JOIN eventstore_position AS p USING (position)
    WHERE e.seq = p.seq AND e.canonical = '';
    GET DIAGNOSTICS restored = ROW_COUNT;
    RETURN restored;
END
$$;
