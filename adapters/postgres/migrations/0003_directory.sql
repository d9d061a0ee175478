-- +goose Up

-- Doctors are looked for by what they are, page by page in the order of their ids: each of these leads through the doctors
-- that share a value. They are made before the column is added, for from then on nobody else may look at the table.
CREATE INDEX doctors_of_hospital   ON doctors (hospital_id, id)   WHERE hospital_id IS NOT NULL;
CREATE INDEX doctors_of_department ON doctors (department_id, id) WHERE department_id IS NOT NULL;
CREATE INDEX doctors_of_rank       ON doctors (position_rank, id) WHERE position_rank IS NOT NULL;
CREATE INDEX doctors_of_status     ON doctors (status, id);

-- What doctors are found by: the lines of their search_keys, one a row. Those of 4096 neighbouring ids are a band. A
-- search goes from band to band and ends when its page is full: so a beginning that a million doctors share costs no
-- more than one that nobody has, and who is imported with a staff list writes to few pages.
CREATE TABLE doctor_keys (
    band     integer NOT NULL, -- doctor_id >> 12
    key       text    COLLATE "C" NOT NULL,
    doctor_id bigint  NOT NULL,
    PRIMARY KEY (band, key, doctor_id)
);

-- Who was erased lately: what was under way then may have left values behind. A sweep deletes them, and in the end this.
CREATE TABLE erasures (
    doctor_id bigint      PRIMARY KEY,
    erased_at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE doctors ADD COLUMN search_keys text COLLATE "C"; -- null: not computed yet

UPDATE schema_info SET version = 3;
