-- Which parsers read the texts of a generation anew, and which processing a version is embedded as.
ALTER TABLE retrieval_generation ADD COLUMN reading text NOT NULL DEFAULT '';
ALTER TABLE retrieval_wanting_generation ADD COLUMN reading text NOT NULL DEFAULT '';
ALTER TABLE retrieval_owed_embedding ADD COLUMN reading text NOT NULL DEFAULT '';
ALTER TABLE retrieval_passage ADD COLUMN reading text NOT NULL DEFAULT '';
ALTER TABLE retrieval_embedded_under ADD COLUMN reading text NOT NULL DEFAULT '';
ALTER TABLE retrieval_embedded_version ADD COLUMN reading text NOT NULL DEFAULT '',
    ADD COLUMN processing_id uuid;
-- An erased version has no passages any more; no search and no generation asks for its processing.
UPDATE retrieval_embedded_version AS e SET processing_id = COALESCE(
    (SELECT c.processing_id FROM ingestion_chunk AS c
     WHERE c.version_id = e.version_id AND c.chunker = e.chunker AND e.chunker <> '' LIMIT 1),
    (SELECT v.processing_id FROM ingestion_version AS v WHERE v.version_id = e.version_id),
    e.version_id);
ALTER TABLE retrieval_embedded_version ALTER COLUMN processing_id SET NOT NULL;
ALTER TABLE retrieval_embedded_version DROP CONSTRAINT retrieval_embedded_version_pkey,
    ADD PRIMARY KEY (version_id, model_digest, chunker, reading);
ALTER TABLE retrieval_embedded_under DROP CONSTRAINT retrieval_embedded_under_pkey,
    ADD PRIMARY KEY (version_id, model_digest, chunker, reading);
