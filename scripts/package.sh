#!/usr/bin/env bash
# Makes the packages that people install, into bin/packages.
# Usage: scripts/package.sh linux|windows|macos
# The same commit makes the same bytes: all times are the commit's, no path of this machine gets in, and what is packed is sorted.
# SIGN names a command that signs the file that it is given, in place (docs/administrator.md, Packages).
# REHEARSAL names a folder that holds, in the place of what takes minutes to make, the program (program), what is made by its sources
# (manual, icons) and its documents (documents): for tests of how they are packed. The packages lie in its folder out, and say in
# their version what they are.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.cache/go/bin:$PATH"
export LC_ALL=C TZ=UTC
umask 022
# shellcheck source=scripts/tool.sh
. scripts/tool.sh

say() { printf 'package: %s\n' "$*" >&2; }
fail() { say "$@"; exit 1; }

system=${1:-}
VERSION=$(sed -nE 's/^Version = "(.*)"$/\1/p' FyneApp.toml)
[ -n "$VERSION" ] || fail "FyneApp.toml names no version"
commit=${COMMIT-$(git describe --always --abbrev=40 --exclude='*' --dirty=.modified 2>/dev/null || true)}
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null)} ||
  fail "these sources have no history: set SOURCE_DATE_EPOCH to the seconds since 1970 of their making, and COMMIT to their commit"
DAY=$(date -u -d "@$SOURCE_DATE_EPOCH" +%F)
case "$commit" in *.modified) say "there are changes that are not committed: nobody can make these packages again"; VERSION+=+modified ;; esac
export VERSION SOURCE_DATE_EPOCH

rehearsal=${REHEARSAL:-}
out=$PWD/bin/packages
[ -z "$rehearsal" ] || { VERSION+=+rehearsal; out=$rehearsal/out; }
mkdir -p "$out" bin
# Two may be at work at once, so each has a folder of its own. What is made does not depend on its name.
work=$(mktemp -d "$PWD/bin/.package-XXXXXX")
cleanup() { rm -rf "$work" cmd/portal-desktop/rsrc_windows_*.syso; }
trap cleanup EXIT

# build OUT [LINKER FLAGS]: the program with its window, for GOOS and GOARCH. The toolchain stamps nothing by itself: it can't in
# every checkout, and the flags name the commit.
build() {
  local to=$1
  shift
  [ -z "$rehearsal" ] || { install -m 755 "$rehearsal/program" "$to"; return; }
  say "building the program for ${GOOS:-$(go env GOHOSTOS)} (the first time takes minutes)"
  go build -tags "${TAGS:-migrated_fynedo}" -trimpath -buildvcs=false \
    -ldflags "-s -w -X fabricportal/internal/buildinfo.commit=$commit -X fabricportal/internal/buildinfo.date=$DAY $*" -o "$to" ./cmd/portal-desktop
}

# documents FOLDER: licences of all that is linked in, list of parts, example of a configuration. The licence of the project itself
# is its owner's to choose.
documents() {
  local to=$1 script
  mkdir -p "$to"
  [ -z "$rehearsal" ] || { cp "$rehearsal"/documents/* "$to/"; return; }
  for script in notices sbom; do
    [ -x "scripts/$script.sh" ] || fail "scripts/$script.sh is missing: a package without licence texts and its list of parts is not made"
  done
  CGO_ENABLED=1 COMMIT=$commit scripts/notices.sh "$to/NOTICES.txt"
  CGO_ENABLED=1 COMMIT=$commit scripts/sbom.sh "$to/sbom.cdx.json"
  cat LICENSE >"$to/LICENSE.txt"
  cp internal/services/setup/config/portal.example.toml "$to/"
}

# made FOLDER...: pages, completions and icons, by the program's own sources.
made() {
  [ -z "$rehearsal" ] || { cp -r "$rehearsal/manual" "$rehearsal/icons" "$1/"; return; }
  env -u GOOS -u GOARCH CGO_ENABLED=0 go run ./packaging/manual "$1/manual"
  env -u GOOS -u GOARCH CGO_ENABLED=0 go run ./packaging/icons assets/icon.png "$1/icons"
}

# packed FOLDER FILE: a tar of a folder.
packed() { tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --format=gnu -C "$(dirname "$1")" -cf - "$(basename "$1")" | gzip -9n >"$2"; }

# sums NAME FILE...: their checksums, in the form that sha256sum --check reads.
sums() {
  local name=$1
  shift
  (cd "$out" && sha256sum "$@" >"$name")
  cat "$out/$name"
}

case "$system" in
  linux|windows|macos) ;;
  *) fail "which system? make package OS=linux, OS=windows or OS=macos" ;;
esac
# shellcheck source=/dev/null
. "scripts/package-$system.sh"
