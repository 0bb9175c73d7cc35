# What every run in a browser needs: a hub, the page, and npm's packages. To be sourced, in this folder.

if [ -z "${COLAHUB_BIN:-}" ]; then
  COLAHUB_BIN=../../target/debug/colahub
fi
COLAHUB_BIN=$(realpath "$COLAHUB_BIN")
export COLAHUB_BIN
if [ ! -x "$COLAHUB_BIN" ]; then
  echo "tests/browser: no hub at $COLAHUB_BIN (cargo build, or set COLAHUB_BIN)" >&2
  exit 1
fi
if [ ! -f ../../web/dist/index.html ]; then
  echo "tests/browser: no page in web/dist (cd web && npm ci && npm run build)" >&2
  exit 1
fi

# Only when the lock file changed: everything else works without a network.
stamp=node_modules/.installed
if ! cmp -s package-lock.json "$stamp"; then
  npm ci --ignore-scripts
  cp package-lock.json "$stamp"
fi
