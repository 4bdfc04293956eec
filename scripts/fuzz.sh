#!/usr/bin/env bash
# Runs every fuzz target of the project, found in all packages, on inputs made up by chance.
#   scripts/fuzz.sh           each target at least 5,000 executions, all by chance: a part of "make test"
#   scripts/fuzz.sh MINUTES   each target its share of so many minutes, led by what code an input reaches; what is found is kept in .cache/fuzz
#                             for the next time
# Prints the executions of each target, and fails where an input fails or a target had fewer than it is to have.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
minutes=${1:-}
executions=5000
tags=migrated_fynedo,nowindow
export CGO_ENABLED=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0 targets=0 total=0 began=$SECONDS

# Packages with a file that looks like having targets; what their test programs list is what counts.
packages=()
while read -r package folder files; do
  # shellcheck disable=SC2086
  (cd "$folder" && grep -qE '^func Fuzz' $files) && packages+=("$package $folder")
done < <(go list -tags "$tags" -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}} {{.Dir}}{{range .TestGoFiles}} {{.}}{{end}}{{range .XTestGoFiles}} {{.}}{{end}}{{end}}' ./...)
[ "${#packages[@]}" -gt 0 ] || { echo "fuzz: no package with a fuzz target was found" >&2; exit 1; }

# Each package is built once, and not once for each of its targets. The instrumentation that tells which code an input reaches has all its
# dependencies compiled anew, and executions take several times as long; it needs more of them than here to be of use.
build=(-ldflags=-w)
[ -z "$minutes" ] || build=(-fuzz=Fuzz)
list=()
for i in "${!packages[@]}"; do
  read -r package folder <<<"${packages[$i]}"
  if ! go test -c "${build[@]}" -tags "$tags" -o "$work/$i.test" "$package"; then failed=1; continue; fi
  found=$(cd "$folder" && "$work/$i.test" -test.list '^Fuzz') || failed=1
  for target in $found; do list+=("$i $target"); done
done
echo "fuzz: ${#list[@]} targets in ${#packages[@]} packages, built in $((SECONDS - began)) s"

# Minimizing is kept short: Go's 60 seconds for each new input are spent in vain on targets with goroutines, as what they cover
# differs from run to run.
for one in "${list[@]}"; do
  read -r i target <<<"$one"
  read -r package folder <<<"${packages[$i]}"
  if [ -n "$minutes" ]; then
    amount="$((minutes * 60 / ${#list[@]} + 1))s"
    cache="$PWD/.cache/fuzz/$package"
  else
    amount="${executions}x"
    cache="$work/cache"
  fi
  mkdir -p "$cache"
  started=$SECONDS
  (cd "$folder" && "$work/$i.test" -test.run '^$' -test.v -test.fuzz "^$target\$" -test.fuzztime "$amount" -test.fuzzminimizetime 10x \
    -test.fuzzcachedir "$cache" -test.timeout 0) >"$work/log" 2>&1
  code=$?
  execs=$(sed -nE 's/^fuzz: elapsed: .* execs: ([0-9]+) .*/\1/p' "$work/log" | tail -n 1)
  execs=${execs:-0}
  # A target whose time ends while it is starting an input says so as a failure; an input that fails is written to a file.
  if [ "$code" -ne 0 ] && [ -n "$minutes" ] && grep -q 'context deadline exceeded' "$work/log" && ! grep -q 'Failing input written' "$work/log"; then code=0; fi
  if [ "$code" -ne 0 ]; then
    failed=1
    cat "$work/log"
  elif [ -z "$minutes" ] && [ "$execs" -lt "$executions" ]; then
    failed=1
    cat "$work/log"
    echo "--- FAIL: $target: only $execs of $executions executions"
  else
    grep -E '^--- ' "$work/log"
  fi
  printf 'fuzz: %s %s: %s executions in %s s\n' "${package#*/}" "$target" "$execs" "$((SECONDS - started))"
  targets=$((targets + 1)) total=$((total + execs))
done
printf 'fuzz: %s executions of %s targets in %s s\n' "$total" "$targets" "$((SECONDS - began))"
exit $failed
