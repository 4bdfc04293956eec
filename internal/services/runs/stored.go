package runs

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"fabricportal/internal/plaintext"
)

// Message is an event's message as it comes from the database, fit to be read by people and programs: whoever wrote the
// row, its texts are clean and bounded. stored is at most the first limit+1 characters of it; what is longer than limit was
// cut, and a machine event that was cut tells its kind and its text and nothing else. What this program wrote, and was not
// cut, stays as it is.
func Message(stored string, limit int) string {
	body, machine := strings.CutPrefix(stored, machinePrefix)
	if !machine {
		return spoken(stored)
	}
	var tidy note
	if utf8.RuneCountInString(stored) > limit {
		tidy = noteBegun(body).tidied()
	} else if n, ok := readNote(stored); ok {
		tidy = n.tidied()
		if before, err := json.Marshal(n); err == nil {
			if after, err := json.Marshal(tidy); err == nil && string(before) == string(after) {
				return stored
			}
		}
	}
	if data, err := json.Marshal(tidy); err == nil && tidy.Ev != "" {
		return machinePrefix + string(data)
	}
	return spoken(stored)
}

// spoken is a message that is for people alone: what only looks like a machine event, or comes to look so by being cleaned,
// is none.
func spoken(text string) string {
	line := Clean(text, MaxMessage)
	for {
		rest, ok := strings.CutPrefix(line, machinePrefix)
		if !ok {
			return line
		}
		line = rest
	}
}

// noteBegun reads the kind and the text of a machine event whose end is missing.
func noteBegun(body string) note {
	var n note
	dec := json.NewDecoder(strings.NewReader(body))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return n
	}
	for {
		name, err := dec.Token()
		if err != nil {
			return n
		}
		value, err := dec.Token()
		text, ok := value.(string)
		switch {
		case err != nil || !ok: // the two that are looked for come first
			return n
		case name == "ev":
			n.Ev = text
		case name == "text":
			n.Text = text
		}
	}
}

// tidied is a note whose texts are fit to be shown, compared and used. What is no word, id or time of ours is left out.
func (n note) tidied() note {
	n.Ev, n.Text, n.By, n.Note = Exact(n.Ev, MaxWord), Clean(n.Text, MaxMessage), Clean(n.By, maxBy), Clean(n.Note, MaxNoteText)
	for _, word := range []*string{&n.SendBy, &n.SHA256, &n.SourceRunID, &n.JobID} {
		if !plaintext.Shows(*word, MaxWord) {
			*word = ""
		}
	}
	var jobs []string
	for _, id := range n.Jobs {
		if plaintext.Shows(id, MaxWord) {
			jobs = append(jobs, id)
		}
	}
	n.Jobs = jobs
	var activities []activityNote
	for _, a := range n.Activities[:min(len(n.Activities), maxActivities)] {
		activities = append(activities, a.tidied())
	}
	n.Activities = activities
	return n
}

func (a activityNote) tidied() activityNote {
	a.ID, a.Name, a.Type, a.Status = Clean(a.ID, 60), Clean(a.Name, 120), Clean(a.Type, 60), Clean(a.Status, 40)
	a.Error, a.Snapshot, a.Spark = Clean(a.Error, 300), Clean(a.Snapshot, 400), Clean(a.Spark, 400)
	return a
}
