-- Requires that everything released was put back.
DROP FUNCTION eventstore_put_back_v1;
DROP FUNCTION eventstore_release_v1;
CREATE FUNCTION eventstore_keep_blob_v1() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT FROM eventstore_erased_blob AS e JOIN sealing_key AS k USING (kid)
        WHERE e.digest = OLD.digest AND k.wrapped_dek IS NULL)
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% on % refused: the table is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
DROP TRIGGER eventstore_blob_keep ON eventstore_blob;
CREATE TRIGGER eventstore_blob_keep BEFORE UPDATE OR DELETE ON eventstore_blob
    FOR EACH ROW EXECUTE FUNCTION eventstore_keep_blob_v1();
ALTER TABLE eventstore_blob ENABLE ALWAYS TRIGGER eventstore_blob_keep;
DROP FUNCTION eventstore_keep_blob_v2;
DROP TRIGGER eventstore_event_keep ON eventstore_event;
CREATE TRIGGER eventstore_event_no_change BEFORE UPDATE OR DELETE ON eventstore_event
    FOR EACH ROW EXECUTE FUNCTION eventstore_refuse_change_v1();
ALTER TABLE eventstore_event ENABLE ALWAYS TRIGGER eventstore_event_no_change;
DROP FUNCTION eventstore_keep_event_v1;
DROP TABLE eventstore_released_blob;
DROP TABLE eventstore_released_run;
DROP FUNCTION eventstore_require_naming_event_v1;
DROP FUNCTION eventstore_require_release_v1;
DROP FUNCTION eventstore_is_released_v1;
