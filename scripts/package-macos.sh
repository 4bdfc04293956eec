# shellcheck shell=bash
# The bundle in a disk image. Needs a Mac with Apple's command line tools; nobody has tried it there yet. Sourced by package.sh.
: "${work:?}" "${out:?}" "${commit?}"
[ "$(uname -s)" = Darwin ] || fail "the package for macOS is made on a Mac: its compiler and its disk images are nowhere else. What a bundle looks like is tested anywhere: go test ./packaging/macos"
export GOOS=darwin CGO_ENABLED=1
made "$work"
for GOARCH in amd64 arm64; do
  export GOARCH
  # macOS' own compiler makes code for both kinds of Macs.
  CGO_CFLAGS="-O2 -g -mmacosx-version-min=12.0" CGO_LDFLAGS="-O2 -g -mmacosx-version-min=12.0" TAGS=${TAGS:-migrated_fynedo,accessibility} build "$work/portal-desktop-$GOARCH"
done
lipo -create -output "$work/portal-desktop" "$work/portal-desktop-amd64" "$work/portal-desktop-arm64"
documents "$work/documents"
app="$work/image/Fabric Data Portal.app"
mkdir "$work/image"
scripts/bundle-macos.sh "$work/portal-desktop" "$work/icons" "$work/documents" "$app"
plutil -lint "$app/Contents/Info.plist"
# SIGN is here the name of an identity in the keychain, “Developer ID Application: … (TEAM)”. Without one the bundle is signed for
# this Mac only.
if [ -n "${SIGN:-}" ]; then
  team=$(sed -nE 's/.*\(([A-Z0-9]{10})\)$/\1/p' <<<"$SIGN")
  [ -n "$team" ] || fail "the identity in SIGN names no team"
  sed "s/@TEAM@/$team/" packaging/macos/requirements.txt >"$work/requirements.txt"
  codesign --force --timestamp --options runtime --entitlements packaging/macos/entitlements.plist --requirements "$work/requirements.txt" --sign "$SIGN" "$app"
else
  codesign --force --options runtime --entitlements packaging/macos/entitlements.plist --sign - "$app"
fi
codesign --verify --strict --verbose=2 "$app"
ln -s /Applications "$work/image/Applications"
image=fabric-data-portal-$VERSION-macos.dmg
hdiutil create -quiet -fs HFS+ -volname "Fabric Data Portal" -srcfolder "$work/image" -format UDZO -ov "$out/$image"
if [ -n "${SIGN:-}" ]; then
  codesign --force --timestamp --sign "$SIGN" "$out/$image"
  # NOTARY is a profile that “xcrun notarytool store-credentials” has kept in the keychain.
  if [ -n "${NOTARY:-}" ]; then
    xcrun notarytool submit "$out/$image" --keychain-profile "$NOTARY" --wait
    xcrun stapler staple "$out/$image"
  fi
fi
(cd "$out" && shasum -a 256 "$image" >SHA256SUMS-macos && cat SHA256SUMS-macos)
