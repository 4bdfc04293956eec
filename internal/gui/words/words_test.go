package words_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/words"
)

func TestTexts(t *testing.T) {
	require.Equal(t, "Restore run 0195", words.T("Restore run {{.ID}}", "ID", "0195"))
	require.Equal(t, "Reading {{.N}}.csv", words.T("Reading {{.Name}}", "Name", "{{.N}}.csv"), "what a file is called is no text to fill")
	require.Empty(t, words.T(""))
	require.Equal(t, "A text that no file has, 3", words.T("A text that no file has, {{.N}}", "N", 3))
}

func TestCountedTexts(t *testing.T) {
	require.Equal(t, "1 row", words.N("{{.N}} rows", 1))
	require.Equal(t, "0 rows", words.N("{{.N}} rows", 0))
	require.Equal(t, "2,000 rows", words.N("{{.N}} rows", 2000))
	require.Equal(t, "The first 200 of 50,000 rows", words.N("The first {{.Shown}} of {{.N}} rows", 50_000, "Shown", words.Count(200)))
}
