DELETE FROM retrieval_embedded_version WHERE reading <> '';
DELETE FROM retrieval_embedded_under WHERE reading <> '';
ALTER TABLE retrieval_embedded_version DROP CONSTRAINT retrieval_embedded_version_pkey,
    ADD PRIMARY KEY (version_id, model_digest, chunker);
ALTER TABLE retrieval_embedded_under DROP CONSTRAINT retrieval_embedded_under_pkey,
    ADD PRIMARY KEY (version_id, model_digest, chunker);
ALTER TABLE retrieval_generation DROP COLUMN reading;
ALTER TABLE retrieval_wanting_generation DROP COLUMN reading;
ALTER TABLE retrieval_owed_embedding DROP COLUMN reading;
ALTER TABLE retrieval_passage DROP COLUMN reading;
ALTER TABLE retrieval_embedded_under DROP COLUMN reading;
ALTER TABLE retrieval_embedded_version DROP COLUMN reading, DROP COLUMN processing_id;
