-- Appends all of the events, or none: only where the head of every stream is as expected and every
-- id is new. Columns come as JSON, where the first event of each stream names the head that it
-- expects; the canonical bytes of all events as one string of bytes, of which each event names its
-- part, so that nobody escapes them and parses them again. Rows go in as they are listed.
WITH new AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%(events)s::json) AS e (
        event_id uuid, stream text, stream_version integer, type text, correlation_id uuid,
        causation_id uuid, recorded_at timestamptz, start integer, length integer, head integer
    )
)
INSERT INTO eventstore_event (
    event_id, stream, stream_version, type, correlation_id, causation_id, recorded_at, canonical
)
SELECT event_id, stream, stream_version, type, correlation_id, causation_id, recorded_at,
       substring(%(canonical)b::bytea FROM start FOR length)
FROM new
WHERE NOT EXISTS (
    SELECT FROM new WHERE head IS NOT NULL AND head <> COALESCE(
        (SELECT e.stream_version FROM eventstore_event AS e
         WHERE e.stream = new.stream ORDER BY e.stream_version DESC LIMIT 1), 0)
) AND (
    -- Ordered and limited, because a plan made while the log was short would else scan it whole.
    SELECT event_id FROM eventstore_event
    WHERE event_id = ANY(ARRAY(SELECT event_id FROM new)) ORDER BY event_id LIMIT 1
) IS NULL
