-- One row for each block of positions: what its leaves hash in one piece, their stored hashes, and
-- the columns beside the bytes. OFFSET 0 keeps the order of the rows for the aggregates. Bytes
-- longer than an event may be are left out, so that no piece outgrows the memory.
COPY (
    SELECT block.first, gathered.*
    FROM generate_series(%(start)s::bigint, %(end)s - 1, %(block)s) AS block (first), LATERAL (
        SELECT {columns}
        FROM (
            SELECT e.*, p.leaf_hash, p.positioned_at
            FROM eventstore_position AS p LEFT JOIN eventstore_event AS e USING (seq)
            WHERE p.position >= block.first AND p.position < least(block.first + %(block)s, %(end)s)
            ORDER BY p.position
            OFFSET 0
        ) AS one
    ) AS gathered
) TO STDOUT (FORMAT BINARY)
