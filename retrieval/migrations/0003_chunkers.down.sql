DELETE FROM retrieval_embedded_version WHERE chunker <> '';
DELETE FROM retrieval_embedded_under WHERE chunker <> '';
ALTER TABLE retrieval_embedded_version DROP CONSTRAINT retrieval_embedded_version_pkey,
    ADD PRIMARY KEY (version_id, model_digest);
ALTER TABLE retrieval_embedded_under DROP CONSTRAINT retrieval_embedded_under_pkey,
    ADD PRIMARY KEY (version_id, model_digest);
ALTER TABLE retrieval_generation DROP COLUMN chunker;
ALTER TABLE retrieval_wanting_generation DROP COLUMN chunker;
ALTER TABLE retrieval_owed_embedding DROP COLUMN chunker;
ALTER TABLE retrieval_embedded_version DROP COLUMN chunker;
ALTER TABLE retrieval_embedded_under DROP COLUMN chunker;
