#!/usr/bin/env bash
# Several hubs on one PostgreSQL, which this starts itself, on a Unix socket.
#
#   COLAHUB_BIN=target/debug/colahub tests/several/run.sh                several hubs: stories and chaos
#   COLAHUB_BIN=target/debug/colahub tests/several/run.sh FILE           one of them
#   COLAHUB_BIN=target/debug/colahub tests/several/run.sh peers [js …]   the peers' stories, each hub of which has a
#                                                                        database on PostgreSQL instead of SQLite
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ -x "${COLAHUB_BIN:-}" ] || { echo "several: COLAHUB_BIN must name the colahub program" >&2; exit 2; }
COLAHUB_BIN=$(cd "$(dirname "$COLAHUB_BIN")" && pwd)/$(basename "$COLAHUB_BIN")
export COLAHUB_BIN

if [ "${1:-}" = peers ]; then
  coproc CLUSTER { exec "$here/postgres.sh" hold fsync=off max_connections=400; }
  read -r PGHOST <&"${CLUSTER[0]}" || { echo "several: PostgreSQL did not start; is it installed?" >&2; exit 2; }
  # The peers keep what begins with COLAHUB_ to themselves.
  export PGHOST SEVERAL_PROGRAM=$COLAHUB_BIN
  # Each has a round trip to the database: ten thousand would take minutes.
  export ORDER_MESSAGES=2000
  COLAHUB_BIN=$here/on-postgres.sh "$here/../peers/run.sh" "${@:2}"
  exit
fi

# Their clients are those of the peers.
[ -d "$here/../peers/js/node_modules" ] || npm --prefix "$here/../peers/js" ci --no-audit --no-fund --loglevel=error
cd "$here"
exec node --test --test-reporter=spec --test-concurrency=1 ${1:-stories/*.test.js}
