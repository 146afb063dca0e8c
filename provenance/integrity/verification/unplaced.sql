-- Committed events that the sequencer has passed without giving them a position. They are looked
-- for only if there are more events than positions: that each position has its event, and that the
-- positions are as many as the tree says, is checked elsewhere.
SELECT e.seq
FROM eventstore_event AS e, integrity_tree AS t
WHERE (SELECT count(*) FROM eventstore_event
       WHERE seq <= (SELECT highest_seq FROM integrity_tree))
      <> (SELECT size FROM integrity_tree)
  AND e.seq <= t.highest_seq
  AND NOT EXISTS (SELECT FROM eventstore_position AS p WHERE p.seq = e.seq)
