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

printf '%10s %8s %9s %8s %14s %12s %10s %10s\n' \
  messages/s gather messages commits 'bytes/message' flushes/msg 'p50, ms' 'p99, ms'
measure() { # RATE SECONDS GATHER
  rm -rf "$folder/disk/data"
  "$bench" "$folder/disk/data" "${device#/dev/}" "$1" "$2" "$3"
}

measure 1 "${SECONDS_1:-120}" 5
measure 20 "${SECONDS_20:-60}" 5
for gather in 0 5 10 20; do
  measure 1000 "${SECONDS_1000:-20}" $gather
done
