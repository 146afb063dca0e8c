-- Appends all of the events, or none: only where the head of every stream is as expected and every
-- id is new. Columns come as JSON; the canonical bytes of all events as one string of bytes, of
-- which each event names its part, so that nobody escapes them and parses them again. Rows go in as
-- they are listed.
INSERT INTO eventstore_event (
    event_id, stream, stream_version, type, correlation_id, causation_id, recorded_at, canonical
)
SELECT event_id, stream, stream_version, type, correlation_id, causation_id, %(recorded_at)s,
       substring(%(canonical)b::bytea FROM start FOR length)
FROM jsonb_to_recordset(%(events)s::jsonb) AS e (
    event_id uuid, stream text, stream_version integer, type text,
    correlation_id uuid, causation_id uuid, start integer, length integer
)
WHERE NOT EXISTS (
    SELECT FROM jsonb_to_recordset(%(heads)s::jsonb) AS expected (stream text, head integer)
    WHERE head <> COALESCE(
        (SELECT e.stream_version FROM eventstore_event AS e
         WHERE e.stream = expected.stream ORDER BY e.stream_version DESC LIMIT 1), 0)
) AND (
    -- Ordered and limited, because a plan made while the log was short would else scan it whole.
    SELECT event_id FROM eventstore_event
    WHERE event_id = ANY(%(ids)s::uuid[]) ORDER BY event_id LIMIT 1
) IS NULL
