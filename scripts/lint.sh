#!/usr/bin/env bash
# Checks the direction of imports, among others; the Python code; the scripts; the workflow of .github.
#   scripts/lint.sh GOLANGCI_LINT ACTIONLINT TAGS   the versions of two of the programs, and the tags to build with
# Python's part waits for the network and needs one core, so that it goes beside Go's. What it says comes last.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
# shellcheck source=scripts/tool.sh
. scripts/tool.sh
lint=$1 actionlint=$2 tags=$3

python_part() {
  set -e
  scripts/setup.sh python lint
  .cache/venv/bin/shellcheck --severity warning --exclude SC1111 scripts/*.sh .ci/run # SC1111: sentences have quotation marks
  .cache/venv/bin/python -m ruff check --quiet --no-cache fabric
  .cache/venv/bin/python -m ruff check --quiet --no-cache --config fabric/pyproject.toml bench/peers bench/notebook bench/transfer
  cd fabric && ../.cache/venv/bin/python -m mypy --no-error-summary --cache-dir ../.cache/mypy
}

go_part() {
  set -e
  scripts/setup.sh go
  go mod verify >/dev/null
  tool golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint "$lint" >/dev/null
  tool actionlint github.com/rhysd/actionlint/cmd/actionlint "$actionlint" >/dev/null
  ".cache/bin/actionlint-$actionlint"
  CGO_ENABLED=0 ".cache/bin/golangci-lint-$lint" run --build-tags "$tags" ./...
}

# Debian packages are installed by one program at a time, and asked for at once.
scripts/setup.sh --packages go python lint || exit
failed=0
said=$(mktemp)
(python_part) >"$said" 2>&1 &
python=$!
# In a command of its own: on the left of || bash would go on after a failure.
(go_part)
[ $? -eq 0 ] || failed=1
wait "$python" || failed=1
cat "$said" >&2
rm -f "$said"
exit $failed
