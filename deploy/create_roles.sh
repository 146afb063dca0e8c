#!/bin/sh
# Run once by the PostgreSQL image on an empty volume: the owner that migrates, the web role that
# serves, and pgvector, which only a superuser may install.
set -eu

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname template1 \
    --set owner_password="$RAGLEDGER_OWNER_PASSWORD" \
    --set web_password="$RAGLEDGER_WEB_PASSWORD" <<'SQL'
CREATE EXTENSION vector;
CREATE ROLE ragledger_owner LOGIN CREATEDB PASSWORD :'owner_password';
CREATE ROLE ragledger_web LOGIN PASSWORD :'web_password';
\connect postgres
CREATE DATABASE ragledger OWNER ragledger_owner;
SQL
