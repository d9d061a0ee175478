-- Everything the service keeps. Times are microseconds since 1970 in UTC; NULL is a value that is not set.

-- +goose Up
CREATE TABLE schema_info (
    only        INTEGER PRIMARY KEY CHECK (only = 1),
    version     INTEGER NOT NULL,
    serves_from INTEGER NOT NULL -- the oldest program version that this schema serves
) STRICT;

-- AUTOINCREMENT: an id is never given again, not even the last one.
CREATE TABLE doctors (
    id                   INTEGER PRIMARY KEY AUTOINCREMENT,
    phone                TEXT    NOT NULL,
    name                 TEXT    NOT NULL,
    gender               TEXT,
    birth_date           TEXT, -- YYYY-MM-DD, a day without a zone
    hospital_id          INTEGER,
    internal_id          TEXT,
    department_id        INTEGER,
    position_rank        TEXT,
    speciality           TEXT,
    avatar_url           TEXT,
    credential           TEXT, -- the PHC string of the password's hash
    role                 TEXT    NOT NULL,
    status               TEXT    NOT NULL,
    must_change_password INTEGER NOT NULL,
    version              INTEGER NOT NULL,
    generation           INTEGER NOT NULL, -- of sessions: a token of an older one is void
    created_at           INTEGER NOT NULL,
    updated_at           INTEGER NOT NULL,
    last_login_at        INTEGER
) STRICT;

CREATE UNIQUE INDEX doctors_phone ON doctors (phone);

CREATE UNIQUE INDEX doctors_staff_number ON doctors (hospital_id, internal_id)
    WHERE hospital_id IS NOT NULL AND internal_id IS NOT NULL;

CREATE INDEX doctors_administrators ON doctors (status) WHERE role = 'admin';

-- What happened, kept for ever: the audit trail, and the outbox of what is published.
CREATE TABLE doctor_events (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    doctor_id  INTEGER NOT NULL,
    type       TEXT    NOT NULL,
    version    INTEGER, -- of the doctor after the event; NULL where the event changed no doctor
    at         INTEGER NOT NULL,
    actor      TEXT    NOT NULL,
    fields     TEXT    NOT NULL, -- JSON: the names of what changed
    commitment BLOB    NOT NULL, -- HMAC-SHA256 under the salt over the values
    position   INTEGER UNIQUE,   -- in the journal, without gaps; NULL until the journal has taken it
    chain      BLOB              -- hash over this event and the chain of the position before
) STRICT;

CREATE INDEX doctor_events_doctor ON doctor_events (doctor_id, id);

CREATE INDEX doctor_events_queue ON doctor_events (id) WHERE position IS NULL;

-- +goose StatementBegin
CREATE TRIGGER doctor_events_are_never_deleted BEFORE DELETE ON doctor_events
BEGIN
    SELECT RAISE(ABORT, 'events are kept for ever');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER doctor_events_are_never_changed
BEFORE UPDATE OF id, doctor_id, type, version, at, actor, fields, commitment ON doctor_events
BEGIN
    SELECT RAISE(ABORT, 'events are kept for ever');
END;
-- +goose StatementEnd

-- The part of an event that identifies people. Erasing a doctor deletes it.
CREATE TABLE doctor_event_values (
    event_id   INTEGER PRIMARY KEY REFERENCES doctor_events (id),
    doctor_id  INTEGER NOT NULL,
    salt       BLOB    NOT NULL,
    changes    TEXT    NOT NULL, -- JSON: [{"field", "before", "after"}]
    source     TEXT,
    request_id TEXT
) STRICT;

CREATE INDEX doctor_event_values_doctor ON doctor_event_values (doctor_id);

-- Failures and uses, by a hash of what they belong to.
CREATE TABLE login_counters (
    key        BLOB PRIMARY KEY,
    count      INTEGER NOT NULL,
    wait_until INTEGER, -- NULL: no wait has begun
    forget_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX login_counters_forget_at ON login_counters (forget_at);

-- Sessions that are void before their time. One writer at a time and AUTOINCREMENT make the order of ids that of
-- commits, so that a feed only has to remember the last id.
CREATE TABLE revocations (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    doctor_id  INTEGER, -- both NULL: the session was logged out
    generation INTEGER,
    session    BLOB,    -- of a logout; else the session that was spared
    expires_at INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX revocations_logout ON revocations (session) WHERE generation IS NULL;

CREATE INDEX revocations_doctor ON revocations (doctor_id) WHERE generation IS NOT NULL;

CREATE INDEX revocations_expires_at ON revocations (expires_at);

INSERT INTO schema_info (only, version, serves_from) VALUES (1, 1, 1);
