#!/usr/bin/env bash
# Tests the waits of the package's stories, which end when nothing has changed for a while, not after a fixed time.
#
#   tests/package/waits.sh
#
# It needs no root, no network and no machine.
set -Eeuo pipefail
cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../.."
. tests/package/story.sh
slow=1 work=$(mktemp -d /tmp/colahub-waits-XXXXXX) moving=''
inside() { :; }
trap '[ -z "$moving" ] || kill $moving 2>/dev/null; rm -rf "$work"' EXIT

# moves STEPS: something moves every half second.
moves() {
  local step
  for ((step = 0; step < $1; step++)); do
    echo "$step" >>"$work/moves"
    sleep 0.5
  done
  echo done >>"$work/moves"
}
is_done() { grep -q done "$work/moves"; }
# gives_up WHY SECONDS: waiting for what never is so ends, and says so.
gives_up() {
  local said
  said=$( (until_true "$2" "it never is so" false) 2>&1) && die "what is not so was taken for so"
  grep -qx "package: FAILED: $1" <<<"$said" || die "it is said: $said"
}

step "what gets on slowly is waited for"
moves 12 &
moving=$!
until_true 2 "what moved for six seconds was not waited for" is_done
wait $moving

step "what stands still is not, nor what goes on without end"
gives_up "it never is so" 1
moves 60 &
moving=$!
HANGS=4 gives_up "it never is so, though the machine goes on" 3
step "what is found at the beginning of much is found"
says 7 seq 200000 || die "a command that goes on after what is looked for has failed"
says x seq 200000 && die "what was not said was found"
says 7 sh -c 'echo 7; exit 1' && die "a command that failed has not"
step "passed"
