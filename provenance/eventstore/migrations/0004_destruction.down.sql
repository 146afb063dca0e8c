DROP FUNCTION eventstore_destroy_keys_v1;
DROP TRIGGER sealing_key_no_truncate ON sealing_key;
CREATE FUNCTION eventstore_keep_key_v1() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.kid = NEW.kid
        AND OLD.wrapped_dek IS NOT NULL
        AND (NEW.wrapped_dek IS NULL) = (NEW.destroyed_at IS NOT NULL)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% of key % refused: a key is destroyed once, and its row stays', TG_OP, OLD.kid
        USING ERRCODE = 'restrict_violation';
END
$$;
DROP TRIGGER sealing_key_keep ON sealing_key;
CREATE TRIGGER sealing_key_keep BEFORE UPDATE OR DELETE ON sealing_key
    FOR EACH ROW EXECUTE FUNCTION eventstore_keep_key_v1();
ALTER TABLE sealing_key ENABLE ALWAYS TRIGGER sealing_key_keep;
DROP FUNCTION eventstore_keep_key_v2;
DROP FUNCTION eventstore_is_erasure_approved_v1;
