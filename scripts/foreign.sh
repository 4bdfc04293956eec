#!/usr/bin/env bash
# Installs Microsoft's own clients below .cache, for the tests that let them work against the sandbox: those in Python into
# .cache/foreign, azcopy into .cache/azcopy (scripts/part.sh says what becomes of one that can't be installed).
set -uo pipefail
cd "$(dirname "$0")/.." || exit
export AZCOPY_VERSION=10.32.2
export AZCOPY_SHA256=1ab08986f144ff190d68eaf6715a8d4818aae500212b0eca5a70d2f85bbc6b0f # of the program

# shellcheck source=scripts/part.sh
. scripts/part.sh
# shellcheck source=scripts/tool.sh
. scripts/tool.sh

foreign() {
  local to
  to=$(cd .cache && pwd -P)/foreign # its programs bear this path, which must not go through a link
  python3 -m venv "$to"
  locked "$to/bin/python" fabric/requirements-foreign.txt --retries 1
}

azcopy() {
  [ "$(uname -sm)" = 'Linux x86_64' ] || { echo "its package holds the program for Linux on x86_64 only"; return 1; }
  command -v npm >/dev/null || { echo "there is no npm on this machine"; return 1; }
  local program=.cache/azcopy/node_modules/@azure-tools/azcopy-linux/dist/bin/azcopy_linux_amd64
  # The program lies in the package, so that none of its scripts has to run.
  npm install --prefix .cache/azcopy --ignore-scripts --no-audit --no-fund --no-save --fetch-retries 1 "@azure-tools/azcopy-linux@$AZCOPY_VERSION"
  sha256sum --check --quiet <<<"$AZCOPY_SHA256  $program" || { echo "azcopy $AZCOPY_VERSION is not the program that was seen before"; return 1; }
  chmod +x "$program"
  mkdir -p .cache/azcopy/lib
  # It is linked with a library that desktops have and servers don't. Unpacked, and not installed, it changes nothing here.
  if grep -q 'libsecret.*not found' <<<"$(ldd "$program")"; then
    command -v apt-get >/dev/null || { echo "the library libsecret-1.so.0 is missing on this machine"; return 1; }
    (cd .cache/azcopy/lib && { apt-get download -qq libsecret-1-0 || { apt-get update -qq && apt-get download -qq libsecret-1-0; }; } && dpkg-deb -x ./*.deb . && mv usr/lib/*/libsecret-1.so.0* .)
  fi
  LD_LIBRARY_PATH=$PWD/.cache/azcopy/lib "$program" --version
  ln -s "${program#.cache/azcopy/}" .cache/azcopy/azcopy
}

export -f locked foreign azcopy
part foreign "$(cat fabric/requirements-foreign.txt)" "Microsoft's clients for the tests" 360 foreign
part azcopy "$AZCOPY_VERSION $AZCOPY_SHA256" "Microsoft's azcopy for the tests" 360 azcopy
exit 0
