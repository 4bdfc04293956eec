#!/usr/bin/env bash
# Fixes all that pip installs for the project: makes of each requirements*.in, which people write, the requirements*.txt beside it,
# with the exact version of each package, for every Python and system that is meant, and the sums of all of its files that the index
# has. Versions that are there already stay, but with UPGRADE=1. pip then takes no file with another sum.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tool.sh
. scripts/tool.sh
python3 -m venv .cache/uv
locked .cache/uv/bin/python fabric/requirements-uv.txt

# lock FOLDER/NAME PYTHON [OPTION...]: PYTHON is the oldest that it is for.
lock() {
  local to=$1 python=$2
  shift 2
  .cache/uv/bin/uv pip compile --quiet --universal --python-version "$python" --generate-hashes --no-annotate \
    --custom-compile-command scripts/lock-python.sh ${UPGRADE:+--upgrade} "$@" "$to.in" --output-file "$to.txt"
}
lock fabric/requirements-uv 3.10
lock fabric/requirements 3.10
lock fabric/requirements-lint 3.10 --constraint fabric/requirements.txt # they share an environment
lock fabric/requirements-foreign 3.10
lock fabric/requirements-build 3.10
lock fabric/requirements-spark 3.11
lock bench/peers/others/requirements 3.11
git diff --stat -- fabric bench/peers/others
