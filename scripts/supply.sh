#!/usr/bin/env bash
# Looks at all that the program is made of: whether it is what go.sum names, whether it has known holes, on what terms it may be passed
# on, and how old it is. Leaves the list of parts and the licence texts in .cache/supply. Fails where something is wrong, and says
# what could not be looked at.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
# shellcheck source=scripts/tool.sh
. scripts/tool.sh
out=.cache/supply
mkdir -p "$out"
failed=0
skipped=()

step() { printf '\n== %s\n' "$1"; }

step "Modules are what go.sum names"
go mod verify || failed=1

step "Known holes (govulncheck)"
# The program as it is shipped, with its window. On other systems the packages for Linux can't be looked at without their C.
if govulncheck=$(tool govulncheck golang.org/x/vuln/cmd/govulncheck v1.9.0); then
  CGO_ENABLED=1 "$govulncheck" ${GOVULNDB:+-db "$GOVULNDB"} -tags migrated_fynedo ./cmd/portal-desktop >"$out/holes.txt" 2>&1
  code=$?
  # Without its data it ends with 1, as for any fault of its own; 3 means that it has found something.
  if [ $code -ne 0 ] && [ $code -ne 3 ] && grep -q 'fetching vulnerabilities' "$out/holes.txt"; then
    skipped+=("known holes: govulncheck can't reach its database ($(grep -m 1 'fetching vulnerabilities' "$out/holes.txt" | sed 's/.*: //'))")
    echo "skipped: its database can't be reached"
  else
    cat "$out/holes.txt"
    [ $code -eq 0 ] || failed=1
  fi
else
  skipped+=("known holes: govulncheck could not be installed")
fi

step "Licences, and their texts"
scripts/notices.sh "$out/notices.txt" && env CGO_ENABLED=0 go run ./cmd/licences check || failed=1

step "The list of parts"
for os in linux windows; do
  if GOOS=$os GOARCH=amd64 CGO_ENABLED=1 scripts/sbom.sh "$out/sbom-$os.json" 2>"$out/sbom.log"; then
    echo "$os: $(grep -c '"bom-ref"' "$out/sbom-$os.json") parts, the program among them: $out/sbom-$os.json"
  else
    cat "$out/sbom.log"
    failed=1
  fi
done

step "Age of what go.mod names directly"
# Some lists of versions can't be had everywhere; then nothing is known of newer ones.
direct=$(go list -m -f '{{if not (or .Indirect .Main)}}{{.Path}}{{end}}' all)
# shellcheck disable=SC2086
go list -e -m -u -f '{{.Path}}|{{.Version}}{{with .Time}} of {{.Format "2006-01-02"}}{{end}}|{{if .Update}}behind {{.Update.Version}} of {{.Update.Time.Format "2006-01-02"}}{{else if .Error}}newer ones are not known: their list could not be read{{else}}newest{{end}}' $direct |
  column -t -s '|' || failed=1
echo "Python's packages are those of Fabric's runtimes, which decide their versions; what is beside them: .cache/venv/bin/python -m pip list --outdated"

[ ${#skipped[@]} -eq 0 ] || { echo; echo "Skipped:"; printf '  %s\n' "${skipped[@]}"; }
[ $failed -eq 0 ] && printf '\nsupply: nothing is wrong\n' || printf '\nsupply: something is wrong, see above\n'
exit $failed
