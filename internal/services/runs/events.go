package runs

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/format"
)

// machinePrefix begins the messages that the program itself reads back. No text from outside can begin so: clean texts
// are put behind words of our own.
const machinePrefix = "portal:v1 "

// The machine events.
const (
	evIntent      = "post_intent"  // the start request is about to be sent
	evLost        = "answer_lost"  // no answer came to the start request
	evAnswered    = "answered"     // one came, which named no job
	evInput       = "input"        // what is known of the input file
	evReadOptions = "read_options" // how the input file is to be read
	evRestore     = "restore"      // which run is to be promoted
	evJobUnknown  = "job_unknown"  // Fabric does not know the run's job
	evJobKnown    = "job_known"    // and knows it again
	evCandidates  = "candidates"   // several jobs could be the run's
	evCancel      = "cancel"       // somebody asked Fabric to cancel the job
	evDismissed   = "dismissed"    // a person said of jobs that they are not the run's
	evNoOutputs   = "no_outputs"   // Fabric completed the job, but what it was to leave is not there
	evUnsure      = "unsure"       // and whether this is the lakehouse in which the job worked can't be seen
	evActivities  = "activities"   // what Fabric says of the job's activities
	evNote        = "note"         // a person wrote something for colleagues; no decision rests on it
)

// maxBy is the characters of a person's name in an event.
const maxBy = 200

// note is the JSON part of a machine event. Text is what a person reads; the rest depends on Ev.
type note struct {
	Ev          string   `json:"ev"`
	Text        string   `json:"text,omitempty"`
	SendBy      string   `json:"send_by,omitempty"` // RFC 3339, the sender's wall clock
	Attempt     int      `json:"attempt,omitempty"`
	SHA256      string   `json:"sha256,omitempty"`
	Size        *int64   `json:"size,omitempty"`
	SourceRunID string   `json:"source_run_id,omitempty"`
	JobID       string   `json:"job_id,omitempty"`
	Jobs        []string `json:"jobs,omitempty"`
	By          string   `json:"by,omitempty"`

	Activities  []activityNote  `json:"activities,omitempty"`
	ReadOptions json.RawMessage `json:"read_options,omitempty"`

	// Note is what a person wrote. It is the last of all, where the database looks for it (NotePattern, NoteText).
	Note string `json:"note,omitempty"`
}

// stored is a sentence as an event keeps it.
func stored(s format.Tailed) string { return told.Stored(s, MaxMessage, cleanTo(MaxMessage)) }

func cleanTo(limit int) func(string) string {
	return func(text string) string { return Clean(text, limit) }
}

// newEvent is an event with an id of its own.
func newEvent(run uuid.UUID, t EventType, text *format.Said) Event {
	return Event{ID: uuid.Must(uuid.NewV7()), RunID: run, Type: t, Message: stored(text)}
}

// onceEvent is an event that is written at most once for the run and the key, whichever desktops try: its id follows
// from both.
func onceEvent(run uuid.UUID, t EventType, key string, text *format.Said) Event {
	e := newEvent(run, t, text)
	e.ID = DerivedID(run, "event "+key)
	return e
}

// noteEvent is a machine event; with a key it is written once.
func noteEvent(run uuid.UUID, t EventType, key string, n note) Event {
	n.Text = Clean(n.Text, MaxMessage)
	data, err := json.Marshal(n)
	if err != nil { // strings and numbers can always be marshalled
		panic(err)
	}
	e := Event{ID: uuid.Must(uuid.NewV7()), RunID: run, Type: t, Message: machinePrefix + string(data)}
	if key != "" {
		e.ID = DerivedID(run, "event "+key)
	}
	return e
}

// DerivedID is an id that all desktops derive alike from a run and a key, so that a row is inserted once only.
func DerivedID(run uuid.UUID, key string) uuid.UUID { return uuid.NewSHA1(run, []byte(key)) }

// IntentPattern is the LIKE pattern of the messages of intents; their type is LOG.
const IntentPattern = machinePrefix + `{"ev":"` + evIntent + `"%`

// NoteKinds are the machine events of which the last is read whole, however many others a run has: decisions rest on them.
// NotePrefix begins their messages, NoteForm is a regular expression of PostgreSQL that finds a message's kind, and
// DismissedKind and NoteKind are the kinds of which all count.
func NoteKinds() []string {
	return []string{evIntent, evLost, evAnswered, evInput, evReadOptions, evRestore, evJobUnknown, evJobKnown, evCandidates, evCancel, evDismissed, evNoOutputs, evUnsure, evActivities, evNote}
}

// How machine events are found in the database; see NoteKinds.
const (
	NotePrefix    = machinePrefix
	NoteForm      = "^" + machinePrefix + `[{]"ev":"([a-z_]+)"`
	DismissedKind = evDismissed
	NoteKind      = evNote
)

// How the notes of people, and what restores are of, are found in the database; the type of both is LOG. NoteText is a regular expression of
// PostgreSQL that finds a note's text, as JSON writes it.
const (
	NotePattern    = machinePrefix + `{"ev":"` + evNote + `"%`
	RestorePattern = machinePrefix + `{"ev":"` + evRestore + `"%`
	NoteText       = `"note":"(.*)"[}]$`
)

// kindOf is the kind of a machine event, as noteEvent begins it; "" for any other message, and for notes of other forms.
func kindOf(message string) string {
	rest, ok := strings.CutPrefix(message, machinePrefix+`{"ev":"`)
	if !ok {
		return ""
	}
	kind, _, ok := strings.Cut(rest[:min(len(rest), MaxWord)], `"`)
	if !ok {
		return ""
	}
	return kind
}

// readNote reads a machine event; false for any other.
func readNote(message string) (note, bool) {
	var n note
	text, ok := strings.CutPrefix(message, machinePrefix)
	if !ok || json.Unmarshal([]byte(text), &n) != nil || n.Ev == "" {
		return note{}, false
	}
	return n, true
}

// lastNote is the last machine event of one of the kinds.
func lastNote(events []Event, kinds ...string) (note, Event, bool) {
	for _, event := range slices.Backward(events) {
		if kind := kindOf(event.Message); kind != "" && !slices.Contains(kinds, kind) {
			continue
		}
		n, ok := readNote(event.Message)
		if !ok {
			continue
		}
		if slices.Contains(kinds, n.Ev) {
			return n, event, true
		}
	}
	return note{}, Event{}, false
}

// HumanMessage is an event's message in English, of at most MaxMessage characters and a state's name, with the ids in it.
func HumanMessage(e Event) string { return message(e, format.English, Told) }

// MessageIn is an event's message as a screen shows it in its language. What another program wrote is shown as it is.
func MessageIn(e Event, w format.Writer) string { return message(e, w, toldToPeople) }

func message(e Event, w format.Writer, told func(string, format.Writer) string) string {
	if n, ok := NoteOf(e); ok && n.By != "" {
		return tell("noted", "Who", n.By, "Note", n.Text).Say(w)
	}
	if n, ok := readNote(e.Message); ok {
		// The options stand in the note: their names are said in the reader's language, whatever the sentence was written in.
		if o, err := contract.ParseReadOptions(n.ReadOptions); n.Ev == evReadOptions && len(n.ReadOptions) > 0 && err == nil {
			return Clean(tell("read_as", "How", HowReadIn(o, w)).Say(w), MaxMessage)
		}
		return told(Clean(oneOf(n.Text, n.Ev), MaxMessage), w)
	}
	if c, ok := ChangeOf(e); ok {
		return c.human(w, told)
	}
	return told(Clean(e.Message, MaxMessage), w)
}

// wall is t without the monotonic reading: a computer that slept must see that time went by (docs/run-protocol.md §3 step 2).
func wall(t time.Time) time.Time { return t.Round(0) }
