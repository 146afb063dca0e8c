DROP FUNCTION eventstore_release_v2;
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
        SELECT p.position, split_part(e.stream, '-', 1) AS category,
               substr(e.stream, strpos(e.stream, '-') + 1) AS owner,
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
    DELETE FROM eventstore_blob AS b USING eventstore_released_blob AS d, eventstore_released_run AS r
    WHERE b.digest = d.digest AND r.event_id = p_event_id
      AND d.position >= r.first AND d.position < r.until;
    GET DIAGNOSTICS blobs = ROW_COUNT;
    UPDATE eventstore_event AS e SET canonical = ''
    FROM eventstore_position AS p, eventstore_released_run AS r
    WHERE e.seq = p.seq AND e.canonical <> '' AND r.event_id = p_event_id
      AND p.position >= r.first AND p.position < r.until;
    GET DIAGNOSTICS events = ROW_COUNT;
    RETURN NEXT;
END
$$;
CREATE OR REPLACE FUNCTION eventstore_is_released_v1(p_position bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM eventstore_released_run
                   WHERE first <= p_position AND until > p_position)
$$;
DROP INDEX eventstore_released_run_range;
