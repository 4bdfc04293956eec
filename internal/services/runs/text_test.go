package runs

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/format"
)

func TestCleanRemovesSecretsAndDisguises(t *testing.T) {
	for in, want := range map[string]string{
		"plain text stays, 3 % of it":                   "plain text stays, 3 % of it",
		"two\nlines\tand\u00a0spaces":                   "two lines and spaces",
		"\u202egnp.exe\u2066 \u200bhidden\x00\x1b[31m":  "\ufffdgnp.exe\ufffd hidden\ufffd",
		"Bearer abcdefghijk.lmnop":                      "[removed]",
		"got eyJhbGciOiJub25l.eyJzdWIiOiJ4In0.abc back": "got [removed] back",
		"https://x/?sv=1&sig=AbC%2Fd&se=2":              "https://x/?sv=1&[removed]&se=2",
		`{"password": "pa ss, word"}`:                   `{"[removed]}`,
		"password = hunter2, user = ana":                "[removed], user = ana",
		"postgres://ana:hunter2@db/x":                   "[removed]db/x",
		"client_secret=abc~def.ghi":                     "[removed]",
		"bad utf8 \xff\xfe end":                         "bad utf8 \ufffd end",
	} {
		require.Equal(t, want, Clean(in, 1000), "%q", in)
	}
	long := Clean(strings.Repeat("ä", 2000), 1000)
	require.Equal(t, 1000, utf8.RuneCountInString(long))
	require.True(t, strings.HasSuffix(long, "…"))
}

func FuzzCleanAndHumanMessage(f *testing.F) {
	f.Add("portal:v1 {\"ev\":\"x\",\"text\":\"\u202e\"}", true)
	f.Add("A->RUNNING: x", true)
	f.Fuzz(func(t *testing.T, s string, change bool) {
		e := Event{Message: s, Type: Log}
		if change {
			e.Type = StatusChange
		}
		out := HumanMessage(e)
		if !utf8.ValidString(out) || utf8.RuneCountInString(out) > MaxMessage+20 {
			t.Fatalf("%q", out)
		}
		for _, r := range out {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Fatalf("%q", out)
			}
		}
	})
}

func TestHumanMessages(t *testing.T) {
	id := uuid.New()
	for _, c := range []struct {
		e    Event
		want string
	}{
		{Event{Type: StatusChange, Message: Change{Submitted, Queued, "Fabric accepted it"}.Message()}, "Queued: Fabric accepted it"},
		{Event{Type: StatusChange, Message: "->SUBMITTED"}, "Submitted"},
		{Event{Type: StatusChange, Message: "others' words"}, "others' words"},
		{Event{Type: StatusChange, Message: "A->B: c"}, "A->B: c"},
		{noteEvent(id, Log, "", note{Ev: evIntent, Text: "a <b> & c", Attempt: 1}), "a <b> & c"},
		{Event{Type: Log, Message: `portal:v1 {"ev":"later_kind"}`}, "later_kind"},
		{Event{Type: Log, Message: `portal:v1 {"ev":`}, `portal:v1 {"ev":`},
		{newEvent(id, Warning, format.Say("x\ny")), "x y"},
	} {
		require.Equal(t, c.want, HumanMessage(c.e))
	}
	require.True(t, strings.HasPrefix(noteEvent(id, Log, "", note{Ev: evIntent, Text: "t"}).Message, strings.TrimSuffix(IntentPattern, "%")))
}

func TestPhases(t *testing.T) {
	timing := Timing{}
	start := time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)
	run := Run{ID: uuid.New(), Status: Submitted, CreatedAt: start}
	sent := noteEvent(run.ID, Log, "", note{Ev: evIntent})
	sent.Time = start.Add(time.Second)
	many := noteEvent(run.ID, Warning, "", note{Ev: evCandidates, Jobs: []string{"a", "b"}})
	many.Time = start.Add(2 * time.Minute)
	job := run
	job.JobID, job.Status = "j", Queued
	running, done := job, job
	running.Status, done.Status = Running, Succeeded
	for name, c := range map[string]struct {
		run    Run
		events []Event
		after  time.Duration
		kind   PhaseKind
		until  time.Duration
		says   string
	}{
		"about to be sent":   {run, nil, time.Second, PhaseStarting, 2 * time.Minute, "about to be sent"},
		"on its way":         {run, []Event{sent}, 20 * time.Second, PhaseStarting, 10*time.Minute + time.Second, "on its way"},
		"in doubt":           {run, []Event{sent}, 27 * time.Second, PhaseChecking, 10*time.Minute + time.Second, "lost contact"},
		"in doubt for long":  {run, []Event{sent}, time.Hour, PhaseChecking, 10*time.Minute + time.Second, "as soon as Fabric answers"},
		"several candidates": {run, []Event{sent, many}, 3 * time.Minute, PhaseNeedsYou, 0, "2 jobs"},
		"adopted after all":  {job, []Event{sent, many}, 3 * time.Minute, PhaseRunning, 0, "queue"},
		"running":            {running, []Event{sent}, time.Minute, PhaseRunning, 0, "running it"},
		"ended":              {done, []Event{sent}, time.Minute, PhaseFree, 0, "ended"},
	} {
		t.Run(name, func(t *testing.T) {
			p := timing.PhaseOf(c.run, c.events, start.Add(c.after))
			require.Equal(t, c.kind, p.Kind)
			require.Contains(t, p.Sentence, c.says)
			if c.until == 0 {
				require.True(t, p.Until.IsZero())
			} else {
				require.Equal(t, start.Add(c.until), p.Until)
			}
		})
	}
}

func TestTheProtocolsTimesAreTheDefaults(t *testing.T) {
	d := Timing{Poll: time.Second}.withDefaults()
	require.Equal(t, 15*time.Second, d.Send)
	require.Equal(t, 2*time.Minute, d.Orphan)
	require.Equal(t, 10*time.Minute, d.NoJob)
	require.Equal(t, time.Second, d.Poll)
	require.NotZero(t, d.Tick)
}
