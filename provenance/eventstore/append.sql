-- Appends all events of one JSON parameter, or none: only where every stream's
-- head is as expected and every id is new.
WITH input AS MATERIALIZED (
    SELECT *
    FROM jsonb_to_recordset(%s::jsonb) AS e (
        event_id uuid, stream text, stream_version integer, type text,
        correlation_id uuid, causation_id uuid, recorded_at timestamptz, canonical text
    )
), moved AS (
    SELECT i.stream
    FROM (SELECT stream, min(stream_version) - 1 AS head FROM input GROUP BY stream) AS i
    WHERE i.head <> COALESCE(
        (SELECT e.stream_version FROM eventstore_event AS e
         WHERE e.stream = i.stream ORDER BY e.stream_version DESC LIMIT 1), 0)
)
INSERT INTO eventstore_event (
    event_id, stream, stream_version, type, correlation_id, causation_id, recorded_at, canonical
)
SELECT event_id, stream, stream_version, type, correlation_id, causation_id, recorded_at,
       convert_to(canonical, 'UTF8')
FROM input
WHERE NOT EXISTS (SELECT FROM moved)
  AND NOT EXISTS (SELECT FROM eventstore_event AS e JOIN input AS i USING (event_id))
ORDER BY stream, stream_version
