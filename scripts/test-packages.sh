#!/usr/bin/env bash
# Installs the Debian package in an empty root, starts the program there, profiles a file, opens the window where there is Xvfb,
# removes the package, and looks that nothing is left but people's files. The tarball is unpacked and tried, too.
# Usage: scripts/test-packages.sh [FOLDER]   where FOLDER (default: bin/packages) holds what “make package OS=linux” made
# Ends with “skipped: …” and code 0 where this can't be tried here.
set -euo pipefail
cd "$(dirname "$0")/.."
skip() { echo "packages: skipped: $*"; exit 0; }
fail() { echo "packages: $*" >&2; exit 1; }
ok() { echo "packages: $*"; }

packages=$(realpath -m "${1:-bin/packages}")
command -v dpkg-deb >/dev/null || skip "this machine has no dpkg"
[ "$(id -u)" -eq 0 ] || skip "dpkg installs as root only"
[ -f "$packages/SHA256SUMS-linux" ] || skip "there are no packages: make package OS=linux"
(cd "$packages" && sha256sum --check --quiet SHA256SUMS-linux) || fail "the packages are not those that the checksums are of"
deb=$(sed -nE 's/^[0-9a-f]+  (.*\.deb)$/\1/p' "$packages/SHA256SUMS-linux")
tarball=$(sed -nE 's/^[0-9a-f]+  (.*\.tar\.gz)$/\1/p' "$packages/SHA256SUMS-linux")

place=$(mktemp -d)
xvfb='' window=''
cleanup() {
  [ -z "$window" ] || kill "$window" 2>/dev/null || true
  [ -z "$xvfb" ] || kill "$xvfb" 2>/dev/null || true
  rm -rf "$place"
}
trap cleanup EXIT
root=$place/root home=$place/home
mkdir -p "$root/var/lib/dpkg/updates" "$root/var/lib/dpkg/info" "$home"
touch "$root/var/lib/dpkg/status"
# Dependencies are looked at below, by apt; here are none of this machine's packages.
installing() { dpkg --root="$root" --force-depends --log=/dev/null "$@" >"$place/dpkg.log" 2>&1 || { cat "$place/dpkg.log" >&2; fail "dpkg $* failed"; }; }
left() { (cd "$root" && find . -path ./var/lib/dpkg -prune -o ! -type d -print | sort); }

installing --install "$packages/$deb"
ok "installed $deb"
for file in bin/portal-desktop share/applications/portal-desktop.desktop share/icons/hicolor/256x256/apps/portal-desktop.png share/man/man1/portal-desktop.1.gz \
  share/bash-completion/completions/portal-desktop share/zsh/vendor-completions/_portal-desktop share/fish/vendor_completions.d/portal-desktop.fish \
  share/doc/fabric-data-portal/NOTICES.txt share/doc/fabric-data-portal/LICENSE.txt share/doc/fabric-data-portal/sbom.cdx.json; do
  [ -s "$root/usr/$file" ] || fail "the package has no /usr/$file"
done
if command -v apt-get >/dev/null; then
  apt-get --simulate --no-install-recommends -qq install "$packages/$deb" >"$place/apt.log" 2>&1 || { cat "$place/apt.log" >&2; fail "this release does not have what the package depends on"; }
  ok "its dependencies can be installed here"
fi

# The program as a person calls it, who has a home and nothing else.
person() { (cd "$home" && env -i HOME="$home" PATH="$root/usr/bin:/usr/bin:/bin" LANG=C.UTF-8 "${@}"); }
version=$(sed -nE 's/^Version = "(.*)"$/\1/p' FyneApp.toml)
grep -qF "$version (commit " <<<"$(person portal-desktop --version)" || fail "the installed program does not say its version and commit"
printf 'order_id,order_date,revenue\n1,2026-01-05,10.50\n2,2026-01-06,20.25\n' >"$home/orders.csv"
person portal-desktop profile orders.csv >"$home/profile.json" || fail "profile failed"
grep -q '"row_count": *2' "$home/profile.json" || fail "the profile is not that of the file"
ok "profiled a file"
words=$(person bash -c '. '"$root"'/usr/share/bash-completion/completions/portal-desktop
  _get_comp_words_by_ref() { cword=1 cur=prof prev=portal-desktop words=(portal-desktop prof); }; __ltrim_colon_completions() { :; }; compopt() { :; }
  COMP_LINE="portal-desktop prof" COMP_POINT=19 COMP_TYPE=9 COMP_WORDS=(portal-desktop prof) COMP_CWORD=1
  __start_portal-desktop && echo "${COMPREPLY[*]}"') || fail "the completion for bash failed"
[ "${words% }" = profile ] || fail "bash completes “prof” to “$words”"
ok "bash completes subcommands"
if command -v mandoc >/dev/null; then
  # Bold letters are written twice, one above the other.
  grep -q 'portal-desktop profile FILE' <<<"$(gzip -dc "$root/usr/share/man/man1/portal-desktop.1.gz" | mandoc -T utf8 | sed 's/.\x08//g')" || fail "the manual page can't be shown"
  ok "the manual page is shown"
fi
if command -v desktop-file-validate >/dev/null; then
  desktop-file-validate "$root/usr/share/applications/portal-desktop.desktop" || fail "the desktop file is wrong"
fi

if command -v Xvfb >/dev/null && command -v xdotool >/dev/null; then
  # Xvfb takes a free display by itself, and tells which.
  Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp 3>"$place/display" >/dev/null 2>&1 &
  xvfb=$!
  for _ in $(seq 100); do [ -s "$place/display" ] && break; sleep 0.1; done
  [ -s "$place/display" ] || fail "Xvfb did not start"
  (cd "$home" && exec env -i HOME="$home" PATH=/usr/bin:/bin LANG=C.UTF-8 DISPLAY=":$(cat "$place/display")" "$root/usr/bin/portal-desktop") >"$place/window.log" 2>&1 &
  window=$!
  for _ in $(seq 40); do
    ! DISPLAY=":$(cat "$place/display")" xdotool search --onlyvisible --name 'Fabric' >/dev/null 2>&1 || break
    kill -0 "$window" 2>/dev/null || break
    sleep 1
  done
  DISPLAY=":$(cat "$place/display")" xdotool search --onlyvisible --name 'Fabric' >/dev/null 2>&1 || { cat "$place/window.log" >&2; fail "no window came"; }
  [ -z "${PORTAL_PICTURES:-}" ] || { sleep 2; DISPLAY=":$(cat "$place/display")" import -window root "$PORTAL_PICTURES/linux.png"; }
  kill "$window" && wait "$window" 2>/dev/null || true
  window=''
  ok "the window opened"
else
  ok "the window was not opened: Xvfb or xdotool is missing"
fi

people=$(cd "$home" && find . -type f | sort)
installing --purge fabric-data-portal
[ -z "$(left)" ] || fail "removing left $(left)"
[ "$people" = "$(cd "$home" && find . -type f | sort)" ] || fail "removing touched people's files"
ok "removed: nothing is left but $(wc -l <<<"$people") files of the person"

mkdir "$place/local"
tar -xzf "$packages/$tarball" -C "$place/local" --strip-components=1
grep -qF "$version" <<<"$("$place/local/bin/portal-desktop" --version)" || fail "the tarball's program does not start"
cmp -s <(dpkg-deb --fsys-tarfile "$packages/$deb" | tar -xO ./usr/bin/portal-desktop) "$place/local/bin/portal-desktop" || fail "tarball and Debian package hold different programs"
ok "the tarball holds the same program"
