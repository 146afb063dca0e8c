-- Which text of its version the place of a passage is in.
ALTER TABLE impact_passage ADD COLUMN reading text NOT NULL DEFAULT '';
ALTER TABLE impact_outdated ADD COLUMN reading text NOT NULL DEFAULT '';
ALTER TABLE impact_outdated DROP CONSTRAINT impact_outdated_pkey,
    ADD PRIMARY KEY (version_id, reading, char_start, char_end);
