#!/usr/bin/env bash
# Compiles the hub as it is installed, for this machine or another:
#
#   packaging/compile.sh TARGET        x86_64-unknown-linux-gnu, aarch64-unknown-linux-gnu (64-bit boards)
#                                      or armv7-unknown-linux-gnueabihf (32-bit, Raspberry Pi 2 and newer)
#
# It uses the first Rust that has the target's standard library, and says which: the active one; Debian's,
# which its browsers need; the active one after `rustup target add`; Debian's again, after installing it. For armv7
# on Debian the standard library is compiled, too. The page must be in web/packed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=$1
say() { printf '▸ %s\n' "$*" >&2; }
die() { printf 'packaging/compile.sh: %s\n' "$*" >&2; exit 1; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

case $target in
  x86_64-unknown-linux-gnu) gnu=x86_64-linux-gnu debian=amd64 ;;
  aarch64-unknown-linux-gnu) gnu=aarch64-linux-gnu debian=arm64 ;;
  armv7-unknown-linux-gnueabihf) gnu=arm-linux-gnueabihf debian=armhf ;;
  *) die "no such target: $target; there are x86_64-unknown-linux-gnu, aarch64-unknown-linux-gnu and armv7-unknown-linux-gnueabihf" ;;
esac
[ -f web/packed/index.html ] || die "there is no page in web/packed; ./dev web makes it"

DEBIAN_RUST=/usr/bin/rustc
flags=()
has_std() { compgen -G "$("$1" --print target-libdir --target "$target" 2>/dev/null)/libstd-*.rlib" >/dev/null; }
# It can compile its own standard library, where that is installed as source.
has_source() { [ -d "$("$1" --print sysroot 2>/dev/null)/lib/rustlib/src/rust/library/std" ]; }

# What apt calls the pieces: the standard library, or its source for armv7, whose index beside amd64's breaks apt.
install() {
  command -v apt-get >/dev/null || return 1
  say "Installing with apt: $*"
  [ "$debian" = armhf ] || [ "$debian" = "$(dpkg --print-architecture)" ] || as_root dpkg --add-architecture "$debian"
  as_root apt-get update -qq && as_root apt-get install -y -q --no-install-recommends "$@" >&2
}

choose_rust() {
  local rustc
  for rustc in rustc $DEBIAN_RUST; do
    if command -v "$rustc" >/dev/null && has_std "$rustc"; then use "$rustc"; return; fi
  done
  if [ "$debian" = armhf ] && [ -x $DEBIAN_RUST ] && has_source $DEBIAN_RUST; then use_source; return; fi
  if command -v rustup >/dev/null && say "rustup target add $target" && rustup target add "$target" >&2; then
    use rustc
  elif [ "$debian" = armhf ]; then
    install rustc-web rust-web-src || die "no Rust for $target; \`rustup target add $target\` gives one"
    use_source
  else
    install rustc-web "libstd-rust-web-dev:$debian" || die "no Rust for $target; \`rustup target add $target\` gives one"
    use $DEBIAN_RUST
  fi
}
use() {
  RUSTC=$(command -v "$1")
  say "Rust for $target: $("$RUSTC" --version), $RUSTC"
}
use_source() {
  use $DEBIAN_RUST
  say "and its standard library, compiled from source"
  export RUSTC_BOOTSTRAP=1
  flags+=(-Zbuild-std=std,panic_unwind)
}

choose_linker() {
  local cc=$gnu-gcc
  if [ "$(uname -m)-$debian" = x86_64-amd64 ] || [ "$(uname -m)-$debian" = aarch64-arm64 ]; then
    cc=cc
  fi
  command -v $cc >/dev/null || install "gcc-$gnu" "libc6-dev-$debian-cross" || die "please install a C compiler, $cc"
  local upper=${target^^}
  export "CARGO_TARGET_${upper//-/_}_LINKER=$cc" "CC_${target//-/_}=$cc"
}

choose_rust
choose_linker
export RUSTC
# Keeps the paths of this machine out of the program, so that the same commit gives the same bytes anywhere.
sysroot=$("$RUSTC" --print sysroot)
maps=("$PWD=/colahub" "${CARGO_HOME:-$HOME/.cargo}=/cargo" "$sysroot/lib/rustlib/src=/rust" "$(realpath -m "$sysroot/lib/rustlib/src/rust")=/rust/rust")
RUSTFLAGS=${RUSTFLAGS:-}
for map in "${maps[@]}"; do RUSTFLAGS+=" --remap-path-prefix=$map"; done
export RUSTFLAGS
export "CFLAGS_${target//-/_}=-ffile-prefix-map=${CARGO_HOME:-$HOME/.cargo}=/cargo -ffile-prefix-map=$PWD=/colahub"
export CARGO_PROFILE_RELEASE_STRIP=symbols

cargo build --locked --release --bin colahub --target "$target" "${flags[@]}" >&2
echo "${CARGO_TARGET_DIR:-target}/$target/release/colahub"
