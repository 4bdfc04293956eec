#!/usr/bin/env bash
# Runs the tests that need neither a C compiler (but on macOS, where Fyne does) nor Python, with the long ones shortened or left out (-short). Also left
# out are the whole jobs, the soak and the real window, which "make test" runs.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(uname -s)" = Darwin ] || export CGO_ENABLED=0
tags=migrated_fynedo,nowindow
packages=$(go list -tags "$tags" ./... | grep -vE '/internal/e2e/(window|services|soak)$')
# Linking without the symbols for debuggers saves a third of the time.
# shellcheck disable=SC2086
exec go test -short -ldflags=-w -tags "$tags" $packages
