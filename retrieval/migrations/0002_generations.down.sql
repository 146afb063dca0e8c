DROP FUNCTION retrieval_drop_ended_generations_v1;
DROP FUNCTION retrieval_empty_generation_v1;
DROP FUNCTION retrieval_adopt_generation_v1;
DROP FUNCTION retrieval_index_generation_v1;
DROP FUNCTION retrieval_make_generation_v2;
DROP TABLE retrieval_wanting_generation, retrieval_owed_embedding, retrieval_embedded_under, retrieval_indexed_version,
    retrieval_loading_progress, retrieval_loading_statistic, retrieval_loading_terms,
    retrieval_loading_vector;
ALTER TABLE retrieval_generation
    DROP COLUMN state, DROP COLUMN paused, DROP COLUMN activate_when_verified,
    DROP COLUMN activation_requested_by, DROP COLUMN built_position, DROP COLUMN verified_position,
    DROP COLUMN versions, DROP COLUMN chunks, DROP COLUMN root, DROP COLUMN problem;
