package runs

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/troubles"
)

// inCapitals is a language in which every text that is translated stands in capitals.
var inCapitals = format.Writer{
	Text: func(s string) string { return capitals(s) },
	Form: func(n int64, one, other string) string {
		if n == 1 {
			return capitals(one)
		}
		return capitals(other)
	},
	Zone: time.UTC,
}

// capitals leaves the names of values as they are.
func capitals(text string) string {
	parts := strings.Split(text, "{{")
	for i, p := range parts {
		name, rest, ok := strings.Cut(p, "}}")
		if i > 0 && ok {
			parts[i] = name + "}}" + strings.ToUpper(rest)
		} else {
			parts[i] = strings.ToUpper(p)
		}
	}
	return strings.Join(parts, "{{")
}

// valueOf is a value for a name in a telling.
func valueOf(name string) any {
	switch name {
	case "N":
		return 2
	case "Size":
		return format.Size(5_712_345)
	case "Age", "Wait":
		return 95 * time.Second
	case "At":
		return time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)
	case "Said", "Sentence", "What", "First", "Next", "Lack", "Changes", "Start":
		return tell("not_started")
	case "Why":
		return troubles.Of(troubles.Answer{Service: troubles.Fabric, Doing: troubles.Starting, Status: 404, Code: "CapacityNotActive", Message: `it is "paused" [x]`,
			RequestID: "5f3a", At: time.Date(2026, 3, 4, 10, 0, 0, 500, time.UTC)})
	}
	return "7"
}

// TestEveryTellingIsSaidInTheLanguageOfTheWindow stores each sentence as the kinds of events do, and reads it again: in English it is what
// it was, and in another language no word of it is left in English.
func TestEveryTellingIsSaidInTheLanguageOfTheWindow(t *testing.T) {
	run := uuid.New()
	for code, e := range tellings {
		var pairs []any
		for _, part := range strings.Split(e.Text+e.One, "{{.")[1:] {
			name, _, _ := strings.Cut(part, "}}")
			pairs = append(pairs, name, valueOf(name))
		}
		said := tell(code, pairs...)
		for kind, event := range map[string]Event{
			"event": newEvent(run, Log, said), "note": noteEvent(run, Log, "", note{Ev: evCancel, Text: stored(said)}),
			"change": {Type: StatusChange, Message: Change{Queued, Running, stored(said)}.Message()},
		} {
			event.Message = Message(event.Message, MaxNote)
			require.Contains(t, event.Message, " ["+code, "%s %s", kind, code)
			english, other := HumanMessage(event), MessageIn(event, inCapitals)
			require.NotContains(t, english, "["+code)
			require.True(t, strings.HasSuffix(english, said.Error()), "%s: %s", code, english)
			require.True(t, strings.HasSuffix(other, said.In(shown).Say(inCapitals)), "%s: %s", code, other)
		}
		var failed Run
		failed.SetError(failure(said))
		require.Equal(t, said.Error(), failed.ErrorMessage)
		require.Equal(t, said.Say(inCapitals), failed.Failure(inCapitals))
	}
}

// TestNoIDStandsInASentenceOfTheTimeline for analysts: what is stored, the terminal and the evidence have them.
func TestNoIDStandsInASentenceOfTheTimeline(t *testing.T) {
	job, run := uuid.NewString(), uuid.NewString()
	why := tell("carries_id")
	for _, said := range []*format.Said{
		tell("restoring", "Run", run, "File", "sales.xlsx"), tell("late", "Job", job, "State", "FAILED", "Me", "ben@PC-9"), tell("late_foreign", "Job", job, "State", "FAILED", "Me", "ben@PC-9"),
		tell("adopted", "Me", "ben@PC-9", "Job", job, "Why", why), tell("candidates", "N", 2, "Me", "ben@PC-9", "Jobs", job), tell("dismissed", "Who", "ben", "Me", "ben@PC-9", "Jobs", job, "Why", "by hand"),
		tell("decided", "Who", "ben", "Me", "ben@PC-9", "Job", job, "Start", tell("not_started"), "N", 2), tell("stray_found", "Me", "ben@PC-9", "Job", job),
	} {
		event := newEvent(uuid.New(), Log, said)
		require.Regexp(t, job+"|"+run, HumanMessage(event))
		for _, w := range []format.Writer{format.English, inCapitals} {
			require.NotRegexp(t, "(?i)"+job+"|"+run, MessageIn(event, w))
		}
	}
}

func TestWhatOthersWroteIsShownAsItIs(t *testing.T) {
	run := Run{}
	run.SetError("the file has no column order_id [sic]")
	require.Equal(t, "the file has no column order_id [sic]", run.ErrorMessage)
	require.Equal(t, run.ErrorMessage, run.Failure(inCapitals))
	for _, message := range []string{"Fabric says InProgress of job 7 (asked by ana)", `closed by hand by ben, without an answer from Fabric: see [not_started]`, "x [asked who=\"a\" me=\"b\"]"} {
		require.Equal(t, message, MessageIn(Event{Type: Log, Message: message}, inCapitals))
	}
	secret := newEvent(uuid.New(), Log, tell("results_missing", "Why", fmt.Errorf("reading: %w", errors.New("Bearer abcdefghijklmnop"))))
	require.NotContains(t, secret.Message, "abcdefghijklmnop")
}
