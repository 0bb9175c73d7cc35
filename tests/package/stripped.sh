#!/usr/bin/env bash
# Checks that the program in a package has no symbols, whatever was compiled, and that no package is made if that cannot
# be verified.
#
#   tests/package/stripped.sh BINARY        one with symbols, such as a debug build
#
# It needs no root and no network.
set -euo pipefail
cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../.."
. tests/package/story.sh
binary=$1
inside() { :; }
for tool in dpkg-deb readelf strip lintian python3; do
  command -v $tool >/dev/null || skip "there is no $tool here"
done
arch=$(dpkg --print-architecture)
case $arch in
  amd64) strip=x86_64-linux-gnu-strip ;;
  arm64) strip=aarch64-linux-gnu-strip ;;
  armhf) strip=arm-linux-gnueabihf-strip ;;
  *) skip "there are no packages for $arch" ;;
esac
work=$(mktemp -d /tmp/colahub-stripped-XXXXXX)
trap 'rm -rf "$work"' EXIT

step "the packed program has no symbols"
grep -q '\.symtab' <<<"$(readelf -WS "$binary")" || die "$binary has no symbols to begin with"
deb=$(packaging/deb.sh "$arch" "$binary" "$work")
dpkg-deb -x "$deb" "$work/root"
sections=$(readelf -WS "$work/root/usr/bin/colahub")
grep -q '\.text' <<<"$sections" || die "the packed program has no code"
! grep -E '\.(symtab|debug_info)' <<<"$sections" || die "the packed program has symbols"
"$work/root/usr/bin/colahub" --version >/dev/null || die "the packed program does not run"
lintian --fail-on error,warning "$deb" || die "lintian is not content"

# refused TOOL SCRIPT SENTENCE: with this in place of a tool, no package is made.
refused() {
  mkdir -p "$work/tools"
  printf '#!/bin/sh\n%s\n' "$2" >"$work/tools/$1"
  chmod +x "$work/tools/$1"
  if PATH=$work/tools:$PATH packaging/deb.sh "$arch" "$binary" "$work/none" >/dev/null 2>"$work/said"; then
    die "a package is made $3"
  fi
  [ ! -e "$work/none" ] || die "something is left of a package that was refused"
  rm -r "$work/tools"
}
step "no package is made where the program keeps its symbols, or nobody can look"
# `-o TARGET SOURCE` are the last three.
refused "$strip" 'while [ $# -gt 3 ]; do shift; done; cp "$3" "$2"' "of a program that keeps its symbols"
grep -q 'still has symbols' "$work/said" || die "it is not said: $(cat "$work/said")"
refused readelf 'exit 1' "where readelf fails"
refused readelf 'exit 0' "where readelf shows nothing"
