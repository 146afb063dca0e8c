-- More than one index generation: how each stands, the rows of one that is being loaded, and which
-- versions have yet to be embedded for one.

ALTER TABLE retrieval_generation
    ADD COLUMN state text NOT NULL DEFAULT 'building',
    ADD COLUMN paused boolean NOT NULL DEFAULT false,
    ADD COLUMN activate_when_verified boolean NOT NULL DEFAULT false,
    ADD COLUMN activation_requested_by text NOT NULL DEFAULT '',
    ADD COLUMN built_position bigint,
    ADD COLUMN verified_position bigint,
    ADD COLUMN versions integer,
    ADD COLUMN chunks integer,
    ADD COLUMN root text NOT NULL DEFAULT '',
    ADD COLUMN problem text NOT NULL DEFAULT '';
UPDATE retrieval_generation AS g SET state = 'active'
    FROM retrieval_state AS s WHERE s.generation = g.generation;
ALTER TABLE retrieval_generation
    ALTER COLUMN state DROP DEFAULT, ALTER COLUMN paused DROP DEFAULT,
    ALTER COLUMN activate_when_verified DROP DEFAULT,
    ALTER COLUMN activation_requested_by DROP DEFAULT,
    ALTER COLUMN root DROP DEFAULT, ALTER COLUMN problem DROP DEFAULT;

-- The rows of a generation while it is loaded: no search and no fold sees them, so that indexes
-- can be made over them without holding anybody up. Then its tables move over as they are.
CREATE TABLE retrieval_loading_vector (LIKE retrieval_vector INCLUDING STORAGE)
    PARTITION BY LIST (generation);
CREATE TABLE retrieval_loading_terms (LIKE retrieval_terms INCLUDING STORAGE)
    PARTITION BY LIST (generation);
CREATE TABLE retrieval_loading_statistic (
    generation integer NOT NULL,
    term integer NOT NULL,
    collection text NOT NULL,
    chunks integer NOT NULL,
    PRIMARY KEY (generation, term, collection)
);
CREATE TABLE retrieval_loading_progress (
    generation integer PRIMARY KEY,
    phase text NOT NULL,
    done bigint NOT NULL,
    total bigint NOT NULL,
    updated_at timestamptz NOT NULL,
    since_at timestamptz NOT NULL,
    since_done bigint NOT NULL,
    next_at timestamptz NOT NULL,
    next_done bigint NOT NULL
);

-- Which versions have yet to be embedded under the model of which generation.
CREATE TABLE retrieval_indexed_version (
    version_id uuid PRIMARY KEY,
    document_id uuid NOT NULL,
    processed_event_id uuid NOT NULL,
    position bigint NOT NULL
);
CREATE INDEX retrieval_indexed_document ON retrieval_indexed_version (document_id);
CREATE TABLE retrieval_embedded_under (
    version_id uuid NOT NULL,
    model_digest text NOT NULL,
    PRIMARY KEY (version_id, model_digest)
);
CREATE TABLE retrieval_owed_embedding (
    subject_id uuid PRIMARY KEY,
    version_id uuid NOT NULL,
    model_digest text NOT NULL
);
CREATE INDEX retrieval_owed_model ON retrieval_owed_embedding (model_digest, version_id);
CREATE TABLE retrieval_wanting_generation (
    generation integer PRIMARY KEY,
    embedding_model text NOT NULL,
    model_digest text NOT NULL,
    building boolean NOT NULL,
    paused boolean NOT NULL,
    activated boolean NOT NULL
);

-- Makes the tables of a generation, among those that are loaded or at once among those that are
-- searched. It runs with the owner's rights, like all below; made once, they stay as they are.
CREATE FUNCTION retrieval_make_generation_v2(
    p_generation integer, p_dimensions integer, p_loading boolean
)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    side text;
    kept text;
BEGIN
    IF NOT p_loading THEN
        PERFORM retrieval_make_generation_v1(p_generation, p_dimensions);
        RETURN;
    END IF;
    IF p_generation NOT BETWEEN 1 AND 999999 OR p_dimensions NOT BETWEEN 1 AND 4000 THEN
        RAISE EXCEPTION 'no index can be made for generation % with % dimensions',
            p_generation, p_dimensions USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM pg_advisory_xact_lock(1918985067, p_generation);
    IF to_regclass(format('public.retrieval_vector_g%s', p_generation)) IS NOT NULL THEN
        RETURN;
    END IF;
    FOREACH side IN ARRAY ARRAY['vector', 'terms'] LOOP
        kept := CASE side WHEN 'vector'
            THEN format(', CHECK (vector_dims(embedding) = %s)', p_dimensions) ELSE '' END;
        -- The check on the generation spares a scan when the table moves over.
        EXECUTE format(
            'CREATE TABLE retrieval_%1$s_g%2$s (LIKE retrieval_%1$s INCLUDING STORAGE,'
            ' CHECK (generation = %2$s)%3$s)', side, p_generation, kept);
        EXECUTE format(
            'CREATE INDEX retrieval_%1$s_g%2$s_version ON retrieval_%1$s_g%2$s (version_id)',
            side, p_generation);
        EXECUTE format(
            'ALTER TABLE retrieval_loading_%1$s ATTACH PARTITION retrieval_%1$s_g%2$s'
            ' FOR VALUES IN (%2$s)', side, p_generation);
    END LOOP;
END
$$;

-- Makes one of the indexes over the rows of a generation, unless it is there: 'keys', 'words' or
-- 'vectors'. Rows that come later are added one by one.
CREATE FUNCTION retrieval_index_generation_v1(p_generation integer, p_step text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    dimensions integer;
    side text;
BEGIN
    PERFORM pg_advisory_xact_lock(1918985067, p_generation);
    SELECT g.dimensions INTO STRICT dimensions FROM public.retrieval_generation AS g
        WHERE g.generation = p_generation;
    IF p_step = 'keys' THEN
        FOREACH side IN ARRAY ARRAY['vector', 'terms'] LOOP
            IF NOT EXISTS (
                SELECT FROM pg_constraint WHERE contype = 'p'
                AND conrelid = format('public.retrieval_%s_g%s', side, p_generation)::regclass)
            THEN
                EXECUTE format(
                    'ALTER TABLE retrieval_%s_g%s ADD PRIMARY KEY (generation, chunk_id)',
                    side, p_generation);
            END IF;
        END LOOP;
    ELSIF p_step = 'words' THEN
        EXECUTE format(
            'CREATE INDEX IF NOT EXISTS retrieval_terms_g%1$s_live ON retrieval_terms_g%1$s'
            ' USING gin (terms) WITH (fastupdate = off) WHERE live', p_generation);
    ELSIF p_step = 'vectors' THEN
        EXECUTE format(
            'CREATE INDEX IF NOT EXISTS retrieval_vector_g%1$s_nearest ON retrieval_vector_g%1$s'
            ' USING hnsw ((embedding::halfvec(%2$s)) halfvec_ip_ops)'
            ' WITH (m = 16, ef_construction = 64) WHERE live', p_generation, dimensions);
        EXECUTE format('ANALYZE retrieval_vector_g%1$s, retrieval_terms_g%1$s', p_generation);
    ELSE
        RAISE EXCEPTION 'no index is called %', p_step USING ERRCODE = 'invalid_parameter_value';
    END IF;
END
$$;

-- Moves the tables of a loaded generation to those that are searched; false if they are there
-- already, or while rows are folded into temporary tables beside the live ones.
CREATE FUNCTION retrieval_adopt_generation_v1(p_generation integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    side text;
BEGIN
    IF to_regclass('pg_temp.retrieval_vector') IS NOT NULL OR NOT EXISTS (
        SELECT FROM pg_inherits WHERE inhparent = 'public.retrieval_loading_vector'::regclass
        AND inhrelid = to_regclass(format('public.retrieval_vector_g%s', p_generation)))
    THEN
        RETURN false;
    END IF;
    FOREACH side IN ARRAY ARRAY['vector', 'terms'] LOOP
        EXECUTE format(
            'ALTER TABLE retrieval_loading_%1$s DETACH PARTITION retrieval_%1$s_g%2$s',
            side, p_generation);
        EXECUTE format(
            'ALTER TABLE retrieval_%1$s ATTACH PARTITION retrieval_%1$s_g%2$s'
            ' FOR VALUES IN (%2$s)', side, p_generation);
    END LOOP;
    RETURN true;
END
$$;

-- Empties the tables of a generation that has ended, whole.
CREATE FUNCTION retrieval_empty_generation_v1(p_generation integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF to_regclass('pg_temp.retrieval_vector') IS NOT NULL
        OR to_regclass(format('public.retrieval_vector_g%s', p_generation)) IS NULL
    THEN
        RETURN;
    END IF;
    PERFORM FROM public.retrieval_generation
        WHERE generation = p_generation AND state IN ('cancelled', 'failed', 'dropped');
    IF NOT FOUND THEN
        RAISE EXCEPTION 'generation % has not ended', p_generation
            USING ERRCODE = 'restrict_violation';
    END IF;
    EXECUTE format(
        'TRUNCATE retrieval_vector_g%1$s, retrieval_terms_g%1$s', p_generation);
END
$$;

-- Removes the emptied tables of generations that have ended; returns how many. That locks out
-- readers of all generations for a moment: who does not get the lock at once tries again later.
CREATE FUNCTION retrieval_drop_ended_generations_v1() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '100ms' AS $$
DECLARE
    ended integer;
    dropped integer := 0;
BEGIN
    FOR ended IN
        SELECT generation FROM public.retrieval_generation
        WHERE state IN ('cancelled', 'failed', 'dropped')
          AND to_regclass(format('public.retrieval_vector_g%s', generation)) IS NOT NULL
    LOOP
        EXECUTE format('DROP TABLE retrieval_vector_g%1$s, retrieval_terms_g%1$s', ended);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END
$$;
