#!/usr/bin/env bash
# Makes a Debian package of a compiled hub, with dpkg-deb alone:
#
#   packaging/deb.sh amd64|arm64|armhf BINARY FOLDER
#
# It prints the package's path. The same binary at the same commit gives the same bytes.
set -euo pipefail
arch=$1 binary=$2 folder=$3
case $arch in
  amd64) target=x86_64-unknown-linux-gnu gnu=x86_64-linux-gnu ;;
  arm64) target=aarch64-unknown-linux-gnu gnu=aarch64-linux-gnu ;;
  armhf) target=armv7-unknown-linux-gnueabihf gnu=arm-linux-gnueabihf ;;
  *) echo "packaging/deb.sh: there are packages for amd64, arm64 and armhf, not for $arch" >&2; exit 1 ;;
esac
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
umask 022

version=${DEB_VERSION:-$(sed -n 's/^version = "\(.*\)"/\1/p' "$here/../Cargo.toml" | head -1)}
# Files have the commit's time, so that two builds are the same; outside git, that of the changelog.
: "${SOURCE_DATE_EPOCH:=$(git -C "$here" log -1 --format=%ct 2>/dev/null ||
  dpkg-parsechangelog -l "$here/deb/changelog" -S Timestamp)}"
export SOURCE_DATE_EPOCH

# The version of the C library that the binary needs; we promise to support 2.34.
versions=$(readelf -V "$binary")
glibc() {
  local newest
  newest=$({ echo 2.34; grep -o 'GLIBC_2\.[0-9]*' <<<"$versions" | cut -d_ -f2; } | sort -V | tail -1)
  [ "$newest" = 2.34 ] || echo "packaging/deb.sh: this binary needs glibc $newest; built on Debian 12 it needs 2.34" >&2
  echo "$newest"
}

# put SOURCE TARGET: a file of the package; manuals and the like are compressed there by `pack`.
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
put() { install -D -m "${3:-644}" "$1" "$root/$2"; }
pack() { gzip -9n "$root/$1"; }
doc=usr/share/doc/colahub man=usr/share/man

# Stripped here and not only by the compiler, whose result depends on its linker. The next lines verify it, without a pipe,
# since a readelf that fails must not count as a program without symbols.
strip=$(command -v "$gnu-strip") || { echo "packaging/deb.sh: there is no $gnu-strip; Debian has it in binutils-${gnu//_/-}" >&2; exit 1; }
"$strip" --strip-all --remove-section=.comment --remove-section=.note -o "$root/program" "$binary"
sections=$(readelf -WS "$root/program")
grep -q '\.text' <<<"$sections" || { echo "packaging/deb.sh: readelf shows no sections of the program" >&2; exit 1; }
if grep -qE '\.(symtab|debug_info)' <<<"$sections"; then
  echo "packaging/deb.sh: the program still has symbols" >&2
  exit 1
fi
put "$root/program" usr/bin/colahub 755
rm "$root/program"
put "$here/colahub.service" usr/lib/systemd/system/colahub.service
put "$here/colahub.sysusers" usr/lib/sysusers.d/colahub.conf
mkdir -p "$root/etc/colahub"
sed -f "$here/deb/config.sed" "$here/config.toml" >"$root/etc/colahub/config.toml"
# Tests build another version of the package, with another configuration.
[ -z "${CONFIG_NOTE:-}" ] || echo "$CONFIG_NOTE" >>"$root/etc/colahub/config.toml"
put "$here/colahub.8" $man/man8/colahub.8
pack $man/man8/colahub.8
mkdir -p "$root/$man/man5"
awk -f "$here/colahub.toml.awk" "$root/etc/colahub/config.toml" >"$root/$man/man5/colahub.toml.5"
pack $man/man5/colahub.toml.5
put "$here/completions/colahub.bash" usr/share/bash-completion/completions/colahub
put "$here/completions/_colahub" usr/share/zsh/vendor-completions/_colahub
put "$here/completions/colahub.fish" usr/share/fish/vendor_completions.d/colahub.fish
for example in camp classroom conference; do
  put "$here/examples/$example.toml" "$doc/examples/$example.toml"
done
put "$here/deb/copyright" $doc/copyright
put "$here/deb/changelog" $doc/changelog
pack $doc/changelog
# Cargo knows which crates are compiled in for each board; their licences have to be included.
"$here/licenses.py" "$target" >"$root/$doc/third-party-licenses"
pack $doc/third-party-licenses

control=$root/DEBIAN
mkdir "$control"
install -m 755 "$here"/deb/{postinst,prerm,postrm} "$control/"
echo /etc/colahub/config.toml >"$control/conffiles"
(cd "$root" && find usr -type f | LC_ALL=C sort | xargs md5sum >DEBIAN/md5sums)
size=$(du -k --apparent-size -s "$root" | cut -f1)
sed "s/@VERSION@/$version/;s/@ARCH@/$arch/;s/@SIZE@/$size/;s/@GLIBC@/$(glibc)/" "$here/deb/control.in" >"$control/control"
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

mkdir -p "$folder"
deb=$folder/colahub_${version}_$arch.deb
dpkg-deb --root-owner-group -Zxz -z9 --build "$root" "$deb" >/dev/null
echo "$deb"
