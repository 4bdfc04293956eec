package words_test

import (
	"fmt"
	"net/http"
	"os"
	"testing"
	"testing/fstest"
	"time"

	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"fabricportal/assets"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/fabric/troubles"
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
		"12.412.345,68":                  words.Amount(12412345.678),
		"12,4 Mio.":                      words.Short(12412345.67),
		"50 Tsd.":                        words.Axis(50_000),
		"4,6 MB":                         words.Size(4_617_000),
		"2.000 Zeilen":                   words.N(2000, "{{.N}} row", "{{.N}} rows"),
		"1. Jan. – 31. Dez. 2025":        words.Days("2025-01-01", "2025-12-31"),
		"März 2025":                      words.Day("2025-03"),
		"gestern 14:05":                  words.When(now.AddDate(0, 0, -1), now),
		"1 Std 5 min":                    words.Duration(65 * time.Minute),
		"Lauf wiederherstellen: gestern": words.T("Restore the run of {{.When}}", "When", "gestern"),
	} {
		require.Equal(t, want, got)
	}
	require.NoError(t, words.Load(assets.Translations, "en"))
	require.Equal(t, "1 Jan – 31 Dec 2025", words.Days("2025-01-01", "2025-12-31"), "and back again")
	require.ErrorContains(t, words.Load(assets.Translations, "xx"), "no translation")
}

// TestWhatFabricRefusesIsSaidInGerman takes an entry of the catalogue, with Fabric's own words in it.
func TestWhatFabricRefusesIsSaidInGerman(t *testing.T) {
	test.NewTempApp(t)
	require.NoError(t, words.Load(assets.Translations, "de"))
	t.Cleanup(func() { require.NoError(t, words.Load(assets.Translations, "en")) })
	full := troubles.FromHTTP(troubles.Fabric, troubles.Starting, 430, http.Header{"Retry-After": {"20"}}, []byte(`{"errorCode":"TooManyRequestsForCapacity","message":"No room"}`), time.Now())
	require.Equal(t, "Asking Fabric: Die Fabric-Kapazität ist ausgelastet (gemeldet wird: No room, TooManyRequestsForCapacity): Versuchen Sie es in 20 s erneut, "+
		"und bitten Sie, wenn das oft vorkommt, den Administrator der Kapazität um eine größere.", words.Writer().Sentence(fmt.Errorf("asking Fabric: %w", full)))
}

// TestALanguageWithOtherPlurals speaks Polish, which has three forms for whole numbers, on a computer that speaks another
// language: a translator writes one file, and no text is put together here.
func TestALanguageWithOtherPlurals(t *testing.T) {
	test.NewTempApp(t)
	polish := fstest.MapFS{"translation/pl.json": {Data: []byte(`{
		",": " ", ".": ",", "Rows": "Wiersze", "Mar": "mar",
		"{{.N}} rows": {"one": "{{.N}} wiersz", "few": "{{.N}} wiersze", "many": "{{.N}} wierszy", "other": "{{.N}} wiersza"},
		"The first {{.First}} of {{.N}} rows": {"one": "Pierwszy z {{.N}} wiersza", "few": "Pierwsze {{.First}} z {{.N}} wierszy", "many": "Pierwszych {{.First}} z {{.N}} wierszy", "other": "?"}
	}`)}}
	require.NoError(t, words.Load(polish, "pl"))
	t.Cleanup(func() { require.NoError(t, words.Load(assets.Translations, "en")) })
	for n, want := range map[int64]string{
		1: "1 wiersz", 2: "2 wiersze", 5: "5 wierszy", 0: "0 wierszy", 12: "12 wierszy", 22: "22 wiersze", 21: "21 wierszy", 1_000_003: "1 000 003 wiersze", -2: "-2 wiersze",
	} {
		require.Equal(t, want, words.N(n, "{{.N}} row", "{{.N}} rows"))
	}
	require.Equal(t, "Pierwszych 5 z 50 000 wierszy", words.N(50_000, "The first of {{.N}} row", "The first {{.First}} of {{.N}} rows", "First", 5))
	require.Equal(t, "2 runs", words.N(2, "{{.N}} run", "{{.N}} runs"), "what is not translated yet is English")
	require.Equal(t, "Wiersze", words.T("Rows"))
	require.Equal(t, "1 234,50", words.Amount(1234.5))
	require.Equal(t, "many", words.Category("pl", 5))

	broken := fstest.MapFS{"translation/pl.json": {Data: []byte(`{"{{.N}} rows": 5}`)}}
	require.ErrorContains(t, words.Load(broken, "pl"), "neither a text nor plural forms")
}

func TestOnlyALanguageThatThereIsIsChosen(t *testing.T) {
	t.Setenv(words.Variable, "de")
	require.Equal(t, "de", words.Chosen())
	t.Setenv(words.Variable, "tlh")
	require.Empty(t, words.Chosen())
}
