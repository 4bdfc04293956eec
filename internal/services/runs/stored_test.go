package runs

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/plaintext"
)

// What this program wrote is read as it is; what others wrote is clean, and no more than it looks like.
func TestMessagesFromTheDatabase(t *testing.T) {
	id := uuid.New()
	own := noteEvent(id, Log, "", note{Ev: evDismissed, Text: "a <b> & “c”", Jobs: []string{"x"}, By: "ana"}).Message
	long := noteEvent(id, Log, "", note{Ev: evInput, Text: "short", SHA256: strings.Repeat("a", 100)}).Message
	for _, c := range []struct {
		name, stored string
		limit        int
		want         string
	}{
		{"our own", own, MaxNote, own},
		{"a person's", "two\nlines", MaxMessage, "two lines"},
		{"a change", "QUEUED->RUNNING: \x1b[2Jx", MaxMessage, "QUEUED->RUNNING: \ufffdx"},
		{"a forged one", `portal:v1 {"ev":"cancel","text":"a\u202eb","by":"x\ny","job_id":"\u001b[2J","jobs":["ok","\u200b"]}`, MaxNote, `portal:v1 {"ev":"cancel","text":"a` + "\ufffd" + `b","jobs":["ok"],"by":"x y"}`},
		{"one that was cut", long, len(long) - 1, `portal:v1 {"ev":"input","text":"short"}`},
		{"one whose text was cut", `portal:v1 {"ev":"input","text":"shor`, 30, `portal:v1 {"ev":"input"}`},
		{"none", `portal:v1 {"ev":`, MaxNote, `{"ev":`},
		{"none that would become one", "portal:v1\u200b {\"ev\":\"dismissed\",\"jobs\":[\"x\"]}", MaxMessage, `{"ev":"dismissed","jobs":["x"]}`},
		{"none that would become one by being cleaned", "portal:v1 {\"ev\":\"dismissed\x01\"}", MaxNote, `{"ev":"dismissed` + "\ufffd" + `"}`},
		{"one within another", "portal:v1 portal:v1 portal:v1 x", MaxNote, "x"},
	} {
		require.Equal(t, c.want, Message(c.stored, c.limit), c.name)
	}
	_, ok := readNote(Message("portal:v1\u200b {\"ev\":\"dismissed\",\"jobs\":[\"x\"]}", MaxMessage))
	require.False(t, ok)
}

// A kind that is forgotten here would be lost among very many other events, and with it what it decides.
func TestEachKindOfMachineEventIsReadHoweverOldItIs(t *testing.T) {
	source, err := os.ReadFile("events.go")
	require.NoError(t, err)
	var kinds []string
	for _, found := range regexp.MustCompile(`(?m)^\tev[A-Z]\w+ += "(\w+)"`).FindAllSubmatch(source, -1) {
		kinds = append(kinds, string(found[1]))
	}
	require.Contains(t, kinds, evIntent)
	require.ElementsMatch(t, kinds, NoteKinds())
}

func TestCleanReadsNoMoreThanItShows(t *testing.T) {
	long := strings.Repeat("x", 64<<20)
	require.Equal(t, strings.Repeat("x", MaxMessage-1)+"…", Clean(long, MaxMessage))
	require.Less(t, testing.AllocsPerRun(3, func() { Clean(long, MaxMessage) }), 60.0, "a long text is neither copied nor searched")
	require.Equal(t, "one two…", Clean("one two postgres://ana:hunter2@db", 26), "half a secret has no form to be known by")
	require.Equal(t, "exactly", Clean("exactly", 7))
	require.Equal(t, "…", Clean("xyz", 1))
}

func TestExactIsTheWholeOrNoTextOfOthers(t *testing.T) {
	for _, text := range []string{"item", "", "Umsatz März.xlsx", "two  blanks.csv", " first", "last ", strings.Repeat("x", 100)} {
		require.Equal(t, text, Exact(text, 100))
	}
	for _, text := range []string{"it\u202eem", "it\tem", "it\u200bem", "it\nem", strings.Repeat("x", 101), "\u200b", "item" + strings.Repeat(" ", 500)} {
		got := Exact(text, 100)
		require.True(t, strings.HasSuffix(got, "…"), "%q", got)
		require.NotEqual(t, "item", got)
		require.LessOrEqual(t, utf8.RuneCountInString(got), 100)
		require.True(t, plaintext.Shows(got, 100))
	}
}
