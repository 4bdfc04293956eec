#!/usr/bin/env bash
# Makes this machine able to build, run and test the project, or says with which command it would be.
# Usage: scripts/setup.sh PART...   where PART is go, python, window (to build the window), wintest (to test it),
# pgbouncer (for the tests behind a proxy), lint (to check the Python code), package (to make the packages for Linux), windows (those for
# Windows) or wine (to try these).
# Every part is looked for first; what is missing is installed with apt-get, as root or through sudo without a password.
# Everything else goes below .cache in the project. With --packages before the parts it does no more than what needs apt-get.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p .cache
# shellcheck source=scripts/tool.sh
. scripts/tool.sh

GO_VERSION=1.26.8

say() { printf 'setup: %s\n' "$*" >&2; }

# as_root COMMAND... : runs it as root, where this is root or sudo asks for no password.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    have sudo && sudo -n true 2>/dev/null && sudo -n "$@"
  fi
}

# have PROGRAM: is it on the PATH?
have() { command -v "$1" >/dev/null 2>&1; }

# need PACKAGE... : installs Debian packages, or stops with the command that would.
need() {
  local missing=()
  if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
    say "this machine has no apt-get. Install what these Debian packages hold with your own package manager: $*"
    exit 1
  fi
  for p in "$@"; do
    dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  if ! as_root true; then
    say "these packages are missing and this user can't install them. Run this as an administrator, then try again:"
    say "  apt-get update && apt-get install -y ${missing[*]}"
    exit 1
  fi
  say "installing ${missing[*]}"
  # A held or broken package index is the usual reason for a failure, so it is refreshed first.
  as_root apt-get update -qq >&2
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >.cache/apt.log 2>&1 || {
    say "apt-get failed; its last lines:"; tail -n 15 .cache/apt.log >&2; exit 1
  }
}

# libraries_of PACKAGE: the library packages that it depends on.
libraries_of() { apt-cache depends "$1" | sed -nE 's/^ +Depends: (lib[^ ]+)$/\1/p' | tr '\n' ' '; }

# minor_of GO: the N of go1.N; 0 where it can't be told.
minor_of() { "$1" env GOVERSION 2>/dev/null | sed -nE 's/^go1\.([0-9]+).*/\1/p' | grep . || echo 0; }

# go_ready: is there a go that can build the project, now or by fetching its toolchain itself (from 1.21 on)?
go_ready() {
  [ -x .cache/go/bin/go ] && [ "$(.cache/go/bin/go env GOVERSION 2>/dev/null)" = "go$GO_VERSION" ] && return 0
  have go && [ "$(minor_of go)" -ge 21 ]
}

# wanted PART: the Debian packages that a part needs and that can't be done without.
wanted() {
  case "$1" in
    go) go_ready || have go || echo golang-go ca-certificates ;;
    python)
      if ! have python3; then
        echo python3 python3-venv
      elif ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
        echo python3-venv # Debian packs venv's own pip apart
      fi ;;
    window)
      [ "$(uname -s)" = Linux ] || return 0
      have gcc || echo gcc libc6-dev
      have pkg-config || echo pkg-config
      echo libgl1-mesa-dev xorg-dev libwayland-dev libxkbcommon-dev ;;
    wintest)
      [ "$(uname -s)" = Linux ] || return 0
      echo xvfb openbox xdotool imagemagick libgl1-mesa-dri xauth fonts-dejavu-core ;;
    package)
      [ "$(uname -s)" = Linux ] || return 0
      echo dpkg-dev xz-utils mandoc ;;
    windows) echo gcc-mingw-w64-x86-64-win32 binutils-mingw-w64-x86-64 wixl msitools faketime uuid-runtime zip unzip python3-pip osslsigncode openssl ;;
    wine)
      [ "$(uname -m)" = x86_64 ] || return 0
      echo wine wine64 libosmesa6 libgl1 ;;
  esac
}

setup_go() {
  go_ready && return 0
  # Debian's go is older: it fetches the right toolchain as a module, which the checksum database vouches for.
  local arch module dir
  case "$(uname -m)" in x86_64) arch=amd64 ;; aarch64|arm64) arch=arm64 ;; *) arch=$(uname -m) ;; esac
  module="golang.org/toolchain@v0.0.1-go$GO_VERSION.$(uname -s | tr '[:upper:]' '[:lower:]')-$arch"
  say "fetching Go $GO_VERSION"
  # The module's files are used as they lie there; a module cache of our own keeps the user's untouched. An old go can't
  # read our go.mod, so it works in a folder outside the project.
  local cache="$PWD/.cache/gotoolchain" outside
  outside=$(mktemp -d)
  dir=$(cd "$outside" && GOFLAGS=-modcacherw GOMODCACHE="$cache" go mod download -json "$module" | sed -nE 's/^[[:space:]]*"Dir": "(.*)",?$/\1/p') || true
  rm -rf "$outside"
  [ -n "$dir" ] || { say "Go $GO_VERSION could not be fetched. Install Go 1.21 or later from https://go.dev/dl and try again."; exit 1; }
  chmod -R u+rwX "$dir"
  chmod +x "$dir"/bin/* "$dir"/pkg/tool/*/*
  ln -sfn "$dir" .cache/go
}

setup_python() {
  local stamp=.cache/venv/.requirements
  if [ -x .cache/venv/bin/python ] && cmp -s fabric/requirements.txt "$stamp"; then return 0; fi
  say "making the notebooks' Python environment in .cache/venv"
  rm -rf .cache/venv
  python3 -m venv .cache/venv
  locked .cache/venv/bin/python fabric/requirements.txt >&2
  cp fabric/requirements.txt "$stamp"
}

# setup_pgbouncer unpacks Debian's package below .cache instead of installing it: that would start a service on this
# machine, and make it start with every boot. Without it the tests that need it are skipped, so nothing here is fatal.
setup_pgbouncer() {
  local to=.cache/pgbouncer program
  program=$to/usr/sbin/pgbouncer
  [ "$(uname -s)" = Linux ] || return 0
  ! PATH="$PATH:/usr/sbin" have pgbouncer || return 0
  if [ ! -x "$program" ]; then
    have apt-get && have dpkg-deb || { say "this machine has no apt-get: the tests behind PgBouncer are skipped"; return 0; }
    say "fetching PgBouncer"
    rm -rf "$to" "$to.deb" && mkdir -p "$to.deb"
    (cd "$to.deb" && { apt-get download -qq pgbouncer 2>/dev/null || { as_root apt-get update -qq >&2 && apt-get download -qq pgbouncer >&2; }; }) &&
      dpkg-deb -x "$to.deb"/*.deb "$to" || { rm -rf "$to"; say "PgBouncer could not be fetched: the tests behind it are skipped"; }
    rm -rf "$to.deb"
    [ -x "$program" ] || return 0
  fi
  "$program" --version >/dev/null 2>&1 && return 0
  # The libraries that it is linked with; their packages bear other names in each release.
  local libraries
  read -r -a libraries <<<"$(libraries_of pgbouncer)"
  (need "${libraries[@]}") || true
  "$program" --version >/dev/null 2>&1 || say "PgBouncer does not run here: the tests behind it are skipped"
}

# setup_lint adds what checks the Python code to the notebooks' environment.
setup_lint() {
  local stamp=.cache/venv/.requirements-lint
  cmp -s fabric/requirements-lint.txt "$stamp" && return 0
  say "adding ruff and mypy to .cache/venv"
  locked .cache/venv/bin/python fabric/requirements-lint.txt >&2
  cp fabric/requirements-lint.txt "$stamp"
}

# All packages are asked for at once, so that who has to ask an administrator has to ask once.
only_packages=
[ "${1:-}" != --packages ] || { only_packages=yes; shift; }
packages=()
for part in "$@"; do
  case "$part" in
    go|python|window|wintest|pgbouncer|lint|package|windows|wine) read -r -a more <<<"$(wanted "$part" | tr '\n' ' ')"; packages+=("${more[@]}") ;;
    *) say "unknown part $part"; exit 2 ;;
  esac
done
[ ${#packages[@]} -eq 0 ] || need "${packages[@]}"
[ -z "$only_packages" ] || exit 0
for part in "$@"; do
  case "$part" in
    go) setup_go ;;
    python) setup_python ;;
    pgbouncer) setup_pgbouncer ;;
    lint) setup_lint ;;
  esac
done
