#!/bin/sh
# The page's main stories in Firefox and WebKit, as Debian has them (firefox-esr; webkit2gtk-driver and xvfb). COLAHUB_BIN
# names the hub's binary; PAGE=dist takes the page from web/dist. Arguments are engines, both unless given. One that is
# not on this machine is skipped, and said so.
set -eu
cd "$(dirname "$0")/.."
. ./prepare.sh

# skip WHY: what cannot be tried here, for `./dev test` to list.
skip() {
  echo "tests/browser/engines: skipped: $1" >&2
  [ -z "${COLAHUB_TEST_SKIPPED:-}" ] || echo "browser engines: $1" >>"$COLAHUB_TEST_SKIPPED"
}

# is_here ENGINE: whether all that it needs is installed.
is_here() {
  node --input-type=module -e "
    import { accessSync, constants } from 'node:fs';
    const engine = await import('$PWD/engines/$1.mjs');
    for (const path of engine.PROGRAMS) accessSync(path ?? '', constants.X_OK);
  " 2>/dev/null
}

[ $# -gt 0 ] || set -- firefox webkit
failed=0
for engine; do
  if is_here "$engine"; then
    ENGINE=$engine node --test --test-reporter=spec engines/engines.test.mjs || failed=1
  else
    case $engine in
      firefox) skip "Firefox is not installed (apt-get install firefox-esr, or set FIREFOX_BIN)" ;;
      webkit) skip "WebKit is not installed (apt-get install webkit2gtk-driver xvfb, or set WEBKIT_BIN)" ;;
    esac
  fi
done
exit $failed
