-- What cut the passages of a generation anew, and under which models a version is embedded so.
ALTER TABLE retrieval_generation ADD COLUMN chunker text NOT NULL DEFAULT '';
ALTER TABLE retrieval_wanting_generation ADD COLUMN chunker text NOT NULL DEFAULT '';
ALTER TABLE retrieval_owed_embedding ADD COLUMN chunker text NOT NULL DEFAULT '';
ALTER TABLE retrieval_embedded_version ADD COLUMN chunker text NOT NULL DEFAULT '';
ALTER TABLE retrieval_embedded_under ADD COLUMN chunker text NOT NULL DEFAULT '';
ALTER TABLE retrieval_embedded_version DROP CONSTRAINT retrieval_embedded_version_pkey,
    ADD PRIMARY KEY (version_id, model_digest, chunker);
ALTER TABLE retrieval_embedded_under DROP CONSTRAINT retrieval_embedded_under_pkey,
    ADD PRIMARY KEY (version_id, model_digest, chunker);
