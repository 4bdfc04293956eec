// Package packaging_test makes the packages with a stand-in for the program, in seconds, and looks at what is in them. Whether the
// program works as it is installed, make test-packages and make test-windows try.
package packaging_test

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	made   = "1700000000" // the time of the commit that is packed
	commit = "1a2b3c4d5e6f708192a3b4c5d6e7f80912345678"
)

// rehearsed makes the packages of a system, and returns the folder in which they are.
func rehearsed(t *testing.T, system string) string {
	t.Helper()
	folder := t.TempDir()
	program, err := os.ReadFile("/bin/true") // the linker knows what it needs
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "program"), program, 0o600))
	for kind, names := range map[string][]string{
		"documents": {"NOTICES.txt", "LICENSE.txt", "sbom.cdx.json", "portal.example.toml"},
		"manual":    {"portal-desktop.1", "portal-desktop.bash", "_portal-desktop", "portal-desktop.fish"},
		"icons":     {"16.png", "24.png", "32.png", "48.png", "64.png", "128.png", "256.png", "512.png", "portal-desktop.ico"},
	} {
		require.NoError(t, os.Mkdir(filepath.Join(folder, kind), 0o700))
		for _, name := range names {
			require.NoError(t, os.WriteFile(filepath.Join(folder, kind, name), []byte("of "+name+"\n"), 0o600))
		}
	}
	do := func() {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "bash", "scripts/package.sh", system)
		cmd.Dir = ".."
		cmd.Env = append(os.Environ(), "REHEARSAL="+folder, "COMMIT="+commit, "SOURCE_DATE_EPOCH="+made, "SIGN=")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
	}
	do()
	first := contents(t, filepath.Join(folder, "out"))
	require.NoError(t, os.RemoveAll(filepath.Join(folder, "out")))
	do()
	for name, bytes := range contents(t, filepath.Join(folder, "out")) {
		require.True(t, first[name] == bytes, "%s is another one each time that it is made", name)
	}
	return filepath.Join(folder, "out")
}

// contents are the files of a folder.
func contents(t *testing.T, folder string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.NotEmpty(t, entries)
	out := map[string]string{}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(folder, e.Name()))
		require.NoError(t, err)
		out[e.Name()] = string(data)
	}
	return out
}

// needs skips a test where a program is missing.
func needs(t *testing.T, how string, programs ...string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("these packages are made on Linux")
	}
	for _, name := range programs {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("%s is missing: %s", name, how)
		}
	}
}

// one is the one file of a folder with an ending.
func one(t *testing.T, folder, ending string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(folder, "*"+ending))
	require.NoError(t, err)
	require.Len(t, found, 1, ending)
	return found[0]
}

// installed are the files that people have after installing on Linux, below /usr, with their rights.
func installed() map[string]int64 {
	out := map[string]int64{"bin/portal-desktop": 0o755}
	for _, name := range []string{
		"applications/portal-desktop.desktop", "mime/packages/fabric-data-portal.xml", "man/man1/portal-desktop.1.gz",
		"bash-completion/completions/portal-desktop", "zsh/vendor-completions/_portal-desktop", "fish/vendor_completions.d/portal-desktop.fish",
		"doc/fabric-data-portal/NOTICES.txt", "doc/fabric-data-portal/LICENSE.txt", "doc/fabric-data-portal/sbom.cdx.json", "doc/fabric-data-portal/portal.example.toml",
	} {
		out["share/"+name] = 0o644
	}
	for _, size := range []string{"16x16", "24x24", "32x32", "48x48", "64x64", "128x128", "256x256", "512x512"} {
		out["share/icons/hicolor/"+size+"/apps/portal-desktop.png"] = 0o644
	}
	return out
}

func TestThePackagesForLinux(t *testing.T) {
	needs(t, "scripts/setup.sh package", "bash", "tar", "sha256sum")
	out := rehearsed(t, "linux")
	sums, err := os.ReadFile(filepath.Join(out, "SHA256SUMS-linux"))
	require.NoError(t, err)
	tarball := one(t, out, ".tar.gz")
	require.Contains(t, string(sums), "  "+filepath.Base(tarball)+"\n")
	require.Contains(t, filepath.Base(tarball), "+rehearsal-linux-", "nobody takes it for the program")

	file, err := os.Open(tarball)
	require.NoError(t, err)
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	require.NoError(t, err)
	wanted := installed()
	wanted["README.txt"] = 0o644
	has := map[string]int64{}
	for all := tar.NewReader(unpacked); ; {
		head, err := all.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		require.Equal(t, time.Unix(1700000000, 0).UTC(), head.ModTime.UTC(), head.Name)
		require.Zero(t, head.Uid+head.Gid, head.Name)
		require.Empty(t, head.Uname+head.Gname, head.Name)
		_, name, _ := strings.Cut(head.Name, "/")
		if head.Typeflag == tar.TypeReg {
			require.Positive(t, head.Size, name)
			has[name] = head.Mode
		}
	}
	require.Equal(t, wanted, has)

	t.Run("deb", func(t *testing.T) {
		needs(t, "the Debian package is looked at on Debian", "dpkg-deb")
		found, err := filepath.Glob(filepath.Join(out, "*.deb"))
		require.NoError(t, err)
		if len(found) == 0 {
			t.Skip("nfpm or dpkg-shlibdeps is not installed, as before the first: make package OS=linux")
		}
		field := func(name string) string { return said(t, "dpkg-deb", "--field", found[0], name) }
		require.Equal(t, "fabric-data-portal", field("Package"))
		require.Regexp(t, `^\d+\.\d+\.\d+\+rehearsal$`, field("Version"))
		for _, library := range []string{"libc6 (>=", "libegl1", "libx11-6", "libxkbcommon0"} {
			require.Contains(t, field("Depends"), library)
		}
		require.NotContains(t, field("Depends"), "@")
		has := map[string]int64{}
		for line := range strings.Lines(said(t, "dpkg-deb", "--contents", found[0]) + "\n") {
			words := strings.Fields(line)
			require.Len(t, words, 6, line)
			require.Equal(t, "root/root", words[1], line)
			require.Equal(t, "2023-11-14", words[3], line)
			if name, ok := strings.CutPrefix(words[5], "./usr/"); ok && words[0][0] == '-' {
				has[name] = map[string]int64{"-rwxr-xr-x": 0o755, "-rw-r--r--": 0o644}[words[0]]
			}
		}
		require.Equal(t, installed(), has)
		require.Empty(t, strings.Fields(said(t, "sh", "-c", `dpkg-deb --ctrl-tarfile "$1" | tar -t | grep -E 'inst|rm$' || true`, "sh", found[0])), "it runs no script of its own")
	})
}

// said is what a program prints.
func said(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	require.NoError(t, err, string(out))
	return strings.TrimRight(string(out), "\r\n")
}

// table are the rows of a table of an installer, by their first column; of a key of several columns by these.
func table(t *testing.T, installer, name string, keys int) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for i, line := range strings.Split(said(t, "msiinfo", "export", installer, name), "\n") {
		if i < 3 { // names, kinds, keys
			continue
		}
		cells := strings.Split(strings.TrimRight(line, "\r"), "\t")
		out[strings.Join(cells[:keys], " ")] = cells[keys:]
	}
	return out
}

func TestTheInstallersForWindows(t *testing.T) {
	needs(t, "scripts/setup.sh windows", "bash", "wixl", "msibuild", "msiinfo", "faketime", "uuidgen", "zip", "sha256sum")
	out := rehearsed(t, "windows")
	machine, person := one(t, out, "windows-amd64.msi"), one(t, out, "-user.msi")
	variables := map[string]string{}
	list, err := os.ReadFile("windows/settings.txt")
	require.NoError(t, err)
	for line := range strings.Lines(string(list)) {
		if words := strings.Fields(line); !strings.HasPrefix(line, "#") {
			variables[words[1]] = words[0]
		}
	}
	for _, test := range []struct{ installer, upgrade, mark, root, base string }{
		{machine, "{6F0B7C59-5B0F-4D53-9C53-3C1E5C0F7A11}", "*", "2", "ProgramFiles64Folder"},
		{person, "{0E6D2F8A-7E84-4B2E-8B39-90A4E8F6D2B7}", "", "1", "LocalAppDataFolder"},
	} {
		property := table(t, test.installer, "Property", 1)
		assert.Equal(t, test.upgrade, property["UpgradeCode"][0])
		assert.Regexp(t, `^\d+\.\d+\.\d+$`, property["ProductVersion"][0])
		assert.Equal(t, []string{test.base, "Fabric Data Portal"}, table(t, test.installer, "Directory", 1)["INSTALLDIR"])
		assert.Contains(t, said(t, "msiinfo", "suminfo", test.installer), "Comments: commit "+commit)

		files := []string{}
		for _, cells := range table(t, test.installer, "File", 1) {
			_, long, both := strings.Cut(cells[1], "|")
			if !both {
				long = cells[1]
			}
			files = append(files, long)
		}
		assert.ElementsMatch(t, []string{"portal-desktop.exe", "portal-desktop.com", "NOTICES.txt", "LICENSE.txt", "sbom.cdx.json", "portal.example.toml", "MESA.txt", "opengl32.dll"}, files)
		assert.Equal(t, []string{"Program", "Exe", "portal-desktop.exe", "SOFTWAREGL"}, table(t, test.installer, "DuplicateFile", 1)["ExeBesideMesa"])

		set := map[string]string{}
		for _, cells := range table(t, test.installer, "Environment", 1) {
			name, ours := strings.CutPrefix(cells[0], "=-"+test.mark)
			require.True(t, ours, "%s is removed with the program, and set for whom it is installed", cells[0])
			set[name] = strings.Trim(cells[1], "[]")
			if name != "PATH" {
				assert.Equal(t, set[name], table(t, test.installer, "Component", 1)[cells[2]][3], "without the property the variable is not set")
				assert.Contains(t, strings.Split(property["SecureCustomProperties"][0], ";"), set[name], "else an administrator's installation does not hear of it")
			}
		}
		assert.Equal(t, "~];[INSTALLDIR", set["PATH"])
		delete(set, "PATH")
		assert.Equal(t, variables, set)
		for _, cells := range table(t, test.installer, "Registry", 1) {
			assert.Equal(t, test.root, cells[0], "%s belongs where the program is installed", cells[1])
		}
		ranges := []string{}
		for key, cells := range table(t, test.installer, "Upgrade", 5) {
			require.True(t, strings.HasPrefix(key, test.upgrade), key)
			ranges = append(ranges, cells[len(cells)-1])
		}
		assert.ElementsMatch(t, []string{"WIX_UPGRADE_DETECTED", "WIX_DOWNGRADE_DETECTED"}, ranges)
	}

	// What decides for all users is the machine's, and its folders are no user's to write.
	assert.NotContains(t, slices.Collect(maps.Keys(table(t, person, "Directory", 1))), "POLICYFOLDER")
	locked := table(t, machine, "MsiLockPermissionsEx", 1)
	require.Len(t, locked, 2)
	for _, cells := range locked {
		_, created := table(t, machine, "CreateFolder", 1)[cells[0]]
		assert.True(t, created && cells[1] == "CreateFolder", cells[0])
		assert.Equal(t, "O:BAG:BAD:PAI(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)(A;OICI;0x1200a9;;;BU)", cells[2])
	}
	for _, cells := range table(t, machine, "MoveFile", 1) {
		assert.Equal(t, "0", cells[5], "%s is copied, and stays with the organisation", cells[1])
	}
	guide, err := os.ReadFile("../docs/administrator.md")
	require.NoError(t, err)
	assert.Contains(t, string(guide), "/qn POLICY=")
	order := table(t, machine, "InstallExecuteSequence", 1)
	assert.Equal(t, "POLICY AND NOT POLICYTHERE AND NOT Installed", order["NoPolicy"][0])
	assert.Less(t, order["CreateFolders"][1], order["MoveFiles"][1], "a folder has its rights before there is a file in it")
	assert.Empty(t, table(t, machine, "RemoveFile", 1), "nothing but what was installed is removed")

	zipped := said(t, "unzip", "-Z1", one(t, out, ".zip"))
	assert.Contains(t, zipped, "/software-opengl/portal-desktop.exe")
}

// TestAsInstalled installs the packages that PORTAL_PACKAGES names, works with them and removes them.
func TestAsInstalled(t *testing.T) {
	packages := os.Getenv("PORTAL_PACKAGES")
	for name, script := range map[string]string{"Linux": "test-packages", "Windows under Wine": "test-windows"} {
		t.Run(name, func(t *testing.T) {
			needs(t, "it is tried on Linux", "bash")
			if script == "test-windows" {
				needs(t, "scripts/setup.sh wine", "wine")
			}
			if packages == "" {
				t.Skipf("PORTAL_PACKAGES names no folder with packages, whose making takes minutes; both are done by: make package OS=linux test-packages test-windows")
			}
			out := said(t, "bash", filepath.Join("..", "scripts", script+".sh"), packages)
			t.Log(out)
			if _, why, skipped := strings.Cut(out, ": skipped: "); skipped {
				t.Skip(why)
			}
		})
	}
}
