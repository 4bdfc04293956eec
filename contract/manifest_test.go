package contract_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
)

// TestAManifestNamesEachFileOnce: what the schema can't say is refused too, and a document that never ends is not read.
func TestAManifestNamesEachFileOnce(t *testing.T) {
	m := manifest()
	require.Equal(t, runB, m.Home())
	m.SourceRunID = nil
	require.Equal(t, runA, m.Home())
	file, ok := m.File("kpis.json")
	require.True(t, ok)
	require.Equal(t, "json", file.Type)
	_, ok = m.File("manifest.json")
	require.False(t, ok)

	data, err := json.Marshal(m)
	require.NoError(t, err)
	back, err := contract.Decode[contract.Manifest]("manifest.json", data)
	require.NoError(t, err)
	require.Equal(t, m, back)
	require.NoError(t, back.Whole("manifest.json"))
	m.Files[1] = m.Files[0]
	require.ErrorContains(t, m.Whole("manifest.json"), "manifest.json can't be read: files has "+m.Files[0].Name+" twice")
	for text, says := range map[string]string{
		string(data) + strings.Repeat(" ", contract.MaxManifest):               "larger than 4194304 bytes",
		strings.Replace(string(data), "kpis.json", "other.json", 1):            "name",
		strings.Replace(string(data), runA, "../../import", 1):                 "run_id",
		strings.Replace(string(data), `"size_bytes":10`, `"size_bytes":-1`, 1): "size_bytes",
		string(data[:len(data)/2]):                                             "JSON",
		"":                                                                     "JSON",
	} {
		_, err := contract.Decode[contract.Manifest]("manifest.json", []byte(text))
		var form *contract.FormError
		require.ErrorAs(t, err, &form, text)
		require.ErrorContains(t, err, says)
	}
}
