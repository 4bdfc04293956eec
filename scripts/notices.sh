#!/usr/bin/env bash
# Writes the licence texts of all that is linked into the program, with those of its fonts: they have to go with it. The same file
# for each system and each build of the same sources. Fails where a part's licence is not one that is allowed
# (internal/licences/allowed.toml). Usage: scripts/notices.sh OUT [FILE...]   where FILE has the terms of what a package carries beside it
set -euo pipefail
out=$(realpath -m "${1:?the file to write}")
shift
files=()
for file in "$@"; do files+=("$(realpath "$file")"); done
cd "$(dirname "$0")/.."
export PATH="$PWD/.cache/go/bin:$PATH"
mkdir -p "$(dirname "$out")"
# The tool is for this machine, whatever the program is being built for.
env -u GOOS -u GOARCH -u GOFLAGS CGO_ENABLED=0 go run ./cmd/licences notices "$out.part" "${files[@]}"
mv "$out.part" "$out"
