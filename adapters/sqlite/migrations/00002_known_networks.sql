-- +goose Up

-- Networks from which doctors logged in lately, by a hash. An account that must wait everywhere may still try from there.
CREATE TABLE known_networks (
    doctor_id   INTEGER NOT NULL,
    network     BLOB    NOT NULL,
    known_until INTEGER NOT NULL,
    PRIMARY KEY (doctor_id, network)
) STRICT, WITHOUT ROWID;

CREATE INDEX known_networks_known_until ON known_networks (known_until);

UPDATE schema_info SET version = 2;
