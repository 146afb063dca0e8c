-- The parts of a search, each a step of one statement; `retrieval/statement.py` puts together
-- those that a request needs. One statement, one snapshot: answer and receipt cannot disagree.

-- part state
-- What the index stands for. What is marked live holds only while no version comes into force or
-- expires between the index's clock and the effective time asked for. The limit tells the planner
-- that it is one row; else it expects thousands, and spills what it joins to the disk.
state AS MATERIALIZED (
    SELECT p.position, s.generation,
           (s.settled_from IS NULL OR s.settled_from <= %(effective_at)s)
           AND (s.settled_until IS NULL OR %(effective_at)s < s.settled_until) AS settled
    FROM projections_progress AS p
    LEFT JOIN retrieval_state AS s ON true
    WHERE p.name = 'knowledge'
    LIMIT 1
)

-- part known_now
-- The versions that count now.
known AS MATERIALIZED (
    SELECT v.version_id, v.known_from, v.chunks, v.metadata
    FROM retrieval_validity AS v, state
    WHERE v.live AND state.settled
      AND (%(collections)s::text[] IS NULL OR v.collection = ANY(%(collections)s))
)

-- part known_then
-- The versions that counted at a position and an effective time.
known AS MATERIALIZED (
    SELECT v.version_id, v.known_from, v.chunks, v.metadata
    FROM retrieval_validity AS v, state
    WHERE {counts_then} AND v.version_id <> ALL(%(without)s::uuid[])
      AND (%(collections)s::text[] IS NULL OR v.collection = ANY(%(collections)s))
)

-- part scope
-- Of those, the versions whose metadata fit the filter.
scope AS MATERIALIZED (
    SELECT version_id, known_from, chunks
    FROM known
    WHERE %(filter)s::jsonb IS NULL OR metadata @> %(filter)s::jsonb
)

-- part size
-- Few passages, or a small part of the live ones, are compared one by one: the vector index would
-- miss some of them. If the filter leaves all, it is as if there were none.
size AS MATERIALIZED (
    SELECT fits.chunks,
           NOT %(exact)s AND fits.chunks > 0 AND (
               fits.chunks = live.chunks
               OR (fits.chunks >= %(few)s AND fits.chunks * 100 >= live.chunks * %(part_percent)s)
           ) AS many
    FROM (SELECT COALESCE(sum(chunks), 0) AS chunks FROM scope) AS fits,
         (SELECT COALESCE(sum(chunks), 0) AS chunks FROM retrieval_term_statistic
          WHERE generation = %(generation)s AND term = 0) AS live
)

-- part size_unfiltered
size AS MATERIALIZED (SELECT NOT %(exact)s AS many)

-- part size_then
-- As `size`, where only a part of the passages that counted then is in the vector index, which
-- holds what is live now: that part may be looked up if it is a large enough share of the index,
-- and the others are few enough to be compared. Words are compared one by one in any case.
standing AS MATERIALIZED (
    SELECT s.version_id, s.chunks,
           EXISTS (SELECT FROM retrieval_validity AS l
                   WHERE l.version_id = s.version_id AND l.live) AS live
    FROM scope AS s
), size AS MATERIALIZED (
    SELECT false AS many,
           fits.chunks >= %(few)s AND fits.chunks - fits.live < %(few)s
           AND fits.live * 100 >= live.chunks * %(part_percent)s AS indexed
    FROM (SELECT COALESCE(sum(chunks), 0) AS chunks,
                 COALESCE(sum(chunks) FILTER (WHERE live), 0) AS live FROM standing) AS fits,
         (SELECT COALESCE(sum(chunks), 0) AS chunks FROM retrieval_term_statistic
          WHERE generation = %(generation)s AND term = 0) AS live
)

-- part counted_now
-- How many live passages of the searched collections hold each term; term 0 counts them all.
counted AS MATERIALIZED (
    SELECT asked.term, asked.place, asked.times, COALESCE(sum(s.chunks), 0)::integer AS chunks
    FROM unnest(%(terms)s::integer[], %(times)s::integer[]) WITH ORDINALITY
         AS asked (term, times, place)
    LEFT JOIN retrieval_term_statistic AS s
        ON s.generation = %(generation)s AND s.term = asked.term
        AND (%(collections)s::text[] IS NULL OR s.collection = ANY(%(collections)s))
    GROUP BY asked.term, asked.place, asked.times
)

-- part counted_then
-- The same for the versions that counted then. Where they differ little from what is live, its
-- counts are corrected by the passages that differ (`changed`); else all are counted anew, and so
-- they are for a generation without counts, which was dropped. A passage holds a term where its
-- weight is not zero: a product of sparse vectors is many times faster than a search of its terms.
sought AS MATERIALIZED (
    SELECT term, place, times,
           CASE WHEN term <> 0 THEN ('{' || term || ':1}/1000000000')::sparsevec END AS alone
    FROM unnest(%(terms)s::integer[], %(times)s::integer[]) WITH ORDINALITY
         AS asked (term, times, place)
), changed AS MATERIALIZED (
    SELECT COALESCE(k.version_id, l.version_id) AS version_id,
           COALESCE(k.chunks, l.chunks) AS chunks,
           CASE WHEN l.version_id IS NULL THEN 1 ELSE -1 END AS more
    FROM known AS k
    FULL JOIN (
        SELECT v.version_id, v.chunks FROM retrieval_validity AS v
        WHERE v.live AND (%(collections)s::text[] IS NULL OR v.collection = ANY(%(collections)s))
    ) AS l ON l.version_id = k.version_id
    WHERE k.version_id IS NULL OR l.version_id IS NULL
), corrected AS MATERIALIZED (
    SELECT (SELECT COALESCE(sum(chunks), 0) FROM changed) < (SELECT sum(chunks) FROM known)
           AND EXISTS (SELECT FROM retrieval_term_statistic
                       WHERE generation = %(generation)s AND term = 0) AS enough
), told AS MATERIALIZED (
    SELECT version_id, more FROM changed WHERE (SELECT enough FROM corrected)
    UNION ALL
    SELECT version_id, 1 FROM known WHERE (SELECT enough FROM corrected) IS NOT TRUE
), holding AS MATERIALIZED (
    SELECT term, sum(chunks) AS chunks
    FROM (
        SELECT sought.term, t.more AS chunks
        FROM (SELECT t.weights, told.more
              FROM retrieval_terms{rows} AS t JOIN told ON told.version_id = t.version_id
              WHERE t.generation = %(generation)s OFFSET 0) AS t, sought
        WHERE sought.term = 0 OR t.weights <#> sought.alone <> 0
        UNION ALL
        SELECT s.term, s.chunks
        FROM retrieval_term_statistic AS s JOIN sought ON sought.term = s.term
        WHERE s.generation = %(generation)s AND (SELECT enough FROM corrected)
          AND (%(collections)s::text[] IS NULL OR s.collection = ANY(%(collections)s))
    ) AS counts
    GROUP BY term
), counted AS MATERIALIZED (
    SELECT sought.term, sought.place, sought.times,
           COALESCE(holding.chunks, 0)::integer AS chunks
    FROM sought LEFT JOIN holding USING (term)
)

-- part question
-- The query side of BM25, and which terms choose the candidates. Most selective terms first: as
-- long as no more than `cap` passages can hold any of them (`any_of`). Of the more common terms, a
-- passage must hold the first ones together (`all_of`), so many that, were they independent,
-- `cap` passages would; if even all of them are too common, the passages with the lowest ids.
weighed AS MATERIALIZED (
    SELECT term, chunks, total,
           times * ln(1 + (total - chunks + 0.5::float8) / (chunks + 0.5)) AS weight,
           sum(chunks) OVER (ORDER BY chunks, term) AS reached
    FROM (SELECT *, max(chunks) FILTER (WHERE term = 0) OVER () AS total FROM counted) AS c
    WHERE term <> 0 AND chunks > 0
), common AS MATERIALIZED (
    SELECT term, expected,
           lag(expected) OVER (ORDER BY chunks, term) AS expected_without
    FROM (
        SELECT term, chunks,
               exp(ln(total) + sum(ln(chunks::float8 / total)) OVER (ORDER BY chunks, term))
               AS expected
        FROM weighed
        WHERE %(cap)s > 0 AND (SELECT many FROM size) AND reached > %(cap)s
    ) AS c
), question AS MATERIALIZED (
    SELECT (SELECT ('{' || string_agg(term || ':' || weight, ',' ORDER BY term)
                    || '}/1000000000')::sparsevec FROM weighed) AS weights,
           (SELECT array_agg(term) FROM weighed
            WHERE reached <= %(cap)s OR NOT (SELECT many FROM size)) AS any_of,
           (SELECT array_agg(term) FROM common
            WHERE expected_without IS NULL OR expected_without > %(cap)s) AS all_of,
           (SELECT (lpad(to_hex(floor(least(1, %(cap)s / min(expected)) * 4294967295)::bigint),
                         8, '0') || repeat('f', 24))::uuid
            FROM common
            WHERE expected_without IS NULL OR expected_without > %(cap)s) AS up_to
)

-- part matching_now
-- The best of the live candidates by their words.
matching AS MATERIALIZED (
    SELECT t.chunk_id, t.version_id, -(t.weights <#> question.weights) AS relevance
    FROM retrieval_terms{rows} AS t, question
    WHERE t.generation = %(generation)s AND t.live AND (SELECT settled FROM state) {within}
      AND (t.terms && question.any_of
           OR (t.terms @> question.all_of AND t.chunk_id <= question.up_to))
    ORDER BY (-(t.weights <#> question.weights) * 1000000)::bigint DESC, t.chunk_id
    LIMIT %(depth)s
)

-- part matching_then
-- The best by their words of the passages that counted then. Here and below, `OFFSET 0` has each
-- product made once a passage, and only for passages of the scope.
matching AS MATERIALIZED (
    SELECT chunk_id, version_id, relevance
    FROM (
        SELECT t.chunk_id, t.version_id,
               -(t.weights <#> (SELECT weights FROM question)) AS relevance
        FROM retrieval_terms{rows} AS t
        JOIN scope ON scope.version_id = t.version_id
        WHERE t.generation = %(generation)s
        OFFSET 0
    ) AS weighed
    WHERE relevance > 0
    ORDER BY (relevance * 1000000)::bigint DESC, chunk_id
    LIMIT %(depth)s
)

-- part asked
asked AS MATERIALIZED (SELECT %(vector)s::vector AS vector)

-- part nearest_indexed
-- The nearest live passages by the vector index.
nearest AS MATERIALIZED (
    SELECT n.chunk_id, n.version_id, n.similarity
    FROM state, retrieval_nearest_v1(
        %(generation)s, %(dimensions)s, (SELECT vector FROM asked), %(depth)s, NULL, NULL) AS n
    WHERE state.settled
)

-- part nearest_compared
-- The nearest passages of the scope, each compared.
nearest AS MATERIALIZED (
    SELECT chunk_id, version_id, similarity
    FROM (
        SELECT v.chunk_id, v.version_id,
               -(v.embedding <#> (SELECT vector FROM asked)) AS similarity
        FROM retrieval_vector{rows} AS v
        JOIN scope ON scope.version_id = v.version_id
        WHERE v.generation = %(generation)s
        OFFSET 0
    ) AS compared
    ORDER BY (similarity * 1000000)::bigint DESC, chunk_id
    LIMIT %(depth)s
)

-- part nearest_either
-- The nearest passages of the scope: by the vector index if they are many, else each compared.
nearest AS MATERIALIZED (
    SELECT n.chunk_id, n.version_id, n.similarity
    FROM retrieval_nearest_v1(
        %(generation)s, %(dimensions)s, (SELECT vector FROM asked), %(depth)s,
        %(collections)s, {versions}) AS n
    WHERE (SELECT many FROM size)
    UNION ALL
    (SELECT chunk_id, version_id, similarity
     FROM (SELECT v.chunk_id, v.version_id,
                  -(v.embedding <#> (SELECT vector FROM asked)) AS similarity
           FROM retrieval_vector{rows} AS v
           JOIN scope ON scope.version_id = v.version_id
           WHERE v.generation = %(generation)s AND NOT (SELECT many FROM size)
           OFFSET 0) AS compared
     ORDER BY (similarity * 1000000)::bigint DESC, chunk_id
     LIMIT %(depth)s)
)

-- part nearest_then
-- The nearest passages that counted then: those that are live still by the vector index if they
-- are many, the others each compared.
nearest AS MATERIALIZED (
    SELECT chunk_id, version_id, similarity FROM (
        SELECT n.chunk_id, n.version_id, n.similarity
        FROM retrieval_nearest_v1(
            %(generation)s, %(dimensions)s, (SELECT vector FROM asked), %(depth)s,
            %(collections)s, (SELECT array_agg(version_id) FROM standing WHERE live)) AS n
        WHERE (SELECT indexed FROM size)
        UNION ALL
        (SELECT chunk_id, version_id, similarity
         FROM (SELECT v.chunk_id, v.version_id,
                      -(v.embedding <#> (SELECT vector FROM asked)) AS similarity
               FROM retrieval_vector{rows} AS v
               JOIN standing ON standing.version_id = v.version_id
               WHERE v.generation = %(generation)s
                 AND NOT (standing.live AND (SELECT indexed FROM size))
               OFFSET 0) AS compared
         ORDER BY (similarity * 1000000)::bigint DESC, chunk_id
         LIMIT %(depth)s)
    ) AS found
    ORDER BY (similarity * 1000000)::bigint DESC, chunk_id
    LIMIT %(depth)s
)

-- part fused_vector
fused AS (
    SELECT chunk_id, version_id, similarity, NULL::float8 AS relevance, similarity AS score
    FROM nearest
)

-- part fused_text
fused AS (
    SELECT chunk_id, version_id, NULL::float8 AS similarity, relevance, relevance AS score
    FROM matching
)

-- part fused_hybrid
-- Both scores of every candidate of either side, each spread over 0 to 1, and their weighted sum.
-- A score that a side did not bring is looked up by the passage's id.
both_scores AS MATERIALIZED (
    SELECT chunk_id, version_id,
           COALESCE(n.similarity, (
               SELECT -(v.embedding <#> (SELECT vector FROM asked)) FROM retrieval_vector{rows} AS v
               WHERE v.generation = %(generation)s AND v.chunk_id = m.chunk_id)) AS similarity,
           COALESCE(m.relevance, (
               SELECT -(t.weights <#> (SELECT weights FROM question)) FROM retrieval_terms{rows} AS t
               WHERE t.generation = %(generation)s AND t.chunk_id = n.chunk_id), 0) AS relevance
    FROM nearest AS n
    FULL JOIN matching AS m USING (chunk_id, version_id)
), fused AS (
    SELECT chunk_id, version_id, similarity, relevance,
           (1 - %(lexical_share)s) * CASE WHEN s.widest = s.least THEN 1
               ELSE (similarity - s.least) / (s.widest - s.least) END
           + %(lexical_share)s * CASE WHEN r.widest = r.least THEN sign(r.widest)
               ELSE (relevance - r.least) / (r.widest - r.least) END AS score
    FROM both_scores,
         (SELECT max(similarity) AS widest, min(similarity) AS least FROM both_scores) AS s,
         (SELECT max(relevance) AS widest, min(relevance) AS least FROM both_scores) AS r
)

-- part fused_hybrid_deep
-- As `fused_hybrid` for every passage that counted, spread by the scores of the same candidates.
-- What has no word of the question is not relevant at all.
both_scores AS MATERIALIZED (
    SELECT chunk_id, version_id, similarity, COALESCE(m.relevance, 0) AS relevance,
           n.place <= %(candidates)s OR COALESCE(m.place <= %(candidates)s, false) AS candidate
    FROM (SELECT *, row_number() OVER (
              ORDER BY (similarity * 1000000)::bigint DESC, chunk_id) AS place FROM nearest) AS n
    LEFT JOIN (SELECT *, row_number() OVER (
              ORDER BY (relevance * 1000000)::bigint DESC, chunk_id) AS place FROM matching) AS m
        USING (chunk_id, version_id)
), fused AS (
    SELECT chunk_id, version_id, similarity, relevance, candidate,
           (1 - %(lexical_share)s) * CASE WHEN s.widest = s.least THEN 1
               ELSE (similarity - s.least) / (s.widest - s.least) END
           + %(lexical_share)s * CASE WHEN r.widest = r.least THEN sign(r.widest)
               ELSE (relevance - r.least) / (r.widest - r.least) END AS score
    FROM both_scores,
         (SELECT max(similarity) AS widest, min(similarity) AS least
          FROM both_scores WHERE candidate) AS s,
         (SELECT max(relevance) AS widest, min(relevance) AS least
          FROM both_scores WHERE candidate) AS r
)

-- part ranked
-- Scores are compared in millionths, as they are recorded; ties break by chunk id.
ranked AS MATERIALIZED (
    SELECT chunk_id, version_id, (score * 1000000)::bigint AS score,
           (similarity * 1000000)::bigint AS similarity,
           (relevance * 1000000)::bigint AS relevance,
           row_number() OVER (ORDER BY {first}(score * 1000000)::bigint DESC, chunk_id) AS rank
    FROM fused
    ORDER BY rank
    LIMIT %(recorded)s
)

-- part answer_of_document
SELECT r.rank, (SELECT count(*) FROM ranked), r.chunk_id::text, r.version_id::text, r.score
FROM ranked AS r
JOIN scope AS s ON s.version_id = r.version_id
JOIN retrieval_validity AS v ON (v.version_id, v.known_from) = (s.version_id, s.known_from)
WHERE v.document_id = %(document)s
ORDER BY r.rank
LIMIT 1

-- part answer
SELECT state.position, state.generation, state.settled, (SELECT {indexed} FROM size) AS indexed,
       {frequencies} AS frequencies, found.*
FROM state
LEFT JOIN (
    SELECT r.rank, r.chunk_id::text, r.version_id::text, v.document_id::text, v.version_number,
           p.char_start, p.char_end, p.page, r.score, r.similarity, r.relevance,
           CASE WHEN r.rank <= %(top_k)s THEN jsonb_build_array(
               p.text, n.external_id, v.title, v.source_uri, n.content_sha256, v.metadata, p.reading
           )::text END AS source
    FROM ranked AS r
    JOIN {validity}
    JOIN retrieval_passage AS p ON p.chunk_id = r.chunk_id
    JOIN ingestion_version AS n ON n.version_id = r.version_id
) AS found ON true
ORDER BY found.rank
