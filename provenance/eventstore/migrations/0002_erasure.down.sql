DROP FUNCTION eventstore_erase_blobs_v1;
DROP TRIGGER eventstore_blob_keep ON eventstore_blob;
DROP FUNCTION eventstore_keep_blob_v1;
CREATE TRIGGER eventstore_blob_no_change BEFORE UPDATE OR DELETE ON eventstore_blob
    FOR EACH ROW EXECUTE FUNCTION eventstore_refuse_change_v1();
ALTER TABLE eventstore_blob ENABLE ALWAYS TRIGGER eventstore_blob_no_change;
DROP TABLE eventstore_erased_blob;
DROP FUNCTION eventstore_require_dead_key_v1;
DROP TRIGGER sealing_key_keep ON sealing_key;
DROP FUNCTION eventstore_keep_key_v1;
