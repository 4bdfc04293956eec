package policy

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// place is a computer whose administrator wrote some files.
func place(t *testing.T, files map[string]string) Place {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	return Place{Folder: dir}
}

const whole = `version = 1
organisation = "Contoso"
language = "de"
export_folders = ["~/Reports"]
update_check = false
update_url = "https://intranet.contoso.com/portal.json"
own_connections = false
connection = "test"
locked = ["fabric.tenant_id"]

[settings.fabric]
tenant_id = "11111111-1111-4111-8111-111111111111"
`

func TestAComputerWithoutAPolicy(t *testing.T) {
	p, err := Read(place(t, nil))
	require.NoError(t, err)
	require.False(t, p.There())
	require.True(t, p.UpdateCheck)
	require.True(t, p.OwnConnections)
	require.NoError(t, p.MayExport("/anywhere/at/all.csv"))
	require.Empty(t, p.Default())
}

func TestAPolicy(t *testing.T) {
	at := place(t, map[string]string{"policy.toml": "\ufeff" + whole, "profiles/production.toml": "", "profiles/test.toml": "", "profiles/notes.txt": ""})
	p, err := Read(at)
	require.NoError(t, err)
	profiles := filepath.Join(at.Folder, "profiles")
	require.Equal(t, Policy{
		Organisation: "Contoso", Language: "de", ExportFolders: []string{"~/Reports"}, UpdateURL: "https://intranet.contoso.com/portal.json", Connection: "test", Locked: []string{"fabric.tenant_id"},
		Settings: map[string]any{"fabric": map[string]any{"tenant_id": "11111111-1111-4111-8111-111111111111"}},
		Source:   filepath.Join(at.Folder, "policy.toml"), Folder: profiles,
	}, p)
	require.Equal(t, []string{filepath.Join(profiles, "production.toml"), filepath.Join(profiles, "test.toml")}, p.Connections())
	require.Equal(t, filepath.Join(profiles, "test.toml"), p.Default())
	require.True(t, p.Holds(p.Default()))
	require.False(t, p.Holds(filepath.Join(at.Folder, "test.toml")))
	require.False(t, p.Holds(""))
	require.Equal(t, "Contoso", p.Who())

	only, err := Read(place(t, map[string]string{"profiles/one.toml": ""}))
	require.NoError(t, err)
	require.Equal(t, "one.toml", filepath.Base(only.Default()), "the only one needs no naming")
}

// TestABrokenPolicyIsRefused: nobody knows what it was to lock, so nothing is opened.
func TestABrokenPolicyIsRefused(t *testing.T) {
	for text, says := range map[string]string{
		"":                            "it does not say its version (version = 1)",
		"organisation = \"X\"\n":      "it does not say its version",
		"version = 2\nlater = true\n": "it is of version 2, and this program knows version 1",
		"version = 1\nupdate_url = \"http://x/y\"\n":          "“update_url” is not an address that begins with https://",
		"version = 1\nupdate_url = \"https://a:hunter2@x\"\n": "“update_url” is not an address",
		"version = 0\n":                                 "it is of version 0, which there is not",
		"version = \"1\"\n":                             "a value is of the wrong kind",
		"version = 1\nlokced = []\nx = 1\n":             "it has keys that are not known: “lokced”, “x”",
		"version = 1\nlocked = \"all\"\n":               "a value is of the wrong kind",
		"version = 1\nthis is no TOML":                  "it is not valid TOML at line 2",
		"version = 1\nexport_folders = [\"Reports\"]\n": "“export_folders” names “Reports”",
		"version = 1\nexport_folders = [\"~ana/x\"]\n":  "“export_folders” names “~ana/x”",
		"version = 1\nconnection = \"test\"\n":          "“connection” names “test”, and there is no such file",
		"version = 1\nconnection = \"../policy\"\n":     "“connection” names “../policy”",
		"version = 1\norganisation = \"a\\nb\"\n":       "“organisation” is not a short line",
	} {
		_, err := Read(place(t, map[string]string{"policy.toml": text}))
		var broken *Error
		require.ErrorAs(t, err, &broken, text)
		require.Contains(t, err.Error(), says)
		require.Contains(t, err.Error(), "so that nothing is opened")
		require.Contains(t, err.Error(), "ask your administrator")
	}
	at := place(t, nil)
	require.NoError(t, os.Mkdir(filepath.Join(at.Folder, "policy.toml"), 0o755))
	_, err := Read(at)
	require.ErrorContains(t, err, "can't be read, so that nothing is opened")
}

func TestThePolicyOfTheRegistry(t *testing.T) {
	at := place(t, map[string]string{"policy.toml": "version = 1\norganisation = \"The file\"\n", "profiles/production.toml": ""})
	key := &Key{
		Values: map[string]any{"Version": int64(1), "Organisation": "Contoso", "Update_Check": int64(0), "export_folders": []string{"~/Reports"}, "locked": []string{"database.port"}},
		Keys:   map[string]*Key{"Settings": {Keys: map[string]*Key{"Database": {Values: map[string]any{"Port": int64(6543)}}}}},
	}
	at.Registry = func() (string, *Key, error) { return `HKLM\SOFTWARE\Policies\FabricDataPortal`, key, nil }
	p, err := Read(at)
	require.NoError(t, err)
	require.Equal(t, "Contoso", p.Organisation, "it goes before the file")
	require.False(t, p.UpdateCheck)
	require.True(t, p.OwnConnections)
	require.Equal(t, map[string]any{"database": map[string]any{"port": int64(6543)}}, p.Settings)
	require.Len(t, p.Connections(), 1, "connections are files in any case")

	key.Values["update_check"] = int64(1)
	_, err = Read(at)
	require.ErrorContains(t, err, "it says “update_check” twice")
	delete(key.Values, "Update_Check")
	key.Values["update_check"] = int64(7)
	_, err = Read(at)
	require.ErrorContains(t, err, "of the wrong kind")
	at.Registry = func() (string, *Key, error) { return "HKLM", nil, errors.New("access is denied") }
	_, err = Read(at)
	require.ErrorContains(t, err, "in the registry (HKLM) can't be read, so that nothing is opened")
	at.Registry = func() (string, *Key, error) { return "HKLM", nil, nil }
	p, err = Read(at)
	require.NoError(t, err)
	require.Equal(t, "The file", p.Organisation)
}

func TestWhereFilesMayBeSaved(t *testing.T) {
	home, other := t.TempDir(), t.TempDir()
	for _, name := range []string{"HOME", "USERPROFILE"} {
		t.Setenv(name, home)
	}
	require.NoError(t, os.MkdirAll(filepath.Join(home, "Reports"), 0o755))
	p := Policy{Organisation: "Contoso", ExportFolders: []string{"~/Reports", filepath.Join(other, "share")}}
	for _, ok := range []string{filepath.Join(home, "Reports", "a.csv"), filepath.Join(home, "Reports", "not", "there", "yet", "a.csv"), filepath.Join(other, "share", "a.csv"), filepath.Join(home, "x", "..", "Reports", "a.csv")} {
		require.NoError(t, p.MayExport(ok), ok)
	}
	refused := []string{filepath.Join(home, "a.csv"), filepath.Join(home, "Reports2", "a.csv"), filepath.Join(home, "Reports", "..", "a.csv"), filepath.Join(other, "a.csv"), ""}
	if link := filepath.Join(home, "Reports", "out"); os.Symlink(other, link) == nil {
		refused = append(refused, filepath.Join(link, "a.csv"))
	}
	for _, bad := range refused {
		err := p.MayExport(bad)
		var e *ExportError
		require.ErrorAs(t, err, &e, bad)
		require.Equal(t, "nothing was saved, as Contoso lets files be saved only in "+filepath.Join(home, "Reports")+", "+filepath.Join(other, "share")+": choose a place there", err.Error())
	}
	if real := filepath.Join(home, "Reports"); os.Symlink(real, filepath.Join(other, "share")) == nil {
		require.NoError(t, p.MayExport(filepath.Join(real, "a.csv")), "an allowed folder may be a link itself")
	}
}

func TestWhoMayChangeThePolicy(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("rights are others there")
	}
	at := place(t, map[string]string{"policy.toml": "version = 1\n", "profiles/production.toml": ""})
	p, err := Read(at)
	require.NoError(t, err)
	if os.Geteuid() != 0 {
		require.Contains(t, p.Exposed(), p.Source, "it belongs to an ordinary user")
		return
	}
	require.NoError(t, os.Chmod(at.Folder, 0o755))
	require.Empty(t, p.Exposed())
	for _, path := range []string{p.Source, p.Folder, at.Folder, filepath.Join(p.Folder, "production.toml")} {
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.NoError(t, os.Chmod(path, info.Mode().Perm()|0o002))
		require.Equal(t, []string{path}, p.Exposed())
		require.NoError(t, os.Chmod(path, info.Mode().Perm()))
	}
	require.NoError(t, os.Chown(p.Source, 12345, 0))
	require.Equal(t, []string{p.Source}, p.Exposed())
}

// TestWhatOthersMayChangeIsRefused: else whoever can write into the folder decides where everybody signs in.
func TestWhatOthersMayChangeIsRefused(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("rights are others there: make test-windows tries them")
	}
	at := place(t, map[string]string{"policy.toml": "version = 1\n", "profiles/production.toml": ""})
	at.Guarded = true
	refused := func(path string) {
		t.Helper()
		_, err := Read(at)
		var broken *Error
		require.ErrorAs(t, err, &broken)
		require.Equal(t, path, broken.Source)
		require.Contains(t, err.Error(), path+", which decides for all users of this computer, can be changed by others than administrators, so that nothing is opened: ask your administrator")
	}
	source, profile := filepath.Join(at.Folder, "policy.toml"), filepath.Join(at.Folder, "profiles", "production.toml")
	if os.Geteuid() != 0 {
		refused(source) // it belongs to an ordinary user
		return
	}
	_, err := Read(at)
	require.NoError(t, err)
	for _, path := range []string{source, profile} {
		for _, mode := range []os.FileMode{0o646, 0o664} {
			require.NoError(t, os.Chmod(path, mode))
			refused(path)
		}
		require.NoError(t, os.Chmod(path, 0o644))
		require.NoError(t, os.Chown(path, 12345, 0))
		refused(path)
		if path == source { // a connection that somebody has planted, where there is no policy
			require.NoError(t, os.Remove(source))
		}
	}
	require.NoError(t, os.Remove(profile))
	p, err := Read(at)
	require.NoError(t, err)
	require.False(t, p.There())
}

func TestPretending(t *testing.T) {
	restore := Pretend(place(t, map[string]string{"policy.toml": whole[:len("version = 1\norganisation = \"Contoso\"\n")]}))
	p, err := Machine()
	require.NoError(t, err)
	require.Equal(t, "Contoso", p.Organisation)
	restore()
	p, err = Machine()
	require.NoError(t, err)
	require.NotEqual(t, "Contoso", p.Organisation)
}
