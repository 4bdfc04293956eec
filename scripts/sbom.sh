#!/usr/bin/env bash
# Writes the program's list of parts (SBOM, CycloneDX as JSON): each module that is linked into it, with its version, hash and
# licence. Usage: scripts/sbom.sh OUT
# Of the program for GOOS, GOARCH, CGO_ENABLED and TAGS where these are set, else of this machine's with the window. The same sources
# make the same bytes. COMMIT names the commit where the sources have no history.
set -euo pipefail
out=$(realpath -m "${1:?the file to write}")
cd "$(dirname "$0")/.."
export PATH="$PWD/.cache/go/bin:$PATH"
# shellcheck source=scripts/tool.sh
. scripts/tool.sh
gomod=$(tool cyclonedx-gomod github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod v1.10.0)

version=v$(sed -nE 's/^Version = "(.*)"$/\1/p' FyneApp.toml)
commit=${COMMIT-$(git describe --always --abbrev=40 --exclude='*' --dirty=.modified 2>/dev/null || true)}
# As buildinfo.Info.Short writes it.
if [ -n "$commit" ]; then
  hash=${commit%.modified}
  version+="+g${hash:0:7}${commit#"$hash"}"
fi

# The tool asks Git for the program's version, can't read a linked worktree and names no release that has no tag. So it is shown
# the sources in a folder of their own, with one commit that bears the version.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for entry in *; do ln -s "$PWD/$entry" "$folder/$entry"; done
quiet_git() { GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null git -C "$folder" -c user.name=sbom -c user.email=sbom@invalid "$@"; }
quiet_git init --quiet --initial-branch=main
quiet_git commit --quiet --allow-empty --message "$version"
quiet_git tag "$version"

mkdir -p "$(dirname "$out")"
CGO_ENABLED=${CGO_ENABLED:-1} GOFLAGS="-mod=readonly -tags=${TAGS:-migrated_fynedo}" \
  "$gomod" app -json -noserial -notimestamp -std -main cmd/portal-desktop -output "$out.part" "$folder"
# The tool's own search for licences takes some for others.
env -u GOOS -u GOARCH -u GOFLAGS CGO_ENABLED=0 go run ./cmd/licences sbom "$out.part"
mv "$out.part" "$out"
