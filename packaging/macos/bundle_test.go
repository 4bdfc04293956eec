// Package macos_test holds the bundle for macOS to its layout, on any system with a shell.
package macos_test

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/buildinfo"
)

// strings of a property list by the key before them; of an array all of them.
func values(t *testing.T, path string) map[string][]string {
	t.Helper()
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	out := map[string][]string{}
	decoder, key, element := xml.NewDecoder(file), "", ""
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		require.NoError(t, err, "%s is no XML", path)
		switch token := token.(type) {
		case xml.StartElement:
			element = token.Name.Local
			if element == "true" {
				out[key] = append(out[key], "true")
			}
		case xml.EndElement:
			element = ""
		case xml.CharData:
			switch element {
			case "key":
				key = string(token)
			case "string":
				out[key] = append(out[key], string(token))
			}
		}
	}
}

func TestTheBundleHasTheLayoutThatMacOSWants(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("there is no bash")
	}
	place := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(place, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(place, name), []byte(text), 0o644))
	}
	write("program", "a program")
	write("icons/portal-desktop.icns", "icns")
	write("documents/NOTICES.txt", "licences")
	app := filepath.Join(place, "Fabric Data Portal.app")
	making := exec.CommandContext(t.Context(), "bash", "../../scripts/bundle-macos.sh", filepath.Join(place, "program"), filepath.Join(place, "icons"), filepath.Join(place, "documents"), app)
	making.Env = append(os.Environ(), "VERSION="+buildinfo.Version+"+modified")
	said, err := making.CombinedOutput()
	require.NoError(t, err, "%s", said)

	written, err := os.ReadFile(filepath.Join(app, "Contents", "Info.plist"))
	require.NoError(t, err)
	require.NotContains(t, string(written), "@", "a placeholder is left")
	info := values(t, filepath.Join(app, "Contents", "Info.plist"))
	require.Equal(t, []string{buildinfo.Version}, info["CFBundleShortVersionString"])
	require.Equal(t, []string{buildinfo.Version}, info["CFBundleVersion"])
	require.Equal(t, []string{"true"}, info["NSHighResolutionCapable"])
	require.Contains(t, info["LSItemContentTypes"], "org.openxmlformats.spreadsheetml.sheet")
	program, err := os.Stat(filepath.Join(app, "Contents", "MacOS", info["CFBundleExecutable"][0]))
	require.NoError(t, err, "the executable that Info.plist names")
	require.NotZero(t, program.Mode()&0o111, "it can be executed")
	require.FileExists(t, filepath.Join(app, "Contents", "Resources", info["CFBundleIconFile"][0]))
	require.FileExists(t, filepath.Join(app, "Contents", "Resources", "NOTICES.txt"))
	require.FileExists(t, filepath.Join(app, "Contents", "PkgInfo"))

	// The identifier names keychain entries and settings: it is the window's, and the signature requires it.
	window, err := os.ReadFile("../../cmd/portal-desktop/window.go")
	require.NoError(t, err)
	require.Contains(t, string(window), `appID = "`+info["CFBundleIdentifier"][0]+`"`)
	required, err := os.ReadFile("requirements.txt")
	require.NoError(t, err)
	require.Contains(t, string(required), `identifier "`+info["CFBundleIdentifier"][0]+`"`)
	values(t, "entitlements.plist")
}
