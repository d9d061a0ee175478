-- +goose Up

-- What a doctor is found by, one key a line; NULL: not computed yet.
ALTER TABLE doctors ADD COLUMN search_keys TEXT;

-- The same once more, to find those with a key that begins with a keyword, in the order of their ids: in each band of
-- 4096 ids keys lie in the order of their bytes. The few doctors of a band are soon gathered and sorted, however many
-- have such a key; and the keys of those who come together lie together.
CREATE TABLE doctor_keys (
    band      INTEGER NOT NULL CHECK (band = doctor_id / 4096),
    key       TEXT    NOT NULL,
    doctor_id INTEGER NOT NULL,
    PRIMARY KEY (band, key, doctor_id)
) STRICT, WITHOUT ROWID;

-- Within equal values an index is in the order of ids.
CREATE INDEX doctors_hospital ON doctors (hospital_id) WHERE hospital_id IS NOT NULL;

CREATE INDEX doctors_department ON doctors (department_id) WHERE department_id IS NOT NULL;

CREATE INDEX doctors_position_rank ON doctors (position_rank) WHERE position_rank IS NOT NULL;

CREATE INDEX doctors_disabled ON doctors (id) WHERE status = 'disabled';

UPDATE schema_info SET version = 3;
