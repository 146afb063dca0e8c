DELETE FROM impact_outdated WHERE reading <> '';
ALTER TABLE impact_outdated DROP CONSTRAINT impact_outdated_pkey,
    ADD PRIMARY KEY (version_id, char_start, char_end);
ALTER TABLE impact_outdated DROP COLUMN reading;
ALTER TABLE impact_passage DROP COLUMN reading;
