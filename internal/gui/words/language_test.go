package words_test

import (
	"os"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"fabricportal/assets"
	"fabricportal/internal/gui/words"
)

// The other tests of this package style for English.
func TestMain(m *testing.M) {
	if err := words.Load(assets.Translations, "en"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

func TestGermanNumbersDatesAndTexts(t *testing.T) {
	test.NewTempApp(t)
	require.NoError(t, words.Load(assets.Translations, "de"))
	t.Cleanup(func() { require.NoError(t, words.Load(assets.Translations, "en")) })
	now := time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)
	for want, got := range map[string]string{
		"12.412.345,68":              words.Amount(12412345.678),
		"12,4 Mio.":                  words.Short(12412345.67),
		"50 Tsd.":                    words.Axis(50_000),
		"4,6 MB":                     words.Size(4_617_000),
		"2.000 Zeilen":               words.Counted(2000, "row", "rows"),
		"1. Jan. – 31. Dez. 2025":    words.Days("2025-01-01", "2025-12-31"),
		"März 2025":                  words.Day("2025-03"),
		"gestern 14:05":              words.When(now.AddDate(0, 0, -1), now),
		"1 Std 5 min":                words.Duration(65 * time.Minute),
		"Lauf 0195 wiederherstellen": words.T("Restore run {{.ID}}", "ID", "0195"),
	} {
		require.Equal(t, want, got)
	}
	require.NoError(t, words.Load(assets.Translations, "en"))
	require.Equal(t, "1 Jan – 31 Dec 2025", words.Days("2025-01-01", "2025-12-31"), "and back again")
	require.ErrorContains(t, words.Load(assets.Translations, "xx"), "no translation")
}

func TestOnlyALanguageThatThereIsIsChosen(t *testing.T) {
	t.Setenv(words.Variable, "de")
	require.Equal(t, "de", words.Chosen())
	t.Setenv(words.Variable, "tlh")
	require.Empty(t, words.Chosen())
}
