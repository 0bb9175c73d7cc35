#!/usr/bin/env bash
# The package in a container booted with systemd: installed, used from outside, killed, stopped, upgraded,
# downgraded, wiped, removed, purged.
#
#   tests/package/container.sh BINARY
#
# It needs root, systemd-nspawn, lintian and Node.js, and once a network for the container's Debian 12, which it
# keeps in target/package-test. If that is not available it says so, which is no failure.
set -Eeuo pipefail
cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../.."
. tests/package/story.sh
binary=$1
base=target/package-test/base-amd64.tar
# Two runs at a time do not share a network.
name=colahub-$$ net=10.213.$(($$ / 64 % 256)) host=$(($$ % 64 * 4))
here=$net.$((host + 1)) there=$net.$((host + 2))
url=http://$there seen=http://$there slow=1

[ "$(id -u)" = 0 ] || skip "it needs root"
[ "$(uname -m)" = x86_64 ] || skip "its container is of amd64"
for tool in systemd-nspawn ip nsenter pgrep node curl lintian; do
  command -v $tool >/dev/null || skip "there is no $tool here"
done
if [ ! -f $base ]; then
  command -v mmdebstrap >/dev/null || skip "there is no mmdebstrap here, and no $base yet"
  step "making the container's Debian 12 (once)"
  mkdir -p "$(dirname $base)"
  mmdebstrap --quiet --format=tar --variant=minbase \
    --include=systemd,systemd-sysv,dbus,init-system-helpers,avahi-daemon,iproute2 bookworm $base.part ||
    skip "Debian 12 cannot be fetched"
  mv $base.part $base
fi
ip netns add "$name" 2>/dev/null || skip "this machine gives no network namespaces"
# As in a chroot whose root is no mount point.
ip -n "$name" link set lo up 2>/dev/null || { ip netns del "$name"; skip "this machine gives no network namespaces that can be entered"; }

work=$(mktemp -d /tmp/colahub-package-XXXXXX) nspawn='' leader=''
inside() {
  nsenter -t "$leader" --mount --uts --ipc --net --pid --root --wd -- \
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}
clean() {
  # The container's own init, which takes all of it along.
  [ -z "$leader" ] || kill -KILL "$leader" || true
  [ -z "$nspawn" ] || wait "$nspawn" || true
  # Guests, where a step failed.
  kill $(jobs -p) 2>/dev/null || true
  ip netns del "$name" || true
  rm -rf "$work"
}
trap clean EXIT
trap 'die "line $LINENO"' ERR

step "a container booted with systemd"
two_packages amd64 "$binary"
mkdir "$work/root"
tar -C "$work/root" -xf $base
cp "$work"/debs/*.deb "$work/root/srv/"
ip link add "v$$" type veth peer name host0 netns "$name"
ip addr add $here/30 dev "v$$"
ip link set "v$$" up
ip -n "$name" addr add $there/30 dev host0
ip -n "$name" link set host0 up
systemd-nspawn --quiet --keep-unit --register=no --network-namespace-path="/run/netns/$name" --boot -D "$work/root" \
  >"$work/boot.log" 2>&1 </dev/null &
nspawn=$!
booted() { leader=$(pgrep -P $nspawn) && grep -qE 'running|degraded' <<<"$(inside systemctl is-system-running)"; }
until_true 60 "the container does not boot" booted

install_it
kill_and_stop_it
reload_it
diagnose_it
upgrade_it 2000
downgrade_it
wipe_it
remove_and_purge_it
step "passed in $SECONDS s; exposure $exposure, idle memory $memory, ready $since_start after its start,
upgrade: at most $outage ms without an answer"
