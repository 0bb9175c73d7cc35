#!/usr/bin/env bash
# Other people's clients against a running hub.
#
#   COLAHUB_BIN=target/debug/colahub tests/peers/run.sh [js] [python] [browser]
#
# Without names it runs all three. Each starts hubs of its own on free loopback ports, with data that is
# thrown away afterwards. What they need from npm and PyPI is installed beside them, once, and again only
# when a lock file changes; after that no network is needed.
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

die() {
  echo "peers: $*" >&2
  exit 2
}

needs() {
  command -v "$1" >/dev/null || die "$1 is not installed: $2"
}

[ -n "${COLAHUB_BIN:-}" ] || die "COLAHUB_BIN must name the colahub program, as in COLAHUB_BIN=target/debug/colahub"
[ -x "$COLAHUB_BIN" ] || die "COLAHUB_BIN is $COLAHUB_BIN, which is no program"
COLAHUB_BIN=$(cd "$(dirname "$COLAHUB_BIN")" && pwd)/$(basename "$COLAHUB_BIN")
export COLAHUB_BIN

# Installs what a lock file names, unless exactly that was installed before.
#   once LOCK_FILE STAMP WHAT COMMAND...
once() {
  local lock=$1 stamp=$2 what=$3 sum
  shift 3
  sum=$(sha256sum <"$lock")
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$sum" ] && return
  echo "peers: installing $what"
  "$@" || die "could not install $what"
  echo "$sum" >"$stamp"
}

npm_packages() {
  needs node "Node.js 18.19 or newer"
  needs npm "it comes with Node.js"
  once "$here/$1/package-lock.json" "$here/$1/node_modules/.installed" "the npm packages of tests/peers/$1" \
    npm --prefix "$here/$1" ci --no-audit --no-fund --loglevel=error
}

python_packages() {
  needs python3 "Python 3.10 or newer with venv"
  once "$here/python/requirements.txt" "$here/python/.venv/.installed" "the Python packages of tests/peers/python" \
    fresh_venv "$here/python"
}

fresh_venv() {
  rm -rf "$1/.venv"
  python3 -m venv "$1/.venv" &&
    "$1/.venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$1/requirements.txt"
}

run_js() {
  npm_packages js
  (cd "$here/js" && npm test --silent)
}

run_python() {
  python_packages
  (cd "$here/python" && PYTHONDONTWRITEBYTECODE=1 .venv/bin/python -m pytest)
}

run_browser() {
  needs "${CHROMIUM_BIN:-/usr/bin/chromium}" "Debian's package chromium; or name another by CHROMIUM_BIN"
  npm_packages js # its kit starts the hub
  npm_packages browser
  (cd "$here/browser" && npm test --silent)
}

[ $# -gt 0 ] || set -- js python browser
for suite; do
  case $suite in
    js | python | browser) ;;
    *) die "there is no suite $suite; there are js, python and browser" ;;
  esac
done

summary=()
failed=0
for suite; do
  echo
  echo "peers: $suite"
  begun=$SECONDS
  if "run_$suite"; then verdict=passed; else verdict=FAILED failed=1; fi
  summary+=("$(printf '%-8s %s in %d s' "$suite" "$verdict" $((SECONDS - begun)))")
done

echo
echo "peers: summary"
printf '  %s\n' "${summary[@]}"
exit $failed
