package deployment

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// mark stands at the end of an item's description and says what this program put into the item. It holds two digests, as Fabric may
// give back something else than it was sent: what people have changed is told from what Fabric has.
type mark struct {
	wanted  string // of what was sent
	found   string // of what Fabric gave back of it; while an update is under way, of what was there before; "" where that is not known
	pending bool   // an update was begun, and nobody has noted its end
}

var markForm = regexp.MustCompile(` ?\[portal-desktop ([0-9a-f]{16}) ([0-9a-f]{16}|-)(\?)?\]$`)

// maxDescription is how many characters Fabric takes (docs/fabric.md §8).
const maxDescription = 256

// splitMark takes the mark from a description; without one the mark is empty.
func splitMark(description string) (text string, m mark) {
	description = strings.TrimSpace(description)
	parts := markForm.FindStringSubmatch(description)
	if parts == nil {
		return description, mark{}
	}
	m = mark{wanted: parts[1], found: parts[2], pending: parts[3] != ""}
	if m.found == "-" {
		m.found = ""
	}
	return strings.TrimSuffix(description, parts[0]), m
}

// put adds the mark to a text of people's.
func (m mark) put(text string) string {
	found, pending := m.found, ""
	if found == "" {
		found = "-"
	}
	if m.pending {
		pending = "?"
	}
	written := "[portal-desktop " + m.wanted + " " + found + pending + "]"
	room := maxDescription - utf8.RuneCountInString(written) - 1
	if runes := []rune(text); len(runes) > room {
		text = strings.TrimSpace(string(runes[:room]))
	}
	return strings.TrimSpace(text + " " + written)
}

// judge says how an item stands, by the essence of what was found and of what is wanted.
func judge(found, wanted essence, m mark) State {
	has, wants := digest(found), digest(wanted)
	// Without a mark nobody has noted what this program, or another tool that publishes the same folders, put there.
	unconfirmed := m == mark{} || m.pending && m.wanted == wants
	switch {
	case has == wants, m == mark{wanted: wants, found: has}, unconfirmed && contains(found, wanted):
		return Unchanged
	case m.found != "" && m.found == has:
		return Outdated
	}
	return Edited
}
