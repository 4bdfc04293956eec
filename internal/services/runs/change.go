package runs

import (
	"strings"

	"fabricportal/internal/format"
)

// Change is a run's move from one state to the next, as a STATUS_CHANGE event tells of it. Message writes the event's
// message and ChangeOf reads it: whoever needs the state asks for it here and never looks at the words.
type Change struct {
	From   Status // "" for a new run, and where an event does not say it
	To     Status
	Reason string // who, on what evidence; "" where the event does not say it
}

// arrow stands between the two states of a message.
const arrow = "->"

// Message is the form in which an event keeps the change, such as “QUEUED->RUNNING: reason”. The reason is cleaned.
func (c Change) Message() string {
	text := string(c.From) + arrow + string(c.To)
	if c.Reason != "" {
		text += ": " + Clean(c.Reason, MaxMessage)
	}
	return text
}

// ChangeOf reads the change that an event tells of; false for an event of another type, and for a text that names no state.
// Besides Message's form it reads a state alone or before a colon, in any case, as others write it.
func ChangeOf(e Event) (Change, bool) {
	if e.Type != StatusChange {
		return Change{}, false
	}
	moved, reason, _ := strings.Cut(e.Message, ": ")
	from, to, arrowed := strings.Cut(moved, arrow)
	if !arrowed {
		from, to = "", strings.ToUpper(strings.TrimSpace(moved))
	}
	c := Change{From: Status(from), To: Status(to), Reason: Clean(reason, MaxMessage)}
	if _, known := stateWords[c.To]; !known {
		return Change{}, false
	}
	if _, known := stateWords[c.From]; !known {
		c.From = ""
	}
	return c, true
}

// human is the change as people say it.
func (c Change) human(w format.Writer, told func(string, format.Writer) string) string {
	state := w.T(stateWords[c.To])
	if c.Reason == "" {
		return state
	}
	return w.T("{{.State}}: {{.Reason}}", "State", state, "Reason", told(c.Reason, w))
}

// word is the state as a part of a sentence.
func (s Status) word() *format.Said { return format.Say(stateWords[s]) }

// stateWords are the states as people say them.
var stateWords = map[Status]string{
	Submitted: "Submitted", Queued: "Queued", Running: "Running", Succeeded: "Succeeded", Failed: "Failed",
}
