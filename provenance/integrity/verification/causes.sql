-- Events that stand before their cause, or whose cause is not in the log.
SELECT p.position, CASE WHEN c.event_id IS NULL THEN 'its cause is not in the log'
                        ELSE 'it stands before its cause' END
FROM eventstore_event AS e
JOIN eventstore_position AS p USING (seq)
LEFT JOIN eventstore_event AS c ON c.event_id = e.causation_id
LEFT JOIN eventstore_position AS q ON q.seq = c.seq
WHERE e.causation_id IS NOT NULL AND p.position < %(size)s
  AND (q.position IS NULL OR q.position >= p.position)
ORDER BY p.position
LIMIT %(limit)s
