#!/usr/bin/env bash
# Makes the packages for Windows and tries them under Wine and Xvfb: installs an older version silently with settings, upgrades it,
# profiles a file, does the whole job on a sandbox, opens the window, removes all, and looks at what is left; then the installer
# for one person; then signatures.
# Usage: scripts/test-windows.sh [FOLDER]   where FOLDER holds what “make package OS=windows” made (default: they are made)
# PORTAL_PICTURES names a folder for pictures of the window. Ends with “skipped: …” and code 0 where this can't be tried here.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.cache/go/bin:$PATH"
skip() { echo "windows: skipped: $*"; exit 0; }
fail() { echo "windows: $*" >&2; exit 1; }
ok() { echo "windows: $*"; }

command -v wine >/dev/null || skip "Wine is not installed: scripts/setup.sh wine"
command -v Xvfb >/dev/null && command -v xdotool >/dev/null || skip "Xvfb or xdotool is not installed: scripts/setup.sh wintest"
packages=${1:-}
if [ -z "$packages" ]; then
  scripts/package.sh windows
  packages=bin/packages
fi
(cd "$packages" && sha256sum --check --quiet SHA256SUMS-windows) || fail "the packages are not those that the checksums are of"
named() { sed -nE "s/^[0-9a-f]+  (.*$1)\$/\1/p" "$packages/SHA256SUMS-windows"; }
machine=$packages/$(named 'amd64\.msi') person=$packages/$(named 'amd64-user\.msi')

place=$(mktemp -d)
export WINEPREFIX=$place/prefix WINEARCH=win64 WINEDEBUG=-all
xvfb='' window=''
cleanup() {
  [ -z "$window" ] || kill "$window" 2>/dev/null || true
  timeout 30 wineserver -k 2>/dev/null || "$wineserver" -k 2>/dev/null || true
  [ -z "$xvfb" ] || kill "$xvfb" 2>/dev/null || true
  rm -rf "$place"
}
wineserver=$(command -v wineserver || echo /usr/lib/wine/wineserver64)
trap cleanup EXIT
Xvfb -displayfd 3 -screen 0 1366x768x24 -nolisten tcp 3>"$place/display" >/dev/null 2>&1 &
xvfb=$!
for _ in $(seq 100); do [ -s "$place/display" ] && break; sleep 0.1; done
DISPLAY=":$(cat "$place/display")" || fail "Xvfb did not start"
export DISPLAY

timeout 300 wineboot --init >"$place/boot.log" 2>&1 || { cat "$place/boot.log" >&2; fail "Wine did not start"; }
c=$WINEPREFIX/drive_c
if [ ! -e "$c/windows/system32/bcryptprimitives.dll" ]; then
  x86_64-w64-mingw32-gcc -shared -O2 -s -o "$c/windows/system32/bcryptprimitives.dll" packaging/windows/native/bcryptprimitives.c -ladvapi32
fi
# Its uiautomationcore.dll ends a program that tells screen readers of a changed window; this one notes what is told.
x86_64-w64-mingw32-gcc -shared -O2 -s -o "$c/windows/system32/uiautomationcore.dll" packaging/windows/native/uiautomationcore.c
export WINEDLLOVERRIDES=uiautomationcore=n

install_() { timeout 300 wine msiexec /i "$@" /qn >"$place/msi.log" 2>&1 || { cat "$place/msi.log" >&2; fail "msiexec /i $* failed"; }; }
remove() { timeout 300 wine msiexec /x "$@" /qn >"$place/msi.log" 2>&1 || { cat "$place/msi.log" >&2; fail "msiexec /x $* failed"; }; }
# registry KEY: what stands there; nothing where there is none, which Wine says on standard output.
registry() {
  local said
  said=$(wine reg query "$@" 2>/dev/null) || return 0
  tr -d '\r' <<<"$said"
}
environment='HKLM\System\CurrentControlSet\Control\Session Manager\Environment'
there="$c/Program Files/Fabric Data Portal"

# An older version: the same, under another number.
cp "$machine" "$place/older.msi"
msibuild "$place/older.msi" -q "UPDATE Property SET Value='0.0.1' WHERE Property='ProductVersion'" \
  -q "UPDATE Property SET Value='{$(uuidgen | tr '[:lower:]' '[:upper:]')}' WHERE Property='ProductCode'"
msibuild "$place/older.msi" -s older older 'x64;1033' "{$(uuidgen | tr '[:lower:]' '[:upper:]')}"
mkdir -p "$c/share/profiles" "$c/empty"
printf 'version = 1\norganisation = "Contoso"\nlocked = ["fabric.tenant_id"]\n' >"$c/share/policy.toml"
printf 'name = "Production"\n' >"$c/share/profiles/production.toml"
! timeout 300 wine msiexec /i "$place/older.msi" /qn 'POLICY=C:\empty' >/dev/null 2>&1 || fail "a policy that is not there is not noticed"
[ ! -e "$there" ] || fail "the program was installed without the policy that it was to have"
install_ "$place/older.msi" 'SETTINGS=C:\organisation\portal.toml' PORTAL_LANG=de 'POLICY=C:\share'
policy=$c/ProgramData/fabric-data-portal
cmp -s "$c/share/policy.toml" "$policy/policy.toml" && cmp -s "$c/share/profiles/production.toml" "$policy/profiles/production.toml" || fail "the organisation's policy was not copied"
grep -q 'PORTAL_CONFIG.*C:.organisation.portal.toml' <<<"$(registry "$environment")" || fail "the organisation's settings were not set"
mkdir -p "$c/users/$(id -un)/AppData/Roaming/fabric-data-portal"
echo 'name = "mine"' >"$c/users/$(id -un)/AppData/Roaming/fabric-data-portal/portal.toml"
install_ "$machine"
[ "$(registry 'HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall' /s | grep -c 'DisplayName.*Fabric Data Portal')" -eq 1 ] || fail "the older version is still listed"
grep -q 'PORTAL_LANG.*de' <<<"$(registry "$environment")" || fail "the upgrade lost the organisation's settings"
[ -e "$policy/policy.toml" ] && [ -e "$policy/profiles/production.toml" ] || fail "the upgrade lost the organisation's policy"
ok "installed silently with settings and a policy, upgraded, both kept"

# As in a console: the .com of this name is found first, waits, and hands on output and exit code.
version=$(sed -nE 's/^Version = "(.*)"$/\1/p' FyneApp.toml)
printf 'order_id,order_date,revenue\n1,2026-01-05,10.50\n2,2026-01-06,20.25\n' >"$place/orders.csv"
program() { (cd "$place" && timeout 120 wine "C:\\Program Files\\Fabric Data Portal\\portal-desktop.com" "$@"); }
grep -qF "$version (commit " <<<"$(program --version)" || fail "the installed program does not say its version and commit"
program profile orders.csv >"$place/profile.json" || fail "profile failed"
grep -q '"row_count": *2' "$place/profile.json" || fail "the profile is not that of the file"
code=0
program profile missing.csv >/dev/null 2>"$place/said" || code=$?
[ "$code" -eq 1 ] && grep -q 'missing.csv' "$place/said" || fail "a failure is not told: exit code $code"
code=0
program no-such-subcommand >/dev/null 2>&1 || code=$?
[ "$code" -eq 2 ] || fail "wrong usage ends with $code"
ok "profiled a file; output, errors and exit codes arrive"

# Wine gives files no rights but those of this machine's user, who is no administrator of Windows: such a policy is refused.
code=0
program settings >/dev/null 2>"$place/said" || code=$?
[ "$code" -eq 1 ] && grep -q 'policy.toml, which decides for all users of this computer, can be changed by others than administrators' "$place/said" ||
  { cat "$place/said" >&2; fail "a policy that anybody may change is not refused: exit code $code"; }
mv "$policy" "$place/policy"
decides='HKLM\SOFTWARE\Policies\FabricDataPortal'
for value in 'version REG_DWORD 1' 'organisation REG_SZ Contoso' 'locked REG_MULTI_SZ fabric.tenant_id'; do
  read -r name kind what <<<"$value"
  wine reg add "$decides" /v "$name" /t "$kind" /d "$what" /f >/dev/null 2>&1 || fail "the registry takes no $name"
done
echo 'name = "mine"' >"$place/own.toml"
program settings --json --config own.toml >"$place/settings.json" 2>"$place/said" || true # such a file is not enough to work with
grep -q 'Policies.*FabricDataPortal' "$place/settings.json" && grep -A4 '"fabric.tenant_id"' "$place/settings.json" | grep -q '"locked": *true' ||
  { cat "$place/settings.json" "$place/said" >&2; fail "the policy of the registry locks nothing"; }
wine reg delete "$decides" /f >/dev/null 2>&1
mv "$place/policy" "$c/ProgramData/kept"
ok "the policy of the registry is obeyed, one that anybody may write is refused"

if [ -x .cache/venv/bin/python ]; then
  cat >"$place/program" <<'END'
#!/usr/bin/env bash
# Paths of this machine lie on Wine's drive Z:. The installed setting goes before the surrounding one, so the file is named.
sed 's#= "/#= "Z:/#' "$PORTAL_CONFIG" >"${0%/*}/portal.toml"
args=(--config "Z:${0%/*}/portal.toml")
for a in "$@"; do [[ $a != /* ]] || a=Z:$a; args+=("$a"); done
unset DISPLAY
exec wine "C:\\Program Files\\Fabric Data Portal\\portal-desktop.com" "${args[@]}"
END
  chmod +x "$place/program"
  go run ./cmd/portal-demo --headless --program "$place/program" >"$place/job.log" 2>&1 || { tail -n 40 "$place/job.log" >&2; fail "the whole job failed"; }
  tail -n 3 "$place/job.log"
  ok "did the whole job on a sandbox"
else
  ok "the whole job was not tried: scripts/setup.sh python"
fi

# shown NAME PROGRAM [VARIABLE=VALUE]...: opens the window, takes a picture, closes it.
shown() {
  local name=$1 exe=$2 colours
  shift 2
  (cd "$place" && exec env PORTAL_LANG=en "$@" wine "$exe") >"$place/window.log" 2>&1 &
  window=$!
  # A window that goes while xdotool looks at it is an error to xdotool, so it is asked again.
  for _ in $(seq 120); do
    ! xdotool search --onlyvisible --name 'Fabric' >/dev/null 2>&1 || break
    kill -0 "$window" 2>/dev/null || break
    sleep 1
  done
  xdotool search --onlyvisible --name 'Fabric' >/dev/null 2>&1 || { cat "$place/window.log" >&2; fail "no window came"; }
  colours=0
  for _ in $(seq 30); do
    sleep 1
    import -window root "$place/$name.png"
    colours=$(identify -format '%k' "$place/$name.png")
    [ "$colours" -lt 100 ] || break
  done
  [ "$colours" -ge 100 ] || fail "the window stayed empty ($colours colours)"
  [ -z "${PORTAL_PICTURES:-}" ] || { mkdir -p "$PORTAL_PICTURES" && cp "$place/$name.png" "$PORTAL_PICTURES/"; }
  "$wineserver" -k || true
  wait "$window" 2>/dev/null || true
  window=''
}
shown windows 'C:\Program Files\Fabric Data Portal\portal-desktop.exe'
grep -q structure "$c/told.txt" || fail "screen readers were told nothing of the window"
ok "the window opened, and screen readers are told"

# A second start hands its file to the window that is there, and ends.
# As on a computer that has no settings yet: those of the installer go before what is set here.
mine=$c/users/$(id -un)/AppData/Roaming/fabric-data-portal/portal.toml
mv "$mine" "$place/mine.toml"
for name in PORTAL_CONFIG PORTAL_LANG; do wine reg delete "$environment" /v "$name" /f >/dev/null 2>&1; done
"$wineserver" -k || true
(cd "$place" && exec env PORTAL_LANG=en PORTAL_GUI_PROBE="Z:$place/probe.json" wine 'C:\Program Files\Fabric Data Portal\portal-desktop.exe') >"$place/window.log" 2>&1 &
window=$!
says() {
  for _ in $(seq 120); do
    ! grep -q "$1" "$place/probe.json" 2>/dev/null || return 0
    kill -0 "$window" 2>/dev/null || break
    sleep 1
  done
  cat "$place/window.log" >&2
  fail "the window does not show “$1”"
}
says setup.sample
# “Try with sample data” opens the window without a connection, in the same process.
eval "$(xdotool getwindowgeometry --shell "$(xdotool search --onlyvisible --name 'Fabric' | head -n 1)")"
read -r x y <<<"$(awk -F'[:,]' '/"name": "setup.sample"/ { found = 1 } found && /"[xywh]":/ { v[++n] = $2 } n == 4 { printf "%d %d", v[1] + v[3] / 2, v[2] + v[4] / 2; exit }' "$place/probe.json")"
xdotool mousemove $((X + x)) $((Y + y)) click 1
says 'No connection'
! grep -q orders.csv "$place/probe.json" || fail "the file is shown before it was opened"
code=0
(cd "$place" && timeout 120 env PORTAL_LANG=en wine 'C:\Program Files\Fabric Data Portal\portal-desktop.exe' orders.csv) >"$place/second.log" 2>&1 || code=$?
[ "$code" -eq 0 ] || { cat "$place/second.log" >&2; fail "the second start ended with $code"; }
says orders.csv
[ "$(xdotool search --onlyvisible --name 'Fabric' | wc -l)" -eq 1 ] || fail "there is more than one window"
[ -z "${PORTAL_PICTURES:-}" ] || import -window root "$PORTAL_PICTURES/windows-handed-over.png"
"$wineserver" -k || true
wait "$window" 2>/dev/null || true
window=''
mv "$place/mine.toml" "$mine"
ok "a second start handed its file to the window, and ended"

# As on a remote desktop: a display that has no OpenGL. The program has to find that out, and Mesa's DLL of its own folder to draw.
Xvfb -displayfd 3 -screen 0 1366x768x24 -nolisten tcp -extension GLX 3>"$place/plain" >/dev/null 2>&1 &
plain=$!
for _ in $(seq 100); do [ -s "$place/plain" ] && break; sleep 0.1; done
DISPLAY=":$(cat "$place/plain")"
shown windows-software 'C:\Program Files\Fabric Data Portal\portal-desktop.exe' 'WINEDLLOVERRIDES=opengl32=n,b;uiautomationcore=n'
grep -q 'the window is drawn by software' "$c/users/$(id -un)/AppData/Local/fabric-data-portal/Logs/portal.log" || fail "the program did not notice that OpenGL is missing"
DISPLAY=":$(cat "$place/display")"
kill "$plain"
ok "the window opened where there is no OpenGL"

mv "$c/ProgramData/kept" "$policy"
remove "$machine"
[ -e "$policy/policy.toml" ] || fail "removing took the organisation's policy"
[ ! -e "$there" ] || fail "removing left $(find "$there")"
! grep -qE 'PORTAL_|Fabric' <<<"$(registry "$environment")" || fail "removing left variables"
! grep -q . <<<"$(registry 'HKLM\Software\Fabric Data Portal' /s)" || fail "removing left the registry's entries"
! grep -q . <<<"$(registry 'HKLM\Software\Classes\FabricDataPortal.File' /s)" || fail "removing left the association"
[ -z "$(find "$c" -name 'Fabric Data Portal*')" ] || fail "removing left $(find "$c" -name 'Fabric Data Portal*')"
grep -q mine "$c/users/$(id -un)/AppData/Roaming/fabric-data-portal/portal.toml" || fail "removing touched people's files"
ok "removed; people's files and the policy are there"
rm -rf "$policy"

install_ "$person"
own=$(find "$c/users" -name portal-desktop.com)
[ -n "$own" ] || fail "the installer for one person put no program into the person's folder"
grep -qF "$version" <<<"$(cd "$place" && timeout 120 wine "$own" --version)" || fail "the person's program does not start"
remove "$person"
[ -z "$(find "$c/users" -name 'portal-desktop.*')" ] || fail "removing left the person's program"
ok "installed and removed for one person"

openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj '/CN=Fabric Data Portal test' -addext extendedKeyUsage=codeSigning \
  -keyout "$place/key.pem" -out "$place/certificate.pem" 2>/dev/null
cp "$machine" "$place/signed.msi"
unzip -q -o -j "$packages/$(named 'amd64\.zip')" '*/portal-desktop.exe' -d "$place"
for file in signed.msi portal-desktop.exe; do
  SIGN_CERTIFICATE=$place/certificate.pem SIGN_KEY=$place/key.pem packaging/windows/sign.sh "$place/$file" >"$place/sign.log" 2>&1 || { cat "$place/sign.log" >&2; fail "signing $file failed"; }
  osslsigncode verify -CAfile "$place/certificate.pem" -in "$place/$file" >"$place/sign.log" 2>&1 || { cat "$place/sign.log" >&2; fail "the signature of $file does not hold"; }
done
ok "signed with a certificate made here, and verified"
