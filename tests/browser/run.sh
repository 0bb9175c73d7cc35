#!/bin/sh
# The page, in a real browser, against a real hub. COLAHUB_BIN names the hub's binary;
# arguments are test files (and options of `node --test`), all of them unless given.
#
#   PAGE=dist      the page as it is in web/dist, not as it was built into the hub
#   AWAY_MS=4000   how long the network is cut in the story about that (30 s)
#   HANGS_MS=9000  after how long a page counts as hanging (3 min); useful while writing a story
#   JOBS=1         how many test files run at once (2)
set -eu
cd "$(dirname "$0")"

. ./prepare.sh
if [ ! -x "${CHROMIUM_BIN:-/usr/bin/chromium}" ]; then
  echo "tests/browser: no Chromium (apt-get install chromium fonts-noto-cjk fonts-noto-color-emoji, or set CHROMIUM_BIN)" >&2
  exit 1
fi
# Without a file among the arguments: all of them.
case "$*" in
  *.test.mjs*) files= ;;
  *) files=$(ls ./*.test.mjs) ;;
esac
# Two at a time: each story has a hub of its own, and the machine is small.
exec node --test --test-concurrency="${JOBS:-2}" "$@" $files
