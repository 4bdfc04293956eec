# shellcheck shell=bash
# For scripts that use a program written in Go. Sourced in the project's folder.

# tool NAME PACKAGE VERSION: installs the program of that exact version below .cache/bin, unless it is there, and says where. Go's
# checksum database vouches for what is fetched.
tool() {
  local name=$1 package=$2 version=$3 program
  program=$PWD/.cache/bin/$name-$version
  if [ ! -x "$program" ]; then
    printf 'setup: installing %s %s\n' "$name" "$version" >&2
    local to
    mkdir -p .cache/bin
    to=$(mktemp -d "$PWD/.cache/bin/.new-XXXXXX")
    # A tool is for this machine, whatever the program is being built for.
    env -u GOOS -u GOARCH -u GOFLAGS CGO_ENABLED=0 GOBIN="$to" go install "$package@$version" >&2 || { rm -rf "$to"; return 1; }
    mv "$to/$name" "$program"
    rm -rf "$to"
  fi
  echo "$program"
}
