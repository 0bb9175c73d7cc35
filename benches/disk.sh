#!/usr/bin/env bash
# What a message costs the card: bytes and flushes that reach the device, journal of the file system
# included, and how long a message waits for its commit.
#
#   sudo benches/disk.sh BENCH [FOLDER]
#
# BENCH is the program that `cargo bench --no-run --bench disk` names. The device is an ext4 of 512 MiB in a
# file in FOLDER (/var/tmp unless given), on a loop device of the script's own: nobody else writes to it.
set -euo pipefail

bench=$1
folder=$(mktemp -d "${2:-/var/tmp}/colahub-bench.XXXXXX")
device=
tidy() {
  mountpoint -q "$folder/disk" && umount "$folder/disk"
  [ -z "$device" ] || losetup -d "$device"
  rm -rf "$folder"
}
trap tidy EXIT

truncate -s 512M "$folder/image"
mkfs.ext4 -q "$folder/image"
device=$(losetup -f --show "$folder/image")
mkdir "$folder/disk"
# Nothing of the file system's own making in the background.
mount -o noinit_itable "$device" "$folder/disk"

# Sectors written and flushes made, of the device.
counts() { sync -f "$folder/disk"; awk '{ print $7, $16 }' "/sys/block/${device#/dev/}/stat"; }

printf '%10s %8s %9s %8s %14s %12s %10s %10s\n' \
  messages/s gather messages commits 'bytes/message' flushes/msg 'p50, ms' 'p99, ms'
measure() { # RATE SECONDS GATHER
  rm -rf "$folder/disk/data"
  # Rooms and people are there before, and fold in: what follows is messages alone.
  "$bench" "$folder/disk/data" 1 0.1 0 >/dev/null
  read -r sectors flushes < <(counts)
  read -r messages commits p50 p99 _ < <("$bench" "$folder/disk/data" "$1" "$2" "$3")
  read -r sectors_after flushes_after < <(counts)
  awk -v r="$1" -v g="$3ms" -v m="$messages" -v c="$commits" -v p50="$p50" -v p99="$p99" \
    -v s=$((sectors_after - sectors)) -v f=$((flushes_after - flushes)) \
    'BEGIN { printf "%10s %8s %9d %8d %14.0f %12.2f %10s %10s\n", r, g, m, c, s * 512 / m, f / m, p50, p99 }'
}

measure 1 "${SECONDS_1:-120}" 5
measure 20 "${SECONDS_20:-60}" 5
for gather in 0 5 10 20; do
  measure 1000 "${SECONDS_1000:-20}" $gather
done
