-- What search reads. Vectors and terms are partitioned by generation: one is dropped whole.

CREATE EXTENSION IF NOT EXISTS vector;
-- Loads the library, so that its settings are known to the function below.
SELECT '[1]'::vector;

CREATE TABLE retrieval_generation (
    generation integer PRIMARY KEY,
    embedding_model text NOT NULL,
    model_digest text NOT NULL,
    dimensions integer NOT NULL,
    configuration jsonb NOT NULL,
    started_position bigint NOT NULL,
    activated_position bigint
);

CREATE TABLE retrieval_state (
    id smallint PRIMARY KEY CONSTRAINT retrieval_one_state CHECK (id = 1),
    generation integer,
    clock timestamptz,
    settled_from timestamptz,
    settled_until timestamptz
);

CREATE TABLE retrieval_validity (
    version_id uuid NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint,
    effective_from timestamptz,
    effective_to timestamptz,
    live boolean NOT NULL,
    document_id uuid NOT NULL,
    version_number integer NOT NULL,
    collection text NOT NULL,
    chunks integer NOT NULL,
    title text,
    source_uri text,
    metadata jsonb NOT NULL,
    PRIMARY KEY (version_id, known_from)
);
CREATE INDEX retrieval_validity_document ON retrieval_validity (document_id);
CREATE INDEX retrieval_validity_live ON retrieval_validity (collection) WHERE live;
CREATE INDEX retrieval_validity_begins ON retrieval_validity (effective_from)
    WHERE known_to IS NULL AND effective_from IS NOT NULL;
CREATE INDEX retrieval_validity_ends ON retrieval_validity (effective_to)
    WHERE known_to IS NULL AND effective_to IS NOT NULL;
CREATE INDEX retrieval_validity_metadata ON retrieval_validity
    USING gin (metadata jsonb_path_ops);

CREATE TABLE retrieval_embedded_version (
    version_id uuid NOT NULL,
    model_digest text NOT NULL,
    PRIMARY KEY (version_id, model_digest)
);
CREATE INDEX retrieval_embedded_model ON retrieval_embedded_version (model_digest);

-- The words of a passage beside its place: a long text is slow to cut.
CREATE TABLE retrieval_passage (
    chunk_id uuid PRIMARY KEY,
    version_id uuid NOT NULL,
    char_start integer NOT NULL,
    char_end integer NOT NULL,
    page integer,
    text text NOT NULL
);
CREATE INDEX retrieval_passage_version ON retrieval_passage (version_id);

CREATE TABLE retrieval_withdrawal (
    document_id uuid NOT NULL,
    position bigint NOT NULL,
    effective_from timestamptz,
    PRIMARY KEY (document_id, position)
);

CREATE TABLE retrieval_vector (
    generation integer NOT NULL,
    chunk_id uuid NOT NULL,
    version_id uuid NOT NULL,
    collection text NOT NULL,
    live boolean NOT NULL,
    -- Never compressed nor moved aside: an exact scan reads every one.
    embedding vector STORAGE PLAIN NOT NULL,
    PRIMARY KEY (generation, chunk_id)
) PARTITION BY LIST (generation);
CREATE INDEX retrieval_vector_version ON retrieval_vector (version_id);

CREATE TABLE retrieval_terms (
    generation integer NOT NULL,
    chunk_id uuid NOT NULL,
    version_id uuid NOT NULL,
    collection text NOT NULL,
    live boolean NOT NULL,
    terms integer[] NOT NULL,
    weights sparsevec NOT NULL,
    PRIMARY KEY (generation, chunk_id)
) PARTITION BY LIST (generation);
CREATE INDEX retrieval_terms_version ON retrieval_terms (version_id);
-- Not deferred: a pending list would be searched from end to end by every query.
CREATE INDEX retrieval_terms_live ON retrieval_terms USING gin (terms)
    WITH (fastupdate = off) WHERE live;

CREATE TABLE retrieval_term_statistic (
    generation integer NOT NULL,
    term integer NOT NULL,
    collection text NOT NULL,
    chunks integer NOT NULL,
    PRIMARY KEY (generation, term, collection)
);

-- Makes the partitions of a generation and its vector index. It runs with the owner's rights,
-- since the web role may not make tables; made once, it stays as it is.
CREATE FUNCTION retrieval_make_generation_v1(p_generation integer, p_dimensions integer)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF p_generation NOT BETWEEN 1 AND 999999 OR p_dimensions NOT BETWEEN 1 AND 4000 THEN
        RAISE EXCEPTION 'no index can be made for generation % with % dimensions',
            p_generation, p_dimensions USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM pg_advisory_xact_lock(1918985067, p_generation);
    IF to_regclass(format('public.retrieval_vector_g%s', p_generation)) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format(
        'CREATE TABLE retrieval_vector_g%1$s (LIKE retrieval_vector INCLUDING ALL,'
        ' CHECK (vector_dims(embedding) = %2$s))', p_generation, p_dimensions);
    EXECUTE format(
        'CREATE INDEX retrieval_vector_g%1$s_nearest ON retrieval_vector_g%1$s'
        ' USING hnsw ((embedding::halfvec(%2$s)) halfvec_ip_ops)'
        ' WITH (m = 16, ef_construction = 64) WHERE live', p_generation, p_dimensions);
    EXECUTE format(
        'ALTER TABLE retrieval_vector ATTACH PARTITION retrieval_vector_g%1$s'
        ' FOR VALUES IN (%1$s)', p_generation);
    EXECUTE format(
        'CREATE TABLE retrieval_terms_g%1$s (LIKE retrieval_terms INCLUDING ALL)', p_generation);
    EXECUTE format(
        'ALTER TABLE retrieval_terms ATTACH PARTITION retrieval_terms_g%1$s'
        ' FOR VALUES IN (%1$s)', p_generation);
END
$$;

-- The live passages nearest to a vector, by the HNSW index and by nothing else, so that a receipt
-- that says so is true. The index holds half precision; the score is of the whole vectors.
-- Null collections mean all; null versions mean any.
CREATE FUNCTION retrieval_nearest_v1(
    p_generation integer, p_dimensions integer, p_query vector, p_limit integer,
    p_collections text[], p_versions uuid[]
)
RETURNS TABLE (chunk_id uuid, version_id uuid, similarity double precision)
LANGUAGE plpgsql STABLE ROWS 100
SET enable_seqscan = off SET enable_sort = off SET enable_bitmapscan = off
SET hnsw.ef_search = 100 SET hnsw.iterative_scan = 'relaxed_order' AS $$
BEGIN
    RETURN QUERY EXECUTE format(
        'SELECT n.chunk_id, n.version_id, -(n.embedding <#> $1) FROM ('
        '  SELECT v.chunk_id, v.version_id, v.embedding FROM retrieval_vector AS v'
        '  WHERE v.generation = %1$s AND v.live%3$s%4$s'
        '  ORDER BY v.embedding::halfvec(%2$s) <#> $1::halfvec(%2$s) LIMIT $2'
        ') AS n',
        p_generation, p_dimensions,
        CASE WHEN p_collections IS NULL THEN '' ELSE ' AND v.collection = ANY($3)' END,
        CASE WHEN p_versions IS NULL THEN '' ELSE ' AND v.version_id = ANY($4)' END
    ) USING p_query, p_limit, p_collections, p_versions;
END
$$;
