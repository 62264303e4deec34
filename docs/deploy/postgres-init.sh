#!/bin/sh
# Runs once, when the database's volume is empty: the application has a role that is no superuser, and owns its database.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$MARKETPLACE_DB_PASSWORD" --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE marketplace LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE marketplace OWNER marketplace TEMPLATE template0 ENCODING 'UTF8';
SQL
