package shapes_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/services/desktop/shapes"
)

var (
	headers = []string{"bestellnummer", "bestelldatum", "umsatz"}
	german  = contract.ReadOptions{SchemaVersion: 1, DecimalMark: ",", Columns: map[string]string{"revenue": "Umsatz"}}
)

func TestAQuestionIsAnsweredOnceForAllFilesOfAShape(t *testing.T) {
	s := shapes.Open(filepath.Join(t.TempDir(), "shapes"))
	_, known := s.Find(headers)
	require.False(t, known)
	at := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	o := german
	o.EndRows, o.AcceptMissing = 3, true
	require.NoError(t, s.Keep(t.Context(), shapes.Record{Headers: headers, Options: o, By: "ana", At: at}))
	got, known := s.Find(headers)
	require.True(t, known)
	require.Equal(t, shapes.Record{Headers: headers, Options: german, By: "ana", At: at}, got, "what belongs to one file alone is not kept")
	for _, other := range [][]string{nil, headers[:2], {"bestelldatum", "bestellnummer", "umsatz"}, {"bestellnummer\x00bestelldatum", "umsatz"}} {
		_, known := s.Find(other)
		require.False(t, known, "%q", other)
	}
	require.NoError(t, s.Keep(t.Context(), shapes.Record{Headers: headers, Options: contract.ReadOptions{SchemaVersion: 1, AcceptMissing: true}}))
	_, known = s.Find(headers)
	require.False(t, known, "options that say nothing are forgotten")
	require.Error(t, s.Keep(t.Context(), shapes.Record{Options: german}))
}

func TestADamagedOrLaterRecordIsNone(t *testing.T) {
	dir := t.TempDir()
	s := shapes.Open(dir)
	require.NoError(t, s.Keep(t.Context(), shapes.Record{Headers: headers, Options: german}))
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	for _, text := range []string{"", "{", `{"headers":["bestellnummer","bestelldatum","umsatz"],"read_options":{"schema_version":2}}`,
		`{"headers":["x"],"read_options":{"schema_version":1,"decimal_mark":","}}`} {
		require.NoError(t, os.WriteFile(files[0], []byte(text), 0o600))
		_, known := s.Find(headers)
		require.False(t, known, text)
	}
}

func TestTheOldestShapesGoFirst(t *testing.T) {
	dir := t.TempDir()
	s := shapes.Open(dir)
	shape := func(i int) []string { return []string{fmt.Sprint("column_", i)} }
	for i := range 201 {
		require.NoError(t, s.Keep(t.Context(), shapes.Record{Headers: shape(i), Options: german}))
		if i == 0 { // file systems count time coarsely
			files, err := filepath.Glob(filepath.Join(dir, "*.json"))
			require.NoError(t, err)
			require.NoError(t, os.Chtimes(files[0], time.Time{}, time.Now().Add(-time.Hour)))
		}
	}
	_, known := s.Find(shape(0))
	require.False(t, known)
	for i := 1; i < 201; i++ {
		_, known := s.Find(shape(i))
		require.True(t, known)
	}
}
