package words_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"testing"
	"testing/fstest"
	"time"

	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"fabricportal/assets"
	"fabricportal/internal/gui/words"
)

// The other tests of this package look for English.
func TestMain(m *testing.M) {
	if err := words.Load(assets.Translations, "en"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

func load(t *testing.T, files fs.FS, language string) {
	t.Helper()
	require.NoError(t, words.Load(files, language))
	t.Cleanup(func() { require.NoError(t, words.Load(assets.Translations, "en")) })
}

func TestGermanNumbersDatesAndTexts(t *testing.T) {
	test.NewTempApp(t)
	load(t, assets.Translations, "de")
	now := time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)
	for want, got := range map[string]string{
		"12.412.345,68":              words.Amount(12412345.678),
		"12,4 Mio.":                  words.Short(12412345.67),
		"50 Tsd.":                    words.Axis(50_000),
		"4,6 MB":                     words.Size(4_617_000),
		"2.000 Zeilen":               words.N("{{.N}} rows", 2000),
		"1 Zeile":                    words.N("{{.N}} rows", 1),
		"1. Jan. – 31. Dez. 2025":    words.Days("2025-01-01", "2025-12-31"),
		"März 2025":                  words.Day("2025-03"),
		"gestern 14:05":              words.When(now.AddDate(0, 0, -1), now),
		"1 Std 5 min":                words.Duration(65 * time.Minute),
		"Lauf 0195 wiederherstellen": words.T("Restore run {{.ID}}", "ID", "0195"),
		"Einfügen":                   lang.L("Paste"), // of Fyne's own menus
	} {
		require.Equal(t, want, got)
	}
	v, ok := words.ReadNumber("1.234,5")
	require.True(t, ok)
	require.Equal(t, 1234.5, v)
	require.Equal(t, time.Date(2025, 3, 2, 0, 0, 0, 0, time.UTC), words.ReadDay(words.Day("2025-03-02")))
	require.NoError(t, words.Load(assets.Translations, "en"))
	require.Equal(t, "1 Jan – 31 Dec 2025", words.Days("2025-01-01", "2025-12-31"), "and back again")
	require.Equal(t, "Paste", lang.L("Paste"))
}

// withPolish are the program's languages and another one, as a translator adds it: one file. Polish has three forms where
// English and German have two.
func withPolish(t *testing.T, texts map[string]any) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	for _, l := range words.Languages(assets.Translations) {
		name := "translation/" + l.Code + ".json"
		data, err := assets.Translations.ReadFile(name)
		require.NoError(t, err)
		files[name] = &fstest.MapFile{Data: data}
	}
	all := map[string]any{"locale.name": "Polski", "locale.decimal": ",", "locale.group": "\u00a0", "locale.date_order": "dmy",
		"locale.months": "sty, lut, mar, kwi, maj, cze, lip, sie, wrz, paź, lis, gru"}
	maps.Copy(all, texts)
	data, err := json.Marshal(all)
	require.NoError(t, err)
	files["translation/pl.json"] = &fstest.MapFile{Data: data}
	return files
}

func TestAThirdLanguageIsOneFile(t *testing.T) {
	test.NewTempApp(t)
	files := withPolish(t, map[string]any{
		"Refresh":             "Odśwież",
		"{{.N}} rows":         map[string]string{"one": "{{.N}} wiersz", "few": "{{.N}} wiersze", "many": "{{.N}} wierszy", "other": "{{.N}} wiersza"},
		"Restore run {{.ID}}": "Przywróć przebieg {{.ID}}",
		"Paste":               "Wklej",
		"{{.N}} columns":      map[string]string{"other": "{{.N}} kolumn"},
		"Checks":              "",
		"Rows read: {{.Read}}. Rows kept: {{.Written}}.": "Zachowano {{.Written}} z {{.Read}}.",
	})
	require.Equal(t, []words.Language{{Code: "de", Name: "Deutsch"}, {Code: "en", Name: "English"}, {Code: "pl", Name: "Polski"}}, words.Languages(files))
	require.Equal(t, "pl", words.Known(files, "PL"))
	load(t, files, "pl")
	for want, got := range map[string]string{
		"Odśwież":                     words.T("Refresh"),
		"1 wiersz":                    words.N("{{.N}} rows", 1),
		"3 wiersze":                   words.N("{{.N}} rows", 3),
		"5 wierszy":                   words.N("{{.N}} rows", 5),
		"12 wierszy":                  words.N("{{.N}} rows", 12),
		"22 wiersze":                  words.N("{{.N}} rows", 22),
		"1\u00a0000\u00a0001 wierszy": words.N("{{.N}} rows", 1_000_001),
		"Przywróć przebieg 0195":      words.T("Restore run {{.ID}}", "ID", "0195"),
		"Zachowano 4 z 5.":            words.T("Rows read: {{.Read}}. Rows kept: {{.Written}}.", "Read", 5, "Written", 4),
		"1 kolumn":                    words.N("{{.N}} columns", 1),
		"Checks":                      words.T("Checks"),           // not translated yet
		"1 order":                     words.N("{{.N}} orders", 1), // nor that, with the English form
		"1\u00a0234,50":               words.Amount(1234.5),
		"2 gru 2025":                  words.Day("2025-12-02"),
		"Wklej":                       lang.L("Paste"),
		"Select all":                  lang.L("Select all"),
	} {
		require.Equal(t, want, got)
	}
	missing, err := words.Missing(files, "pl")
	require.NoError(t, err)
	require.Equal(t, []string{`"{{.N}} columns" lacks the form few`, `"{{.N}} columns" lacks the form many`, `"{{.N}} columns" lacks the form one`}, missing)
}

func TestAFileThatIsWrongIsRefused(t *testing.T) {
	for name, text := range map[string]struct {
		of   any
		says string
	}{
		"no text":    {3, "neither a text nor"},
		"no form":    {map[string]string{"several": "x", "other": "y"}, "no plural form"},
		"other gone": {map[string]string{"one": "x"}, "other is missing"},
	} {
		err := words.Load(withPolish(t, map[string]any{"{{.N}} rows": text.of}), "pl")
		require.ErrorContains(t, err, text.says, name)
		require.ErrorContains(t, err, "{{.N}} rows", name)
	}
	require.ErrorContains(t, words.Load(assets.Translations, "xx"), "no translation")
	require.Equal(t, "1 row", words.N("{{.N}} rows", 1), "the language in use stays")
}

func TestOnlyALanguageThatThereIsIsChosen(t *testing.T) {
	t.Setenv(words.Variable, "de")
	require.Equal(t, "de", words.Chosen(assets.Translations))
	t.Setenv(words.Variable, "tlh")
	require.Empty(t, words.Chosen(assets.Translations))
}
