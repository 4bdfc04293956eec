# The two commands of the README are demo and test; the others are their parts.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# A toolchain that setup fetched goes before the machine's own; a PgBouncer after it, which Debian keeps in /usr/sbin.
export PATH := $(CURDIR)/.cache/go/bin:$(PATH):/usr/sbin:$(CURDIR)/.cache/pgbouncer/usr/sbin
export GOTOOLCHAIN ?= auto
TAGS := migrated_fynedo
comma := ,
# Fyne tells screen readers what is shown on Windows and macOS, where it is built with this tag; elsewhere the tag does nothing.
WINDOW_TAGS := $(TAGS)$(if $(filter Darwin Windows_NT,$(shell uname -s) $(OS)),$(comma)accessibility)
LINT_VERSION := v2.15.0
ACTIONLINT_VERSION := v1.7.12
# The commit and its date, as "make build" puts them into the program. Go stamps them by itself only in a plain checkout; for
# sources without their history say them: make build COMMIT=1a2b3c4 DATE=2026-11-26
COMMIT = $(shell git describe --always --abbrev=40 --exclude='*' --dirty=.modified 2>/dev/null)
DATE = $(shell TZ=UTC git show --no-patch --date=format-local:%Y-%m-%d --format=%cd 2>/dev/null)
LDFLAGS = -X fabricportal/internal/buildinfo.commit=$(COMMIT) -X fabricportal/internal/buildinfo.date=$(DATE)

.PHONY: help demo test test-fast test-windows test-packages fuzz soak hostile lint supply build package bench peers pictures clean

help: ## Lists these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: ## Opens the program on a sandbox of its own; HEADLESS=1 does the whole job without a window
ifdef HEADLESS
	@scripts/setup.sh go python
	@go run ./cmd/portal-demo --headless
else
	@if [ "$$(uname -s)" = Linux ] && [ -z "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ]; then \
	  echo "demo: this session has no display, so no window can be opened here. The same job without a window: make demo HEADLESS=1" >&2; exit 1; fi
	@scripts/setup.sh go python window
	@go run ./cmd/portal-demo
endif

test: ## Sets up and runs all tests
	@scripts/setup.sh go python window wintest pgbouncer
	@scripts/foreign.sh
	@scripts/spark.sh
	@scripts/test.sh

test-fast: ## Runs the tests that take no minute: without C, race detector, notebooks, window and whole jobs
	@scripts/setup.sh go
	@scripts/test-fast.sh

fuzz: ## Tries every fuzz target for its share of MINUTES=10; what it finds is kept, and an input that fails becomes a test
	@scripts/setup.sh go
	@scripts/fuzz.sh "$(or $(MINUTES),10)"

soak: ## Kills and freezes desktops for SECONDS=60 and checks that each run stayed one run; PGBOUNCER=1 puts that in front of the database
	@scripts/setup.sh go $(if $(filter-out 0,$(PGBOUNCER)),pgbouncer)
	@scripts/soak.sh "$(or $(SECONDS),60)" "$(PGBOUNCER)"

hostile: ## Attacks all subcommands, then the window, with all that the outside world can do, for SECONDS=60 each
	@scripts/setup.sh go window wintest
	@scripts/hostile.sh "$(or $(SECONDS),60)"

lint: ## Checks the direction of imports, among others; the Python code; the scripts; the workflow of .github
	@scripts/lint.sh $(LINT_VERSION) $(ACTIONLINT_VERSION) $(TAGS),nowindow

supply: ## Looks at all that the program is made of: sums, known holes, licences, the list of parts (SBOM), age
	@scripts/setup.sh go window
	@scripts/supply.sh

build: ## Builds bin/portal-desktop with the window, and bin/portal-sandbox
	@scripts/setup.sh go window
	@go build -tags $(WINDOW_TAGS) -trimpath -ldflags "$(LDFLAGS)" -o bin/portal-desktop ./cmd/portal-desktop
	@CGO_ENABLED=0 go build -trimpath -o bin/portal-sandbox ./cmd/portal-sandbox

package: ## Makes what people install into bin/packages, for OS=linux or OS=windows; SIGN=COMMAND signs it; on a Mac, OS=macos
	@scripts/setup.sh go $(if $(filter windows,$(OS)),windows,window) $(if $(filter linux,$(OS)),package)
	@scripts/package.sh "$(OS)"

test-packages: ## Installs what “make package OS=linux” made in an empty root, works with it, removes it
	@scripts/test-packages.sh

test-windows: ## Makes the Windows packages, installs them under Wine, does the whole job there, removes them
	@scripts/setup.sh go python windows wine wintest
	@scripts/test-windows.sh

bench: ## Prints the measurements of speed, size and load; PART="spreadsheets" (go, notebook, load, transfer, window, hostile) prints some; ROWS=20000000 for notebook
	@scripts/setup.sh go window python
	@scripts/bench.sh $(PART)

peers: ## Profiles all files below DIR=… and compares with openpyxl, calamine, pyarrow, DuckDB and pandas; RESULTS=FILE keeps the answers
	@scripts/setup.sh go python
	@scripts/peers.sh "$(DIR)" $(RESULTS)

pictures: ## Draws every screen in its states, light and dark, into screenshots/, without a display
	@scripts/setup.sh go
	@PORTAL_PICTURES=$(CURDIR)/screenshots CGO_ENABLED=0 go test -tags $(TAGS) -count=1 -run 'TestPictures|TestLargePictures|TestSetupPictures' ./internal/gui

clean: ## Removes what building and testing left in the project
	@chmod -R u+w .cache 2>/dev/null || true
	rm -rf .cache bin screenshots
