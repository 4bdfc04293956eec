// Package windows_test holds what is put into the packages for Windows to the program.
package windows_test

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/setup/config"
)

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

// variables are those that override a setting of portal.toml.
func variables(of reflect.Type, prefix string) []string {
	var out []string
	for field := range of.Fields() {
		tag := field.Tag.Get("toml")
		switch {
		case tag == "" || tag == "-":
		case field.Type.Kind() == reflect.Struct:
			out = append(out, variables(field.Type, prefix+strings.ToUpper(tag)+"_")...)
		default:
			out = append(out, prefix+strings.ToUpper(tag))
		}
	}
	return out
}

// A property of the installer that no program reads would be lost unsaid; one for a secret would put it into the registry.
func TestEachPropertyOfTheInstallerIsASettingAndNoSecret(t *testing.T) {
	known := append(variables(reflect.TypeFor[config.Config](), "PORTAL_"), "PORTAL_CONFIG", "PORTAL_LANG", "PORTAL_LOG")
	guide, count := read(t, "../../docs/administrator.md"), 0
	for line := range strings.Lines(read(t, "settings.txt")) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		words := strings.Fields(line)
		require.Len(t, words, 2, line)
		count++
		assert.Contains(t, known, words[1])
		assert.NotContains(t, words[1], "SECRET")
		assert.NotContains(t, words[1], "PASSWORD")
		assert.Equal(t, strings.ToUpper(words[0]), words[0], "only such properties can be given on the command line")
	}
	require.Greater(t, count, 10)
	assert.Contains(t, guide, "SETTINGS=")
}

// With another code an upgrade would stand beside what it is to replace.
func TestTheUpgradeCodesNeverChange(t *testing.T) {
	script := read(t, "../../scripts/package-windows.sh")
	require.Contains(t, script, "\nUPGRADE_MACHINE=6F0B7C59-5B0F-4D53-9C53-3C1E5C0F7A11\n")
	require.Contains(t, script, "\nUPGRADE_PERSON=0E6D2F8A-7E84-4B2E-8B39-90A4E8F6D2B7\n")
}

func TestTheManifestSaysHowTheProgramWantsToRun(t *testing.T) {
	manifest, said := read(t, "portal-desktop.manifest"), map[string]string{}
	decoder, element := xml.NewDecoder(strings.NewReader(manifest)), ""
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		switch token := token.(type) {
		case xml.StartElement:
			element = token.Name.Local
			for _, a := range token.Attr {
				said[element+"."+a.Name.Local] = a.Value
			}
		case xml.EndElement:
			element = ""
		case xml.CharData:
			said[element] = string(token)
		}
	}
	assert.Equal(t, "PerMonitorV2, PerMonitor", said["dpiAwareness"])
	assert.Equal(t, "true", said["longPathAware"])
	assert.Equal(t, "UTF-8", said["activeCodePage"])
	assert.Equal(t, "asInvoker", said["requestedExecutionLevel.level"])
}
