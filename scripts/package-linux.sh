# shellcheck shell=bash
# The Debian package and the tarball. Sourced by package.sh.
: "${work:?}" "${out:?}" "${commit?}" "${rehearsal?}"
NFPM_VERSION=v2.43.4 # the later ones need modules that not every proxy has
[ "$(uname -s)" = Linux ] || fail "the packages for Linux are made on Linux"
export GOOS=linux CGO_ENABLED=1
GOARCH=$(go env GOHOSTARCH)
export GOARCH
export ARCH=$GOARCH
[ "$GOARCH" != arm ] || ARCH=armhf

root=$work/root
mkdir -p "$root/usr/bin"
build "$root/usr/bin/portal-desktop"
made "$work"
documents "$root/usr/share/doc/fabric-data-portal"

share=$root/usr/share
install -D -m 644 packaging/linux/portal-desktop.desktop "$share/applications/portal-desktop.desktop"
install -D -m 644 packaging/linux/portal-desktop.xml "$share/mime/packages/fabric-data-portal.xml"
for size in 16 24 32 48 64 128 256 512; do
  install -D -m 644 "$work/icons/$size.png" "$share/icons/hicolor/${size}x$size/apps/portal-desktop.png"
done
install -D -m 644 "$work/manual/portal-desktop.1" "$share/man/man1/portal-desktop.1"
gzip -9n "$share/man/man1/portal-desktop.1"
install -D -m 644 "$work/manual/portal-desktop.bash" "$share/bash-completion/completions/portal-desktop"
install -D -m 644 "$work/manual/_portal-desktop" "$share/zsh/vendor-completions/_portal-desktop"
install -D -m 644 "$work/manual/portal-desktop.fish" "$share/fish/vendor_completions.d/portal-desktop.fish"
chmod -R u=rwX,go=rX "$root"

# The tarball is the same files below one folder, for whoever copies them into /usr/local or ~/.local.
folder=fabric-data-portal-$VERSION-linux-$GOARCH
mkdir "$work/$folder"
cp -a "$root/usr/." "$work/$folder/"
cp packaging/linux/README.txt "$work/$folder/"
packed "$work/$folder" "$out/$folder.tar.gz"

# A rehearsal fetches and builds no tool.
if [ -n "$rehearsal" ] && { [ ! -x ".cache/bin/nfpm-$NFPM_VERSION" ] || ! command -v dpkg-shlibdeps >/dev/null; }; then
  sums "SHA256SUMS-linux" "$folder.tar.gz"
  return
fi
# What the program is linked with, in the words of this Debian release, which is the oldest that the package will run on. The
# window's libraries that are opened only when needed are named in nfpm.yaml.
mkdir -p "$work/debian"
printf 'Source: fabric-data-portal\n\nPackage: fabric-data-portal\nArchitecture: any\n' >"$work/debian/control"
DEPENDS=$(cd "$work" && dpkg-shlibdeps -O -e"$root/usr/bin/portal-desktop" 2>"$work/shlibdeps.log" | sed -n 's/^shlibs:Depends=//p')
[ -n "$DEPENDS" ] || { cat "$work/shlibdeps.log" >&2; fail "what the program is linked with can't be told"; }
depends=$(tr ',' '\n' <<<"$DEPENDS" | sed -E 's/^ *(.*[^ ]) *$/  - \1/' | sort -u)
nfpm=$(tool nfpm github.com/goreleaser/nfpm/v2/cmd/nfpm "$NFPM_VERSION")
awk -v depends="$depends" '/^  - @depends@$/ { print depends; next } { print }' packaging/linux/nfpm.yaml >"$work/nfpm.yaml"

deb=fabric-data-portal_${VERSION}_$ARCH.deb
(cd "$work" && "$nfpm" package --config nfpm.yaml --packager deb --target "$out/$deb") >&2

sums "SHA256SUMS-linux" "$deb" "$folder.tar.gz"
