#!/usr/bin/env bash
# The package in a container booted with systemd: installed, used from outside, killed, stopped, upgraded,
# downgraded, removed, purged.
#
#   tests/package/container.sh BINARY
#
# It needs root, systemd-nspawn and Node.js, and once a network for the container's Debian 12, which it keeps in
# target/package-test. Where that is not to be had it says so and is content.
set -euo pipefail
cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../.."
binary=$1
cache=target/package-test base=target/package-test/base-amd64.tar
name=colahub-$$ hub=10.213.77.2 host=10.213.77.1

skip() { echo "package: skipped, since $*"; exit 0; }
[ "$(id -u)" = 0 ] || skip "it needs root"
[ "$(uname -m)" = x86_64 ] || skip "its container is of amd64"
for tool in systemd-nspawn ip nsenter node lintian; do command -v $tool >/dev/null || skip "there is no $tool here"; done
mkdir -p $cache
if [ ! -f $base ]; then
  command -v mmdebstrap >/dev/null || skip "there is no mmdebstrap here, and no $base yet"
  echo "package: making the container's Debian 12 (once)"
  mmdebstrap --quiet --variant=minbase \
    --include=systemd,systemd-sysv,dbus,init-system-helpers,avahi-daemon,iproute2 bookworm $base.part ||
    skip "Debian 12 cannot be fetched"
  mv $base.part $base
fi
ip netns add "$name" 2>/dev/null || skip "this machine gives no network namespaces"

work=$(mktemp -d /tmp/colahub-package-XXXXXX)
root=$work/root
pids=()
leader=
clean() {
  [ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
  # The container's own init, which takes all of it along.
  [ -z "$leader" ] || kill -KILL "$leader" 2>/dev/null || true
  wait 2>/dev/null || true
  ip netns del "$name" 2>/dev/null || true
  rm -rf "$work"
}
trap clean EXIT
trap 'die "line $LINENO"' ERR

step() { printf 'package: %s\n' "$*"; }
die() {
  printf 'package: FAILED: %s\n' "$*" >&2
  [ -z "$leader" ] || inside journalctl -u colahub -n 30 --no-pager >&2 || true
  exit 1
}
inside() { nsenter -t "$leader" --mount --uts --ipc --net --pid --root --wd -- env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
# until_true SECONDS WHAT COMMAND...: asks again and again until it is so.
until_true() {
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || die "$what"
    sleep 0.1
  done
}
ready() { curl -fsS -m 2 "http://$hub/readyz"; }
guest() { node tests/package/guest.mjs "http://$hub" "$work/guest" "$@"; }
apt() { inside apt-get -q -y -o Dpkg::Options::=--force-confold "$@" >"$work/apt.log" 2>&1 || { cat "$work/apt.log"; die "apt-get $*"; }; }
main_pid() { inside systemctl show -P MainPID colahub; }
restarts() { inside systemctl show -P NRestarts colahub; }

step "two versions of the package"
strip -o "$work/colahub" "$binary"
packaging/deb.sh amd64 "$work/colahub" "$work/debs" >/dev/null
version=$(dpkg-deb -f "$work"/debs/*.deb Version)
old=colahub_${version}_amd64.deb new=colahub_$version+next_amd64.deb
# The next version explains something more: a configuration edited by hand must stay all the same.
DEB_VERSION=$version+next CONFIG_NOTE='# Something new.' packaging/deb.sh amd64 "$work/colahub" "$work/debs" >/dev/null
lintian --fail-on error,warning "$work/debs/$old" 2>/dev/null || die "lintian is not content"

step "a container booted with systemd"
mkdir "$root"
tar -C "$root" -xf $base
cp "$work"/debs/*.deb "$root/srv/"
ip link add "v$$" type veth peer name host0 netns "$name"
ip addr add $host/30 dev "v$$"
ip link set "v$$" up
ip -n "$name" addr add $hub/30 dev host0
ip -n "$name" link set host0 up
ip -n "$name" link set lo up
systemd-nspawn --quiet --keep-unit --register=no --network-namespace-path="/run/netns/$name" --boot -D "$root" \
  >"$work/boot.log" 2>&1 </dev/null &
nspawn=$!
leads() { leader=$(pgrep -P $nspawn) && inside systemctl is-system-running | grep -qE 'running|degraded'; }
until_true 60 "the container does not boot" leads
leader=$(pgrep -P $nspawn)

step "install"
apt install "/srv/$old"
until_true 20 "port 80 does not answer after the installation" ready
[ "$(inside systemctl is-enabled colahub)" = enabled ] || die "the service is not enabled"
inside colahub status | grep -q "http://$hub" || die "colahub status does not say the address"
asked=$(inside setpriv --reuid=nobody --regid=nogroup --clear-groups colahub status 2>&1) && die "a stranger may ask the hub"
grep -q 'use sudo' <<<"$asked" || die "a stranger is told: $asked"
inside systemctl show -P StatusText colahub | grep -q "join at http://$hub" || die "systemd is not told how the hub is"
guest say "first words" || die "a Socket.IO client from outside cannot chat"
inside journalctl -u colahub EVENT=connected NAMESPACE=anonymous -o cat | grep -q connected || die "the journal has no fields"
inside journalctl -u colahub --no-pager | grep -q 'first words' && die "the journal has what people said"
exposure=$(inside systemd-analyze security --no-pager colahub | sed -n 's/.*Overall exposure level for [^:]*: \([0-9.]*\).*/\1/p')
awk "BEGIN { exit !($exposure <= 1.3) }" || die "the unit's exposure is $exposure"
memory=$(inside sed -n 's/^VmRSS:\s*//p' "/proc/$(main_pid)/status")

step "killed, it comes back"
before=$(main_pid)
inside systemctl kill --kill-who=main --signal=KILL colahub
back() { [ "$(main_pid)" != "$before" ] && ready; }
until_true 20 "a killed hub does not come back" back

step "stopped, it comes back (the watchdog's 20 seconds)"
before=$(main_pid)
inside systemctl kill --kill-who=main --signal=STOP colahub
until_true 40 "a stopped hub does not come back" back

step "upgrade, with a configuration edited by hand and somebody in the room"
inside sed -i 's/^#title = .*/title = "By hand"/' /etc/colahub/config.toml
inside systemctl restart colahub
until_true 20 "an edited configuration does not start" ready
guest stay >"$work/stay" 2>&1 &
pids+=($!)
until_true 20 "nobody gets in" grep -q joined "$work/stay"
node tests/package/probe.mjs "http://$hub" >"$work/probe" &
prober=$!
apt install "/srv/$new"
until_true 20 "the upgraded hub does not answer" ready
rejoined() { [ "$(grep -c joined "$work/stay")" -ge 2 ]; }
until_true 30 "who was in the room does not come back" rejoined
kill $prober
wait $prober || true
read -r refused outage <"$work/probe"
[ "$refused" = 0 ] || die "$refused people were refused during the upgrade"
[ "$outage" -le 2000 ] || die "the upgrade kept people waiting for $outage ms"
curl -fsS "http://$hub/api/hub" | grep -q 'By hand' || die "the upgrade lost the edited configuration"
guest read | grep -q "first words" || die "the upgrade lost messages"

step "downgrade; a database from the future is refused with a sentence"
apt install --allow-downgrades "/srv/$old"
until_true 20 "the older version does not start" ready
guest read | grep -q "first words" || die "the downgrade lost messages"
inside systemctl stop colahub
curl -s -m 2 "http://$hub/" >/dev/null && die "a stopped hub still has its port"
database=$root/var/lib/colahub/hub.sqlite3
cp "$database" "$work/saved"
# The schema's number stands at offset 60 of the file.
printf '\0\0\0\143' | dd of="$database" bs=1 seek=60 conv=notrunc status=none
inside systemctl start colahub 2>/dev/null && die "a database from the future was taken"
inside journalctl -u colahub --no-pager | grep -q 'newer colahub' || die "there is no sentence about the newer database"
inside systemctl stop colahub
cat "$work/saved" >"$database"
inside systemctl start colahub
until_true 20 "the way back does not work" ready

step "remove keeps the data, purge removes it"
apt remove colahub
curl -s -m 2 "http://$hub/" >/dev/null && die "a removed hub still answers"
[ -f "$database" ] && grep -q 'By hand' "$root/etc/colahub/config.toml" || die "remove took the data"
apt install "/srv/$old"
until_true 20 "installed again, it does not answer" ready
guest read | grep -q "first words" || die "what remove kept is not read"
apt purge colahub
left=$(find "$root/etc" "$root/var" "$root/usr" "$root/run" "$root/tmp" -iname '*colahub*' 2>/dev/null || true)
[ -z "$left" ] || die "purge leaves $left"
inside getent passwd colahub && die "purge leaves the user"
failed=$(inside systemctl --failed --no-legend --plain)
[ -z "$failed" ] || die "units failed: $failed"

echo "package: passed in ${SECONDS} s; exposure $exposure, idle memory $memory, upgrade at most $outage ms without an answer"
