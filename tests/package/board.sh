#!/usr/bin/env bash
# The package on an emulated 64-bit board, booted with Debian's kernel and systemd: all that container.sh does, and how
# long it takes from power to chat.
#
#   tests/package/board.sh BINARY
#
# It needs root, qemu-system-aarch64, and once a network for the board's Debian 12, which it keeps in
# target/package-test.
set -Eeuo pipefail
cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../.."
. tests/package/story.sh
binary=$1
base=$PWD/target/package-test/base-arm64.tar
# An emulated board is some ten times slower than a real one; what a real one promises is not measured here.
url=http://127.0.0.1:18080 seen=http://10.0.2.15 slow=5
WEB_PORT=18080 SSH_PORT=18022

[ "$(id -u)" = 0 ] || skip "it needs root"
for tool in qemu-system-aarch64 mkfs.ext4 ssh ssh-keygen node curl lintian; do
  command -v $tool >/dev/null || skip "there is no $tool here"
done

# A foreign system is put together by running its own programs, which the kernel has to be told how, for so long.
binfmt=/proc/sys/fs/binfmt_misc
emulate() {
  [ "$(uname -m)" != aarch64 ] || return 0
  [ -e $binfmt/register ] || mount -t binfmt_misc binfmt_misc $binfmt
  [ -e $binfmt/qemu-aarch64 ] && return
  cat /usr/lib/binfmt.d/qemu-aarch64.conf >$binfmt/register
  trap 'echo -1 >$binfmt/qemu-aarch64' EXIT
}
if [ ! -f "$base" ]; then
  command -v mmdebstrap >/dev/null || skip "there is no mmdebstrap here, and no $base yet"
  step "making the board's Debian 12 (once, some minutes)"
  emulate || skip "this machine cannot run the board's programs"
  mkdir -p "$(dirname "$base")"
  mmdebstrap --quiet --format=tar --arch=arm64 --variant=minbase \
    --include=linux-image-cloud-arm64,systemd,systemd-sysv,dbus,udev,init-system-helpers,iproute2,avahi-daemon,openssh-server \
    bookworm "$base.part" || skip "Debian 12 cannot be fetched"
  mv "$base.part" "$base"
fi
[ -z "$(trap -p EXIT)" ] || echo -1 >$binfmt/qemu-aarch64

work=$(mktemp -d /tmp/colahub-board-XXXXXX) qemu=''
inside() {
  local command
  printf -v command ' %q' env PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
  ssh -q -i "$work/key" -p $SSH_PORT -o BatchMode=yes -o ConnectTimeout=10 -o StrictHostKeyChecking=no \
    -o UserKnownHostsFile=/dev/null -o ControlMaster=auto -o ControlPath="$work/ssh" -o ControlPersist=60 \
    root@127.0.0.1 "$command"
}
clean() {
  if [ -n "$qemu" ]; then
    ssh -q -o ControlPath="$work/ssh" -O exit root@127.0.0.1 2>/dev/null || true
  fi
  # The board, and guests where a step failed.
  kill $(jobs -p) 2>/dev/null || true
  wait || true
  rm -rf "$work"
}
trap clean EXIT
trap 'die "line $LINENO"' ERR

step "an emulated board with Debian's kernel"
two_packages arm64 "$binary"
root=$work/root
mkdir "$root"
tar -C "$root" -xf "$base"
cp "$work"/debs/*.deb "$root/srv/"
ssh-keygen -q -t ed25519 -N '' -f "$work/key"
install -D -m 600 "$work/key.pub" "$root/root/.ssh/authorized_keys"
printf '[Match]\nType=ether\n[Network]\nDHCP=yes\n' >"$root/etc/systemd/network/80-board.network"
ln -sf /lib/systemd/system/systemd-networkd.service "$root/etc/systemd/system/multi-user.target.wants/"
echo '/dev/vda / ext4 noatime 0 1' >"$root/etc/fstab"
echo board >"$root/etc/hostname"
cp "$root"/boot/vmlinuz-* "$work/kernel"
cp "$root"/boot/initrd.img-* "$work/initrd"
truncate -s 2G "$work/card"
mkfs.ext4 -q -d "$root" "$work/card"
rm -rf "$root"

# start_board: power on; the card is what it was when the power went.
start_board() {
  qemu-system-aarch64 -machine virt -cpu cortex-a72 -smp 2 -m 1024 -display none -serial "file:$work/console" \
    -kernel "$work/kernel" -initrd "$work/initrd" -append 'root=/dev/vda rw console=ttyAMA0 quiet' \
    -drive "file=$work/card,format=raw,if=virtio" \
    -netdev "user,id=net,hostfwd=tcp:127.0.0.1:$WEB_PORT-:80,hostfwd=tcp:127.0.0.1:$SSH_PORT-:22" \
    -device virtio-net-pci,netdev=net,romfile= &
  qemu=$!
  until_true 60 "the board does not boot; see $work/console" inside true
}
start_board
booted() { grep -qE 'running|degraded' <<<"$(inside systemctl is-system-running)"; }
until_true 60 "the board does not come up" booted

install_it
kill_and_stop_it
reload_it

step "power off and on, from the kernel to a hub that is ready"
inside systemctl poweroff || true
wait "$qemu" || true
ssh -q -o ControlPath="$work/ssh" -O exit root@127.0.0.1 2>/dev/null || true
start_board
until_true 60 "the hub is not there after a boot" ready
says "first words" guest read || die "the boot lost messages"
until_true 60 "the board does not come up again" booted
measure

upgrade_it 30000
downgrade_it
wipe_it
remove_and_purge_it
step "passed in $SECONDS s, emulated; exposure $exposure, idle memory $memory, ready $since_boot after the kernel's start
and $since_start after its own, upgrade: at most $outage ms without an answer"
