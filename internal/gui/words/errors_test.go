package words_test

import (
	"errors"
	"net"
	"regexp"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/assets"
	"fabricportal/internal/format"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/importfile/kpis"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
	"fabricportal/internal/services/runs/outbox"
)

var quoted = regexp.MustCompile(`„[^“]*“|«[^»]*»|\S+/\S+`)

var english = regexp.MustCompile(`(?i)(?:^|[^\pL\d_])(the|of|is|are|has|have|rows|every|which|with|that|were|not|from|and|could|it)(?:[^\pL\d_]|$)`)

// TestErrorsOfServicesAreSaidInTheLanguageOfTheWindow takes one of each kind that a user meets, as the screens word them.
func TestErrorsOfServicesAreSaidInTheLanguageOfTheWindow(t *testing.T) {
	test.NewTempApp(t)
	t.Cleanup(func() { require.NoError(t, words.Load(assets.Translations, "en")) })
	lost := transport.Describe("https://api.fabric.microsoft.com", &net.OpError{Op: "dial", Err: errors.New("x")})
	run := uuid.New()
	_, badName := artifacts.CheckName("a/b.csv")
	_, badWord := (&runs.Observer{}).FindRun(t.Context(), "0")
	_, badFile := (&runs.Runs{}).Submit(t.Context(), runs.Request{InputFile: "a/b.csv"})
	saidInEachLanguage(
		t, lost,
		&pipelines.UnreachableError{Doing: "asking for the state of a job", Err: lost}, &pipelines.NotSentError{TooLate: true}, &pipelines.NotSentError{Err: lost},
		&pipelines.InDoubtError{Accepted: true}, &pipelines.InDoubtError{Err: lost}, &pipelines.AlreadyEndedError{}, &pipelines.NotFoundError{JobID: "7"},
		&artifacts.UnreachableError{Doing: "x", Err: lost}, &artifacts.NotFoundError{Path: "Files/import/a.csv"}, &artifacts.ExistsError{Name: "a.csv"},
		&artifacts.SourceError{Name: "a.csv"}, &artifacts.IncompleteError{Name: "a.csv", Sent: 5_712_345, Arrived: 12}, &artifacts.TooLargeError{Path: "kpis.json", Size: 1 << 30, Limit: 1 << 20},
		&artifacts.PublishingError{}, &artifacts.PublishingError{Why: &artifacts.NotFoundError{Path: "a"}}, &artifacts.TooManyFilesError{Folder: "a", Limit: 5},
		&locking.BusyError{Card: locking.Card{RunID: run, LockedAt: time.Now(), LockedBy: locking.Owner{User: "ana", Host: "PC-7"}}},
		&runs.LostError{ID: run}, &runs.LateError{ID: run, Status: runs.Failed}, &runs.UnknownRunError{ID: run}, &runs.ForeignError{}, &kpis.GroupsError{File: "a.csv", Column: "region"},
		badName, badWord, badFile, &outbox.FolderError{}, &outbox.FolderError{Dir: "notes", Err: errors.New("x")},
	)
}

// saidInEachLanguage fails where an error, or a part of it, is English in another language's window. What is quoted are others' words.
func saidInEachLanguage(t *testing.T, all ...error) {
	t.Helper()
	for _, language := range words.Languages[1:] {
		require.NoError(t, words.Load(assets.Translations, language))
		for i, err := range all {
			require.Error(t, err, "%d", i)
			said := words.Writer().Sentence(err)
			require.NotEqual(t, format.Sentence(err), said, "%T in %s", err, language)
			require.NotContains(t, said, "{{", "%T in %s", err, language)
			require.Empty(t, english.FindAllString(quoted.ReplaceAllString(said, ""), -1), "%T in %s: %s", err, language, said)
		}
	}
}

// TestFrench is the third language, which came with one file.
func TestFrench(t *testing.T) {
	test.NewTempApp(t)
	require.NoError(t, words.Load(assets.Translations, "fr"))
	t.Cleanup(func() { require.NoError(t, words.Load(assets.Translations, "en")) })
	now := time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)
	for want, got := range map[string]string{
		"12\u00a0412\u00a0345,68":      words.Amount(12412345.678),
		"12,4\u00a0M":                  words.Short(12412345.67),
		"5,7\u00a0Mo":                  words.Size(5_712_345),
		"3,44\u00a0%":                  words.Percent(0.0344, 2),
		"0 ligne":                      words.N(0, "{{.N}} row", "{{.N}} rows"),
		"2\u00a0000 lignes":            words.N(2000, "{{.N}} row", "{{.N}} rows"),
		"1\u00a0000\u00a0000 lignes":   words.N(1_000_000, "{{.N}} row", "{{.N}} rows"),
		"1 janv. – 31 déc. 2025":       words.Days("2025-01-01", "2025-12-31"),
		"hier 14:05":                   words.When(now.AddDate(0, 0, -1), now),
		"5\u00a0min à 10\u00a0min":     words.Span(5*time.Minute, 10*time.Minute),
		"10\u00a0s":                    words.Span(10*time.Second, 12*time.Second),
		"Restaurer l'exécution : hier": words.T("Restore the run of {{.When}}", "When", "hier"),
	} {
		require.Equal(t, want, got)
	}
	for text, want := range map[string]float64{"1 234,5": 1234.5, "1\u00a0234,5": 1234.5, "12,5": 12.5, "1\u202f000\u202f000": 1e6} {
		got, ok := words.ReadNumber(text)
		require.True(t, ok, text)
		require.Equal(t, want, got, text)
	}
	require.Equal(t, time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC), words.ReadDay("31 déc. 2025"))
	require.Equal(t, []string{"en", "de", "fr"}, words.Languages)
	require.Equal(t, []string{"English", "Deutsch", "Français"}, []string{words.OwnName("en"), words.OwnName("de"), words.OwnName("fr")})
}
