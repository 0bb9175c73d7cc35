#!/usr/bin/env bash
# Runs the program under test with a new database for each hub on the PostgreSQL at PGHOST, so that a suite for one hub
# on SQLite also tests one hub on PostgreSQL. `run.sh peers` uses it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=${SEVERAL_PROGRAM:?the program under test}

folder_of() {
  local before=
  for word; do
    [ "$before" != --data-dir ] || printf %s "$word"
    before=$word
  done
}

data=$(folder_of "$@")
if [ "${1:-}" = run ] && [ -n "$data" ] && [ -n "${PGHOST:-}" ]; then
  name=chat_$(printf %s "$data" | sha256sum | cut -c1-16)
  "$here/postgres.sh" sql "$PGHOST" postgres <<<"CREATE DATABASE $name" 2>/dev/null || true
  export COLAHUB_DATABASE_URL="host=$PGHOST user=postgres dbname=$name"
fi
exec "$program" "$@"
