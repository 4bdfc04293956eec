#!/usr/bin/env bash
# Puts a program and what belongs to it into a bundle, as macOS wants it. Works on any system.
# Usage: scripts/bundle-macos.sh PROGRAM ICONS DOCUMENTS BUNDLE.app
# ICONS is what packaging/icons made, DOCUMENTS a folder of licences and the list of parts. VERSION is the program's.
set -euo pipefail
program=$(realpath "$1") icons=$(realpath "$2") documents=$(realpath "$3") bundle=$(realpath -m "$4" 2>/dev/null || echo "$PWD/$4")
cd "$(dirname "$0")/.."
: "${VERSION:?}"
rm -rf "$bundle"
mkdir -p "$bundle/Contents/MacOS" "$bundle/Contents/Resources"
# Three numbers, as Apple's own tools compare them.
sed "s/@VERSION@/${VERSION%%+*}/" packaging/macos/Info.plist >"$bundle/Contents/Info.plist"
printf 'APPL????' >"$bundle/Contents/PkgInfo"
cp "$program" "$bundle/Contents/MacOS/portal-desktop"
chmod 755 "$bundle/Contents/MacOS/portal-desktop"
cp "$icons/portal-desktop.icns" "$bundle/Contents/Resources/"
cp "$documents"/* "$bundle/Contents/Resources/"
