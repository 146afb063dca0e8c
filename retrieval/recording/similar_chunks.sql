-- Documents of live chunks that share the rarest terms of the probes. A probe is a list of terms.
WITH active AS (SELECT generation FROM retrieval_state),
probe AS (
    SELECT p.number, array(
        SELECT t.term::integer
        FROM jsonb_array_elements_text(p.terms) AS t (term)
        JOIN retrieval_term_statistic AS s
            ON s.term = t.term::integer AND s.generation = (SELECT generation FROM active)
        GROUP BY t.term
        ORDER BY sum(s.chunks), t.term
        LIMIT %(terms)s
    ) AS terms
    FROM jsonb_array_elements(%(probes)s::jsonb) WITH ORDINALITY AS p (terms, number)
)
SELECT DISTINCT v.document_id
FROM probe
CROSS JOIN LATERAL (
    SELECT c.version_id
    FROM retrieval_terms AS c
    WHERE c.generation = (SELECT generation FROM active) AND c.live AND c.terms && probe.terms
    ORDER BY cardinality(array(
        SELECT unnest(c.terms) INTERSECT SELECT unnest(probe.terms)
    )) DESC, c.chunk_id
    LIMIT %(chunks)s
) AS near
JOIN ingestion_version AS v USING (version_id)
ORDER BY v.document_id
