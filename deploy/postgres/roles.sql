-- The database and its two roles, made once by a superuser: doctor_schema owns the schema and migrates it; doctor_service
-- serves and may change no schema. `doctor-service migrate` gives doctor_service what it needs on each table.
--
--   psql -v schema_password=… -v service_password=… -f roles.sql
--
-- Without the variables the passwords are those in the URLs under /run/secrets (see compose.yaml).
\set ON_ERROR_STOP on
\if :{?schema_password}
\else
  \set schema_password `sed 's|.*://[^:]*:\([^@]*\)@.*|\1|' /run/secrets/schema_url`
\endif
\if :{?service_password}
\else
  \set service_password `sed 's|.*://[^:]*:\([^@]*\)@.*|\1|' /run/secrets/service_url`
\endif

CREATE ROLE doctor_schema LOGIN PASSWORD :'schema_password';
CREATE ROLE doctor_service LOGIN PASSWORD :'service_password';

CREATE DATABASE doctor OWNER doctor_schema TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE doctor FROM PUBLIC;
GRANT CONNECT ON DATABASE doctor TO doctor_service;

\connect doctor
ALTER SCHEMA public OWNER TO doctor_schema;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
