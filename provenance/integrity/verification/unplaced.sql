-- Committed events that the sequencer has passed without giving them a position.
SELECT e.seq
FROM eventstore_event AS e, integrity_tree AS t
WHERE e.seq <= t.highest_seq
  AND NOT EXISTS (SELECT FROM eventstore_position AS p WHERE p.seq = e.seq)
