#!/usr/bin/env bash
# Profiles every workbook, text and Parquet file below a folder, and compares with openpyxl, calamine, pyarrow, DuckDB and pandas.
# Usage: scripts/peers.sh FOLDER [RESULTS]
# A folder directly below FOLDER is a collection. Prints what was read, refused and found otherwise, by cause; RESULTS gets the answers
# about each file. Ends with 1 where this program has failed, or a difference has no known cause (bench/peers/others/causes.py).
set -euo pipefail
[ -d "${1:-}" ] || { echo "peers: name a folder with files to read" >&2; exit 2; }
folder=$(realpath "$1")
results=${2:+$(realpath -m "$2")}
cd "$(dirname "$0")/.."
# shellcheck source=scripts/tool.sh
. scripts/tool.sh
cache=.cache/bench
mkdir -p "$cache"
if [ ! -x "$cache/peers/bin/python" ]; then
  python3 -m venv "$cache/peers"
fi
locked "$cache/peers/bin/python" bench/peers/others/requirements.txt >&2
CGO_ENABLED=0 go build -trimpath -o "$cache/portal-peers" ./bench/peers
exec "$cache/peers/bin/python" bench/peers/others/compare.py "$cache/portal-peers" "$folder" "$results"
