DROP INDEX integrity_checkpoint_sealed_at;
DROP TABLE integrity_attestor;
