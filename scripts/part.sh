# shellcheck shell=bash
# For scripts that install what only some tests need. Sourced in the project's folder.

say() { printf 'setup: %s\n' "$*" >&2; }

# part NAME WANTED WHAT SECONDS FUNCTION: calls the function, which installs WHAT into .cache/NAME, unless that is there already in
# the form WANTED. What can't be installed is no error: .cache/NAME.missing then holds the reason, which the tests that need it give
# as they skip.
part() {
  local name=$1 wanted=$2 what=$3 to=.cache/$1
  [ "$(cat "$to/.installed" 2>/dev/null)" = "$wanted" ] && return 0
  say "installing $what into $to"
  rm -rf "$to" "$to.missing"
  mkdir -p .cache
  if timeout "$4" bash -euo pipefail -c "$5" >"$to.log" 2>&1; then
    printf '%s\n' "$wanted" >"$to/.installed"
  else
    # The first error says more than the last line, which often names a log.
    { printf 'could not be installed: '; { grep -iE '^(npm )?error' "$to.log" || tail -n 1 "$to.log"; } | head -n 1 | cut -c1-300; } >"$to.missing"
    say "$name $(cat "$to.missing") (its tests are skipped)"
  fi
}
