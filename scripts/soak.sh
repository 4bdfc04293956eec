#!/usr/bin/env bash
# Lets desktops live, die and freeze at random for some time against a hostile Fabric, and looks into the books afterwards.
# Usage: scripts/soak.sh SECONDS [pgbouncer]
# Ends with the line "soak: R runs, J jobs, K kills, S freezes, V violations", and with code 1 where there were any.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
mkdir -p .cache
seconds=${1:-60}
[[ $seconds =~ ^[1-9][0-9]*$ ]] || { echo "soak: “$seconds” is no number of seconds" >&2; exit 2; }
flags=(-soak.seconds "$seconds")
if [ -n "${2:-}" ] && [ "$2" != 0 ]; then
  command -v pgbouncer >/dev/null || { echo "soak: PgBouncer is missing. Install it with: apt-get install -y pgbouncer" >&2; exit 2; }
  flags+=(-soak.pgbouncer)
fi
log=.cache/soak.log
go test -c -tags migrated_fynedo -o .cache/soak.test ./internal/e2e/soak || exit 1
(cd internal/e2e/soak && exec ../../../.cache/soak.test -test.v -test.run '^TestSoak$' -test.timeout "$((seconds + 600))s" "${flags[@]}") >"$log" 2>&1
code=$?
grep -vE '^(=== |--- |PASS|FAIL|soak: )' "$log"
grep -E '^soak: [0-9]+ runs' "$log" || { tail -n 40 "$log" >&2; code=1; }
[ "$code" -eq 0 ] || exit 1
