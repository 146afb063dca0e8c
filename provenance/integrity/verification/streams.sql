-- Events that do not follow, in place and number, the one before them in their stream.
SELECT position, 'does not follow the event before it in its stream ' || stream
FROM (
    SELECT p.position, e.stream, e.stream_version,
           lag(e.stream_version, 1, 0) OVER w AS version_before,
           lag(p.position, 1, -1::bigint) OVER w AS position_before
    FROM eventstore_position AS p
    JOIN eventstore_event AS e USING (seq)
    WHERE p.position < %(size)s
    WINDOW w AS (PARTITION BY e.stream COLLATE "C" ORDER BY e.stream_version)
) AS followed
WHERE stream_version <> version_before + 1 OR position <= position_before
ORDER BY position
LIMIT %(limit)s
