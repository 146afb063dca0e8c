DROP FUNCTION retrieval_nearest_v1;
DROP FUNCTION retrieval_make_generation_v1;
DROP TABLE retrieval_term_statistic, retrieval_terms, retrieval_vector, retrieval_passage,
    retrieval_embedded_version, retrieval_withdrawal, retrieval_validity, retrieval_state,
    retrieval_generation;
