#!/usr/bin/env bash
# Several hubs on one PostgreSQL, which this starts itself, on a Unix socket.
#
#   COLAHUB_BIN=target/debug/colahub tests/several/run.sh
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ -x "${COLAHUB_BIN:-}" ] || { echo "several: COLAHUB_BIN must name the colahub program" >&2; exit 2; }
COLAHUB_BIN=$(cd "$(dirname "$COLAHUB_BIN")" && pwd)/$(basename "$COLAHUB_BIN")
export COLAHUB_BIN
# Their clients are those of the peers.
[ -d "$here/../peers/js/node_modules" ] || npm --prefix "$here/../peers/js" ci --no-audit --no-fund --loglevel=error
cd "$here"
exec node --test --test-reporter=spec --test-concurrency=1 ${1:-stories/*.test.js}
