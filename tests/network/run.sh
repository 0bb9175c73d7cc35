#!/usr/bin/env bash
# The hub on a network: found, renamed, moved, flooded. Two other mDNS programs are the judges.
#
#   COLAHUB_BIN=target/debug/colahub tests/network/run.sh [pytest arguments]
#
#   tests/network/run.sh -k goodbye    some of the stories
#   tests/network/run.sh --long        also those that wait for many minutes
#   JOBS=1 tests/network/run.sh        one after another (three at a time: they mostly wait)
#
# Every story has a network of its own, in Linux namespaces that end with it. Where none can be made it says
# why, and that is no failure. What it needs from PyPI is installed beside it, once, and again only when
# requirements.txt changes; after that no network is needed.
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

die() {
  echo "network: $*" >&2
  exit 2
}

needs() {
  command -v "$1" >/dev/null || die "$1 is not installed; Debian has it in the package $2"
}

COLAHUB_BIN=${COLAHUB_BIN:-$here/../../target/debug/colahub}
[ -x "$COLAHUB_BIN" ] || die "COLAHUB_BIN is $COLAHUB_BIN, which is no program"
COLAHUB_BIN=$(realpath "$COLAHUB_BIN")
export COLAHUB_BIN PYTHONDONTWRITEBYTECODE=1
PATH=$PATH:/usr/sbin:/sbin
cd "$here" || exit 2

needs python3 python3-venv
if ! reason=$(python3 -c 'from kit.lan import why_not; import sys; sys.exit(why_not())' 2>&1); then
  echo "network: no story was told. $reason"
  [ -z "${COLAHUB_TEST_SKIPPED:-}" ] || echo "the network's stories: $reason" >>"$COLAHUB_TEST_SKIPPED"
  echo "0 passed, 0 failed, $(cat test_*.py | grep -c '^def test_') skipped"
  exit 0
fi

needs avahi-daemon avahi-daemon
needs avahi-browse avahi-utils
needs dbus-daemon dbus

fresh_venv() {
  echo "network: installing the Python packages of tests/network"
  rm -rf .venv
  python3 -m venv .venv &&
    .venv/bin/pip install --quiet --disable-pip-version-check --no-deps -r requirements.txt &&
    cp requirements.txt .venv/.installed
}

cmp -s requirements.txt .venv/.installed || fresh_venv || die "could not install the Python packages"

exec .venv/bin/python -m pytest --numprocesses "${JOBS:-3}" "$@"
