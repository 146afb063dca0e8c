ALTER TABLE integrity_tree DROP COLUMN sealing_problem;
DROP TABLE integrity_cosignature;
DROP TABLE integrity_checkpoint;
DROP TABLE integrity_log_key;
