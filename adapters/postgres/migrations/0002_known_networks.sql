-- +goose Up

-- Networks from which doctors logged in lately, by a hash. An account that must wait everywhere may still try from there.
CREATE TABLE known_networks (
    doctor_id   bigint      NOT NULL CHECK (doctor_id > 0),
    network     bytea       NOT NULL CHECK (octet_length(network) = 16),
    known_until timestamptz NOT NULL,
    PRIMARY KEY (doctor_id, network)
);
CREATE INDEX known_networks_known_until ON known_networks (known_until);

UPDATE schema_info SET version = 2;
