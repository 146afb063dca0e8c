-- Vectors are blobs of the log under (model digest, text hash): append-only like the rest of it.
ALTER TABLE ingestion_vector ALTER COLUMN vector SET STORAGE EXTERNAL;
CREATE TRIGGER ingestion_vector_no_change BEFORE UPDATE OR DELETE ON ingestion_vector
    FOR EACH ROW EXECUTE FUNCTION eventstore_refuse_change_v1();
CREATE TRIGGER ingestion_vector_no_truncate BEFORE TRUNCATE ON ingestion_vector
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore_refuse_change_v1();
ALTER TABLE ingestion_vector ENABLE ALWAYS TRIGGER ingestion_vector_no_change;
ALTER TABLE ingestion_vector ENABLE ALWAYS TRIGGER ingestion_vector_no_truncate;
