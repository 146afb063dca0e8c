DROP TABLE eventstore_blob;
DROP TABLE eventstore_position;
DROP TABLE eventstore_event;
DROP FUNCTION eventstore_refuse_change_v1();
