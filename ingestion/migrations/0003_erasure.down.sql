DROP FUNCTION ingestion_erase_vectors_v1;
DROP INDEX ingestion_vector_text;
DROP TRIGGER ingestion_vector_keep ON ingestion_vector;
DROP FUNCTION ingestion_keep_vector_v1;
CREATE TRIGGER ingestion_vector_no_change BEFORE UPDATE OR DELETE ON ingestion_vector
    FOR EACH ROW EXECUTE FUNCTION eventstore_refuse_change_v1();
ALTER TABLE ingestion_vector ENABLE ALWAYS TRIGGER ingestion_vector_no_change;
DROP TABLE ingestion_vector_erasure;
ALTER TABLE ingestion_version DROP COLUMN erased_at;
