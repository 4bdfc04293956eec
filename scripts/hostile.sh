#!/usr/bin/env bash
# Lets every subcommand, and then the real window under Xvfb, live in a hostile world for some time each.
# Usage: scripts/hostile.sh SECONDS
# Prints each round; ends with code 1 where a limit was missed, something was shown that misleads, or a secret got out.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
mkdir -p .cache
seconds=${1:-60}
[[ $seconds =~ ^[1-9][0-9]*$ ]] || { echo "hostile: “$seconds” is no number of seconds" >&2; exit 2; }
export PORTAL_HOSTILE_SECONDS=$seconds PORTAL_REQUIRE_WINDOW=1
log=.cache/hostile.log
: >"$log"
failed=0
CGO_ENABLED=0 go test -tags migrated_fynedo,nowindow -count=1 -timeout "$((seconds + 1200))s" -v -run Subcommand ./internal/e2e/hostile 2>&1 | tee -a "$log" | grep --line-buffered -E 'round [0-9]+|hostile: |times\), such as|^(ok|FAIL|---)'
[ "${PIPESTATUS[0]}" -eq 0 ] || failed=1
go test -tags migrated_fynedo -count=1 -timeout "$((seconds + 1200))s" -v -run TestTheWindowLivesThroughAHostileWorld ./internal/e2e/window 2>&1 | tee -a "$log" | grep --line-buffered -E 'round [0-9]+|Messages:|^(ok|FAIL|---)'
[ "${PIPESTATUS[0]}" -eq 0 ] || failed=1
exit $failed
