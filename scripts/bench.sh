#!/usr/bin/env bash
# Prints the measurements of speed, size and load. What could not be installed to compare with is named as missing.
# Usage: scripts/bench.sh [go] [spreadsheets] [notebook] [load] [transfer] [window] [stalls] [hostile] [looking]; all of them without an argument. ROWS is how many
# rows the files of notebook have, a million where it is not said; MB how large the file of transfer is, 1024 where it is not said.
set -euo pipefail
cd "$(dirname "$0")/.."
parts=("$@")
[ $# -gt 0 ] || parts=(go spreadsheets notebook load transfer window hostile looking)
cache=.cache/bench
mkdir -p "$cache"

# others gets the programs to compare with; the measurement works without each of them.
others() {
  if [ ! -x "$cache/venv/bin/python" ]; then
    python3 -m venv "$cache/venv" >&2 || rm -rf "$cache/venv"
  fi
  if [ -x "$cache/venv/bin/python" ]; then
    for package in duckdb openpyxl; do
      "$cache/venv/bin/python" -c "import $package" 2>/dev/null && continue
      "$cache/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$package" >&2 || echo "bench: $package can't be installed" >&2
    done
  fi
  if command -v cargo >/dev/null; then
    cargo build --quiet --release --manifest-path bench/spreadsheets/calamine/Cargo.toml --target-dir "$cache/calamine" >&2 || echo "bench: calamine can't be built" >&2
  fi
}

# spreadsheets measures the program as it is for machines without a window.
spreadsheets() {
  others
  CGO_ENABLED=0 go build -trimpath -tags nowindow -o "$cache/portal-desktop" ./cmd/portal-desktop
  CGO_ENABLED=0 go build -trimpath -o "$cache/spreadsheets" ./bench/spreadsheets
  "$cache/spreadsheets"
}

# notebook measures the notebook's whole job beside the desktop's profile.
notebook() {
  CGO_ENABLED=0 go build -trimpath -tags nowindow -o "$cache/portal-desktop" ./cmd/portal-desktop
  CGO_ENABLED=0 go build -trimpath -o "$cache/spreadsheets" ./bench/spreadsheets
  CGO_ENABLED=0 go build -trimpath -o "$cache/notebook" ./bench/notebook
  "$cache/notebook" -rows "${ROWS:-1000000}"
}

# transfer measures uploads and downloads beside Microsoft's own clients.
transfer() {
  scripts/foreign.sh >&2
  CGO_ENABLED=0 go build -trimpath -tags nowindow -o "$cache/portal-desktop" ./cmd/portal-desktop
  CGO_ENABLED=0 go build -trimpath -o "$cache/transfer" ./bench/transfer
  "$cache/transfer" -program "$PWD/$cache/portal-desktop" -mb "${MB:-1024}"
}

# hostile measures what somebody else can put before a desktop: memory and time of each, then how long the window stands still.
hostile() {
  CGO_ENABLED=0 go build -trimpath -tags nowindow -o "$cache/portal-desktop" ./cmd/portal-desktop
  CGO_ENABLED=0 go build -trimpath -o "$cache/hostile" ./bench/hostile
  "$cache/hostile" -program "$PWD/$cache/portal-desktop"
  go run -tags migrated_fynedo ./cmd/bench-window -part hostile
}

for part in "${parts[@]}"; do
  printf '\n== %s\n' "$part"
  case $part in
    go) go test -run '^$' -bench . -benchmem ./internal/services/... | grep -E '^(Benchmark|cpu|pkg)' ;;
    spreadsheets) spreadsheets ;;
    notebook) notebook ;;
    load) go run ./bench/load ;;
    transfer) transfer ;;
    hostile) hostile ;;
    looking) CGO_ENABLED=0 go run ./bench/looking ;;
    window) go run -tags migrated_fynedo ./cmd/bench-window ;;
    stalls) go run -tags migrated_fynedo ./cmd/bench-window -part stalls ;;
    *) echo "bench: there is no part “$part”: go, spreadsheets, notebook, load, transfer, window, stalls, hostile, looking" >&2; exit 2 ;;
  esac
done
