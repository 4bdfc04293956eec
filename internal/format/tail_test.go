package format_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/format"
)

var told = format.Catalogue{
	"asked":  {Text: "{{.Who}} asked for it at {{.At}}, {{.Size}}, after {{.Age}}"},
	"jobs":   {Text: "{{.N}} jobs could be it: {{.Why}}", One: "{{.N}} job could be it: {{.Why}}"},
	"lost":   {Text: "no answer came ({{.Said}})"},
	"nobody": {Text: "nobody knows"},
}

// german is a few sentences of it.
var german = format.Writer{Zone: time.FixedZone("CET", 3600), Text: func(s string) string {
	switch s {
	case told["lost"].Text:
		return "keine Antwort ({{.Said}})"
	case told["asked"].Text:
		return "{{.Who}} fragte um {{.At}} danach, {{.Size}}, nach {{.Age}}"
	case ".":
		return ","
	}
	return s
}, Form: func(n int64, _, _ string) string {
	if n == 1 {
		return "{{.N}} Auftrag könnte es sein: {{.Why}}"
	}
	return "{{.N}} Aufträge könnten es sein: {{.Why}}"
}}

func clean(s string) string { return s }

// TestASentenceIsStoredWithATail looks at what older programs show, and at what is made of it in another language.
func TestASentenceIsStoredWithATail(t *testing.T) {
	at := time.Date(2025, 3, 1, 13, 5, 0, 0, time.UTC)
	reader := format.Reader{Catalogue: told}
	text := reader.Stored(told.Say("asked", "Who", `ana "the [first]"`, "At", at, "Size", format.Size(5_712_345), "Age", 95*time.Second), 1000, clean)
	require.Equal(t, `ana "the [first]" asked for it at 2025-03-01 13:05 UTC, 5.7 MB, after 1 min 35 s [asked who="ana \"the [first]\"" at=2025-03-01T13:05:00Z size=5712345B age=95s]`, text)
	require.Equal(t, `ana "the [first]" fragte um 1 Mar 2025 14:05 danach, 5,7 MB, nach 1 min 35 s`, reader.Say(text, german))

	text = reader.Stored(told.Say("jobs", "N", 2, "Why", fmt.Errorf("asking: %w", told.Say("lost", "Said", "EOF"))), 1000, clean)
	require.Equal(t, `2 Aufträge könnten es sein: asking: no answer came (EOF)`, reader.Say(text, german), "what services put around stays English")
	text = reader.Stored(told.Say("jobs", "N", 1, "Why", told.Say("lost", "Said", "EOF")), 1000, clean)
	require.Equal(t, `1 job could be it: no answer came (EOF) [jobs n=1 why=(lost said="EOF")]`, text)
	require.Equal(t, `1 Auftrag könnte es sein: keine Antwort (EOF)`, reader.Say(text, german))
}

// TestWhatIsNoSentenceOfOursStaysAsItIs: a tail says nothing that the text before it does not say.
func TestWhatIsNoSentenceOfOursStaysAsItIs(t *testing.T) {
	reader := format.Reader{Catalogue: told}
	for _, text := range []string{
		"", "]", " []", "closed by ben: see [nobody]", "ana said [lost said=\"x\"]", `no answer came (EOF) [lost said="other"]`, `no answer came (EOF) [lost said="EOF"`,
		`no answer came (EOF) [lost said="EOF" ]`, "nobody knows [nobody] ", "nobody knows [nobody", "nobody knows [nobodies]", "x [jobs n=99999999999999999999 why=\"\"]",
		"x [asked age=9999999999999s]", "x [lost said=" + strings.Repeat("(lost said=", 100) + "]", "x [lost said=\"\xff\"]",
	} {
		require.Equal(t, text, reader.Say(text, german))
	}
	require.Equal(t, "nobody knows", reader.Say("nobody knows [nobody]", german))
	long := told.Say("lost", "Said", strings.Repeat("x", 60))
	require.Equal(t, long.Error(), reader.Stored(long, 100, clean), "a tail for which there is no room is left out")
	require.Contains(t, reader.Stored(long, 200, clean), "[lost ")
}

func TestAnErrorIsSaidInTheLanguageWhereverItStands(t *testing.T) {
	inner := told.Say("lost", "Said", "EOF")
	err := fmt.Errorf("asking: %w", format.Say("it failed: {{.Why}}", "Why", inner))
	require.ErrorIs(t, err, inner)
	require.Equal(t, "Asking: it failed: keine Antwort (EOF).", german.Sentence(err))
	require.Equal(t, "asking: it failed: no answer came (EOF)", err.Error())
	require.Equal(t, "plain", german.Words(errors.New("plain")))
}
