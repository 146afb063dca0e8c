-- Positions given earlier than the one before, and events whose recorded time does not fit between
-- the checkpoint before their position and the moment when they got it.
SELECT position, CASE
           WHEN positioned_at < before THEN 'it got its position before its predecessor did'
           WHEN recorded_at > positioned_at + %(skew)s THEN
               'it says that it was recorded after it had its position'
           ELSE 'it says that it was recorded before a checkpoint that does not hold it'
       END
FROM (
    SELECT p.position, p.positioned_at, e.recorded_at,
           lag(p.positioned_at) OVER (ORDER BY p.position) AS before,
           (SELECT c.sealed_at FROM integrity_checkpoint AS c WHERE c.size <= p.position
            ORDER BY c.size DESC, c.sealed_at DESC LIMIT 1) AS sealed
    FROM eventstore_position AS p
    JOIN eventstore_event AS e USING (seq)
    WHERE p.position >= %(start)s AND p.position < %(end)s
) AS timed
WHERE positioned_at < before
   OR recorded_at > positioned_at + %(skew)s
   OR recorded_at < sealed - %(delay)s
ORDER BY position
LIMIT %(limit)s
