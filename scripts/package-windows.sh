# shellcheck shell=bash
# The program and the two installers for Windows, and a zip of the same files. Sourced by package.sh.
: "${work:?}" "${out:?}" "${commit?}" "${rehearsal?}"
WINRES_VERSION=v0.3.3
[ -n "$rehearsal" ] || command -v x86_64-w64-mingw32-gcc >/dev/null || fail "mingw-w64 is missing: scripts/setup.sh windows"
command -v wixl >/dev/null && command -v msibuild >/dev/null && command -v faketime >/dev/null || fail "msitools are missing: scripts/setup.sh windows"
export GOOS=windows GOARCH=amd64 CGO_ENABLED=1 CC=x86_64-w64-mingw32-gcc
# Fyne tells screen readers of the window with this tag, on Windows and macOS.
export TAGS=${TAGS:-migrated_fynedo,accessibility}

# Fixed for ever: by these Windows knows that a later version replaces an earlier one.
UPGRADE_MACHINE=6F0B7C59-5B0F-4D53-9C53-3C1E5C0F7A11
UPGRADE_PERSON=0E6D2F8A-7E84-4B2E-8B39-90A4E8F6D2B7
NAMESPACE=4f7d1d1e-0a83-4c0e-9d2b-6a6c0f8f3a55

# named TEXT: a GUID that is always the same for the same text.
named() { uuidgen --sha1 --namespace "$NAMESPACE" --name "$1" | tr '[:lower:]' '[:upper:]'; }

# signed FILE: by the command of whoever has a certificate. A signature holds its time, so signed files differ each time.
signed() {
  [ -n "${SIGN:-}" ] || return 0
  say "signing ${1##*/}"
  bash -c "$SIGN \"\$1\"" sign "$1" >&2 || fail "the command of SIGN failed"
}

# programs: into the folder of files, the program, what consoles run, and Mesa.
programs() {
  local winres
  sed -e "s/@VERSION4@/$VERSION3.0/; s/@VERSION@/$VERSION/; s/@COMMIT@/commit $commit/" packaging/windows/winres.json >"$work/winres.json"
  sed -e "s/@VERSION4@/$VERSION3.0/" packaging/windows/portal-desktop.manifest >"$work/portal-desktop.manifest"
  winres=$(tool go-winres github.com/tc-hib/go-winres "$WINRES_VERSION")
  "$winres" make --in "$work/winres.json" --arch amd64 --out cmd/portal-desktop/rsrc >&2

  build "$files/portal-desktop.exe" "-H=windowsgui"
  rm -f cmd/portal-desktop/rsrc_windows_amd64.syso
  "$CC" -municode -Os -s -Wall -Werror -Wl,--no-insert-timestamp -o "$files/portal-desktop.com.exe" packaging/windows/native/console.c 2>"$work/cc.log" ||
    "$CC" -Os -s -Wall -Werror -Wl,--no-insert-timestamp -o "$files/portal-desktop.com.exe" packaging/windows/native/console.c
  mv "$files/portal-desktop.com.exe" "$files/portal-desktop.com"
  # The program is to need nothing that Windows does not have: no DLL of the compiler.
  x86_64-w64-mingw32-objdump -p "$files/portal-desktop.exe" | sed -nE 's/^\s*DLL Name: //p' | grep -iE '^lib|mingw|gcc' && fail "the program needs DLLs of the compiler"
  signed "$files/portal-desktop.exe"
  signed "$files/portal-desktop.com"
  scripts/mesa-windows.sh "$files/software-opengl"
}

VERSION3=${VERSION%%+*} # Windows Installer knows three numbers, and compares these
made "$work"
files=$work/files
mkdir "$files"
if [ -n "$rehearsal" ]; then
  cp "$rehearsal/program" "$files/portal-desktop.exe"
  cp "$rehearsal/program" "$files/portal-desktop.com"
  mkdir "$files/software-opengl"
  cp "$rehearsal/program" "$files/software-opengl/opengl32.dll"
  cp packaging/windows/MESA.txt "$files/software-opengl/"
else
  programs
fi
documents "$files"
# Notepad of older Windows wants its own ends of lines.
sed -i 's/$/\r/' "$files/NOTICES.txt" "$files/LICENSE.txt" "$files/portal.example.toml" "$files/software-opengl/MESA.txt"
find "$files" -exec touch --no-dereference --date "@$SOURCE_DATE_EPOCH" {} +

# msi SCOPE OUT: the installer for the whole machine or for one person.
msi() {
  local scope=$1 to=$2 root base upgrade system searches='' openwith='' settings='' policy='' refs='' contents='' sql=() product ending property variable name component n=0
  case "$scope" in
    perMachine) root=HKLM base=ProgramFiles64Folder upgrade=$UPGRADE_MACHINE system='*' ;;
    perUser) root=HKCU base=LocalAppDataFolder upgrade=$UPGRADE_PERSON system='' ;;
  esac
  product=$(named "product $scope $VERSION $commit")
  for ending in xlsx xlsm csv tsv parquet; do
    openwith+="<RegistryValue Root=\"$root\" Key=\"Software\\Classes\\.$ending\\OpenWithProgids\" Name=\"FabricDataPortal.File\" Type=\"string\" Value=\"\"/>"
    openwith+="<RegistryValue Root=\"$root\" Key=\"Software\\Classes\\Applications\\portal-desktop.exe\\SupportedTypes\" Name=\".$ending\" Type=\"string\" Value=\"\"/>"
  done
  for name in NOTICES.txt LICENSE.txt sbom.cdx.json portal.example.toml; do
    n=$((n + 1))
    contents+="<Component Id=\"Doc$n\" Guid=\"$(named "file $scope $name")\" Win64=\"yes\"><File Id=\"DocFile$n\" Name=\"$name\" Source=\"files/$name\" KeyPath=\"yes\"/></Component>"
    refs+="<ComponentRef Id=\"Doc$n\"/>"
  done
  contents+='<Directory Id="SOFTWAREGL" Name="software-opengl">'
  for name in MESA.txt opengl32.dll; do
    contents+="<Component Id=\"Mesa${name//./}\" Guid=\"$(named "file $scope software-opengl $name")\" Win64=\"yes\"><File Id=\"MesaFile${name//./}\" Name=\"$name\" Source=\"files/software-opengl/$name\" KeyPath=\"yes\"/></Component>"
    refs+="<ComponentRef Id=\"Mesa${name//./}\"/>"
  done
  contents+='</Directory>'
  # The program lies beside Mesa a second time; the installer copies it there, so the package holds it once.
  sql+=(-q "CREATE TABLE DuplicateFile (FileKey CHAR(72) NOT NULL, Component_ CHAR(72) NOT NULL, File_ CHAR(72) NOT NULL, DestName CHAR(255) LOCALIZABLE, DestFolder CHAR(72) PRIMARY KEY FileKey)"
    -q "INSERT INTO DuplicateFile (FileKey, Component_, File_, DestName, DestFolder) VALUES ('ExeBesideMesa','Program','Exe','portal-desktop.exe','SOFTWAREGL')"
    -q "INSERT INTO InstallExecuteSequence (Action, Condition, Sequence) VALUES ('RemoveDuplicateFiles','',3400)"
    -q "INSERT INTO InstallExecuteSequence (Action, Condition, Sequence) VALUES ('DuplicateFiles','',4210)")
  # Settings of the organisation. Each is a component that is installed where its property was given; the registry keeps it for
  # the upgrade, which removes what was there before.
  local secure="WIX_DOWNGRADE_DETECTED;WIX_UPGRADE_DETECTED"
  sql+=(-q "CREATE TABLE Environment (Environment CHAR(72) NOT NULL, Name CHAR(255) NOT NULL LOCALIZABLE, Value CHAR(255) LOCALIZABLE, Component_ CHAR(72) NOT NULL PRIMARY KEY Environment)")
  n=0
  while read -r property variable; do
    n=$((n + 1))
    secure+=";$property"
    searches+="<Property Id=\"KEPT$n\"><RegistrySearch Id=\"Kept$n\" Root=\"$root\" Key=\"Software\\Fabric Data Portal\\Settings\" Name=\"$property\" Type=\"raw\"/></Property>"
    searches+="<CustomAction Id=\"Keep$n\" Property=\"$property\" Value=\"[KEPT$n]\"/>"
    searches+="<InstallExecuteSequence><Custom Action=\"Keep$n\" After=\"AppSearch\">NOT $property AND KEPT$n</Custom></InstallExecuteSequence>"
    settings+="<Component Id=\"Setting$n\" Guid=\"$(named "setting $scope $property")\" Win64=\"yes\"><RegistryValue Root=\"$root\" Key=\"Software\\Fabric Data Portal\\Settings\" Name=\"$property\" Value=\"[$property]\" Type=\"string\" KeyPath=\"yes\"/></Component>"
    refs+="<ComponentRef Id=\"Setting$n\"/>"
    sql+=(-q "UPDATE Component SET Condition='$property' WHERE Component='Setting$n'"
      -q "INSERT INTO Environment (Environment, Name, Value, Component_) VALUES ('Setting$n','=-$system$variable','[$property]','Setting$n')"
      -q "UPDATE InstallExecuteSequence SET Sequence=$((50 + n)) WHERE Action='Keep$n'")
  done < <(grep -v '^#' packaging/windows/settings.txt)
  # The folder of the organisation's policy, which only administrators and the system may change, whatever its own folder gives to
  # others. POLICY names a folder that is copied into it. What is there stays, at an upgrade and when the program is removed.
  if [ "$scope" = perMachine ]; then
    policy="<Directory Id=\"CommonAppDataFolder\"><Directory Id=\"POLICYFOLDER\" Name=\"fabric-data-portal\"><Component Id=\"Policy\" Guid=\"$(named "policy")\" Win64=\"yes\"><CreateFolder/></Component>"
    policy+="<Directory Id=\"PROFILESFOLDER\" Name=\"profiles\"><Component Id=\"Profiles\" Guid=\"$(named "policy profiles")\" Win64=\"yes\"><CreateFolder/></Component></Directory></Directory></Directory>"
    refs+="<ComponentRef Id=\"Policy\"/><ComponentRef Id=\"Profiles\"/>"
    secure+=";POLICY"
    sql+=(-q "CREATE TABLE MsiLockPermissionsEx (MsiLockPermissionsEx CHAR(72) NOT NULL, LockObject CHAR(72) NOT NULL, \`Table\` CHAR(32) NOT NULL, SDDLText CHAR(255) NOT NULL, Condition CHAR(255) PRIMARY KEY MsiLockPermissionsEx)"
      -q "CREATE TABLE MoveFile (FileKey CHAR(72) NOT NULL, Component_ CHAR(72) NOT NULL, SourceName CHAR(255) LOCALIZABLE, DestName CHAR(255) LOCALIZABLE, SourceFolder CHAR(72), DestFolder CHAR(72) NOT NULL, Options SHORT NOT NULL PRIMARY KEY FileKey)"
      -q "INSERT INTO InstallExecuteSequence (Action, Condition, Sequence) VALUES ('MoveFiles','',3800)")
    local folder copied=0
    for folder in POLICYFOLDER PROFILESFOLDER; do
      # Administrators and the system everything, users reading; nothing comes from the folder above.
      sql+=(-q "INSERT INTO MsiLockPermissionsEx (MsiLockPermissionsEx, LockObject, \`Table\`, SDDLText) VALUES ('Lock$folder','$folder','CreateFolder','O:BAG:BAD:PAI(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)(A;OICI;0x1200a9;;;BU)')")
    done
    for ending in "Policy POLICY policy.toml POLICYFOLDER" "Policy POLICY *.pem POLICYFOLDER" "Profiles POLICYPROFILES *.toml PROFILESFOLDER" "Profiles POLICYPROFILES *.colour PROFILESFOLDER" "Profiles POLICYPROFILES *.pem PROFILESFOLDER"; do
      read -r component property name folder <<<"$ending"
      copied=$((copied + 1))
      sql+=(-q "INSERT INTO MoveFile (FileKey, Component_, SourceName, SourceFolder, DestFolder, Options) VALUES ('Copied$copied','$component','$name','$property','$folder',0)")
    done
    # A folder without a policy, or one that can't be read, ends the installation: else nobody would know that nothing is locked.
    sql+=(-q "CREATE TABLE DrLocator (Signature_ CHAR(72) NOT NULL, Parent CHAR(72), Path CHAR(255), Depth SHORT PRIMARY KEY Signature_, Parent, Path)"
      -q "INSERT INTO Signature (Signature, FileName) VALUES ('PolicyThere','policy.toml')"
      -q "INSERT INTO DrLocator (Signature_, Path, Depth) VALUES ('PolicyThere','[POLICY]',0)"
      -q "INSERT INTO AppSearch (Property, Signature_) VALUES ('POLICYTHERE','PolicyThere')"
      -q "INSERT INTO CustomAction (Action, Type, Source, Target) VALUES ('NoPolicy',19,'','There is no policy.toml in the folder that POLICY names ([POLICY]), or it cannot be read.')"
      -q "INSERT INTO CustomAction (Action, Type, Source, Target) VALUES ('FindProfiles',51,'POLICYPROFILES','[POLICY]\\profiles')"
      -q "INSERT INTO InstallExecuteSequence (Action, Condition, Sequence) VALUES ('NoPolicy','POLICY AND NOT POLICYTHERE AND NOT Installed',90)"
      -q "INSERT INTO InstallExecuteSequence (Action, Condition, Sequence) VALUES ('FindProfiles','POLICY',91)")
  fi
  # The folder is put at the end of the PATH, so that “portal-desktop” works in any console.
  sql+=(-q "INSERT INTO Environment (Environment, Name, Value, Component_) VALUES ('Path','=-${system}PATH','[~];[INSTALLDIR]','Console')"
    -q "INSERT INTO InstallExecuteSequence (Action, Condition, Sequence) VALUES ('RemoveEnvironmentStrings','',3300)"
    -q "INSERT INTO InstallExecuteSequence (Action, Condition, Sequence) VALUES ('WriteEnvironmentStrings','',5200)"
    -q "UPDATE Property SET Value='$secure' WHERE Property='SecureCustomProperties'"
    # The same version again, of another commit, replaces too: 1 migrates what is chosen, 512 includes this version.
    # 2 reads a value, 16 where a 64-bit program looks.
    -q "UPDATE RegLocator SET Type=18"
    -q "DELETE FROM Upgrade WHERE ActionProperty='WIX_UPGRADE_DETECTED'"
    -q "INSERT INTO Upgrade (UpgradeCode, VersionMax, Attributes, ActionProperty) VALUES ('{$upgrade}','$VERSION3',513,'WIX_UPGRADE_DETECTED')")
  # An order to the installer of such a length is a file, of which the placeholders are lines or words.
  PRODUCTCODE=$product UPGRADECODE=$upgrade SCOPE=$scope ROOT=$root BASE=$base SEARCHES=$searches OPENWITH=$openwith FILES=$contents SETTINGS=$settings POLICY=$policy REFS=$refs \
    VERSION3=$VERSION3 COMMIT="commit $commit" GUID_PROGRAM=$(named "program $scope") GUID_CONSOLE=$(named "console $scope") GUID_MENU=$(named "menu $scope") \
    awk '{ while (match($0, /@[A-Z0-9_]+@/)) { name = substr($0, RSTART + 1, RLENGTH - 2); $0 = substr($0, 1, RSTART - 1) ENVIRON[name] substr($0, RSTART + RLENGTH) } print }' \
    packaging/windows/portal.wxs >"$work/$scope.wxs"
  # wixl writes the time into the file: it is shown the commit's.
  local clock
  clock=$(date -u -d "@$SOURCE_DATE_EPOCH" '+%F %T')
  rm -f "$to"
  (cd "$work" && faketime -f "$clock" wixl --arch x64 --output "$to" "$scope.wxs") >&2 || fail "wixl failed"
  # The package's own code follows from what is in it.
  local contents_sum
  contents_sum=$(cd "$work" && find "$scope.wxs" files -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-64)
  faketime -f "$clock" msibuild "$to" "${sql[@]}" >&2 || fail "msibuild failed"
  faketime -f "$clock" msibuild "$to" -s "Fabric Data Portal $VERSION" "Fabric Data Portal" "x64;1033" "{$(named "package $contents_sum")}" >&2 || fail "msibuild failed"
}

machine=fabric-data-portal-$VERSION-windows-amd64.msi
person=fabric-data-portal-$VERSION-windows-amd64-user.msi
for made in "perMachine $machine" "perUser $person"; do
  msi "${made%% *}" "$work/${made#* }"
  signed "$work/${made#* }"
  mv "$work/${made#* }" "$out/"
done

# The zip needs no installer: for a share, or a stick.
folder=fabric-data-portal-$VERSION-windows-amd64
mv "$files" "$work/$folder"
cp -p "$work/$folder/portal-desktop.exe" "$work/$folder/software-opengl/"
find "$work/$folder" -exec touch --date "@$SOURCE_DATE_EPOCH" {} + # the folder has the time of the copy
rm -f "$out/$folder.zip"
(cd "$work" && find "$folder" -print | sort | zip -X -q -9 "$out/$folder.zip" -@)

sums "SHA256SUMS-windows" "$machine" "$person" "$folder.zip"
