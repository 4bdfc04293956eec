#!/usr/bin/env bash
# Fetches Mesa's software renderer for Windows, for computers without usable OpenGL.
# Usage: scripts/mesa-windows.sh FOLDER
# It is the one that Qt's own wheels on PyPI carry (Mesa 12 with LLVM's parts linked in, both under free licences); its hash is pinned.
set -euo pipefail
to=$(realpath -m "${1:?the folder to write into}")
cd "$(dirname "$0")/.."
WHEEL=PyQt5-Qt5==5.15.2
HASH=963641a718f9cae2705d5299eae9b7444e84e72ab3bef96a691510dd05fa1da4
kept=$PWD/.cache/mesa-windows/opengl32sw.dll
holds() { echo "$HASH  $1" | sha256sum --check --quiet >/dev/null 2>&1; }
if ! holds "$kept"; then
  new=$(mktemp -d)
  trap 'rm -rf "$new"' EXIT
  python=.cache/venv/bin/python
  [ -x "$python" ] || python=python3
  "$python" -m pip download --quiet --disable-pip-version-check --no-deps --platform win_amd64 --only-binary=:all: --dest "$new" "$WHEEL" >&2
  unzip -q -o -j "$new"/*.whl '*/opengl32sw.dll' -d "$new"
  holds "$new/opengl32sw.dll" || { echo "mesa: the renderer that was fetched is not the one whose hash is known" >&2; exit 1; }
  mkdir -p "${kept%/*}"
  mv "$new/opengl32sw.dll" "$kept"
fi
mkdir -p "$to"
cp "$kept" "$to/opengl32.dll"
cp packaging/windows/MESA.txt "$to/"
