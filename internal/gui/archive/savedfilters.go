package archive

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/dialogs"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/runs"
)

// The limits of saved filters.
const (
	maxFilters    = 20
	maxFilterName = 40  // characters
	maxFilterText = 300 // characters of what is searched for
	maxKept       = 64 << 10
)

// savedFilter is a filter with the name that a person gave it.
type savedFilter struct {
	name   string
	filter Filter
}

// keptFilter is how it stands in the preferences.
type keptFilter struct {
	Name   string `json:"name"`
	Mine   bool   `json:"mine,omitempty"`
	Status string `json:"status,omitempty"`
	From   string `json:"from,omitempty"` // YYYY-MM-DD
	To     string `json:"to,omitempty"`
	Text   string `json:"text,omitempty"`
}

// savedFilters are those of a connection, by name. They are this computer's.
type savedFilters struct {
	prefs fyne.Preferences
	key   string
	list  []savedFilter
}

// openFilters reads them. What can't be one is left out: anybody may have written the preferences.
func openFilters(prefs fyne.Preferences, connection string) *savedFilters {
	s := &savedFilters{prefs: prefs, key: "archive.filters." + connection}
	text := prefs.String(s.key)
	var kept []keptFilter
	if len(text) > maxKept || json.Unmarshal([]byte(text), &kept) != nil {
		return s
	}
	for _, k := range kept {
		f := Filter{Mine: k.Mine, Status: k.Status, Text: runs.Clean(k.Text, maxFilterText)}
		var bad bool
		for _, d := range []struct {
			text string
			to   *time.Time
		}{{k.From, &f.From}, {k.To, &f.To}} {
			if d.text == "" {
				continue
			}
			day, err := time.Parse(time.DateOnly, d.text)
			bad = bad || err != nil
			*d.to = day
		}
		name := runs.Clean(k.Name, maxFilterName)
		if bad || f.All() || !slices.Contains(states, f.Status) || s.problem(name, -1) != "" {
			continue
		}
		s.list = append(s.list, savedFilter{name, f})
	}
	return s
}

// problem says why a filter can't have a name; at is its place, -1 of a new one.
func (s *savedFilters) problem(name string, at int) string {
	switch {
	case name == "":
		return words.T("A filter needs a name.")
	case slices.ContainsFunc(s.list, func(o savedFilter) bool {
		return strings.EqualFold(o.name, name) && (at < 0 || s.list[at].name != o.name)
	}):
		return words.T("There is a filter with the name “{{.Name}}” already.", "Name", name)
	case at < 0 && len(s.list) >= maxFilters:
		return words.T("There are {{.N}} filters, and no more are kept: delete one.", "N", words.Count(maxFilters))
	}
	return ""
}

// add keeps a filter; what speaks against it, or "".
func (s *savedFilters) add(name string, f Filter) string {
	name = runs.Clean(name, maxFilterName)
	if why := s.problem(name, -1); why != "" {
		return why
	}
	f.Text = runs.Clean(f.Text, maxFilterText)
	s.list = append(s.list, savedFilter{name, f})
	s.keep()
	return ""
}

func (s *savedFilters) rename(at int, name string) string {
	name = runs.Clean(name, maxFilterName)
	if why := s.problem(name, at); why != "" {
		return why
	}
	s.list[at].name = name
	s.keep()
	return ""
}

func (s *savedFilters) remove(at int) {
	s.list = slices.Delete(s.list, at, at+1)
	s.keep()
}

func (s *savedFilters) keep() {
	slices.SortFunc(s.list, func(a, b savedFilter) int {
		return strings.Compare(strings.ToLower(a.name), strings.ToLower(b.name))
	})
	kept := make([]keptFilter, len(s.list))
	for i, f := range s.list {
		kept[i] = keptFilter{f.name, f.filter.Mine, f.filter.Status, day(f.filter.From), day(f.filter.To), f.filter.Text}
	}
	data, err := json.Marshal(kept)
	if err != nil { // texts can always be marshalled
		panic(err)
	}
	s.prefs.SetString(s.key, string(data))
}

// place is where a filter stands; -1 where it is not kept.
func (s *savedFilters) place(f Filter) int {
	return slices.IndexFunc(s.list, func(o savedFilter) bool { return o.filter == f })
}

// filterWords say what a filter lets through, such as “Mine · Failed · from 1 Nov 2025”.
func filterWords(f Filter) string {
	var parts []string
	if f.Text != "" {
		parts = append(parts, "“"+lettering.Label(f.Text)+"”")
	}
	if at := slices.Index(states, f.Status); at > 0 {
		parts = append(parts, stateNames()[at])
	}
	switch from, to := day(f.From), day(f.To); {
	case from != "" && to != "":
		parts = append(parts, words.Days(from, to))
	case from != "":
		parts = append(parts, words.T("from {{.Day}}", "Day", words.Day(from)))
	case to != "":
		parts = append(parts, words.T("to {{.Day}}", "Day", words.Day(to)))
	}
	if f.Mine {
		parts = append(parts, words.T("Mine"))
	}
	return strings.Join(parts, " · ")
}

// filterCard offers the saved filters, and to save the one that is set.
func (s *Screen) filterCard() {
	b := s.filter
	rows := controls.Column(style.Small)
	again := func() {
		s.shell.Dialogs.CloseCards()
		s.drawCount()
		s.filterCard()
	}
	for i, f := range b.saved.list {
		name := fmt.Sprintf("archive.filters.%d", i)
		apply := controls.NewButton(name, nameFace.Cut(lettering.Label(f.name), 180), func() {
			s.shell.Dialogs.CloseCards()
			b.apply(f.filter)
			s.drawCount()
		})
		rename := controls.NewQuiet(name+".rename", words.T("Rename…"), func() {
			s.shell.Dialogs.CloseCards()
			s.nameFilter(words.T("Rename the filter"), f.name, words.T("Rename"), func(name string) string { return b.saved.rename(i, name) })
		})
		remove := controls.NewQuiet(name+".delete", words.T("Delete"), func() {
			s.shell.Dialogs.CloseCards()
			s.shell.Dialogs.Ask(dialogs.Question{
				Title: words.T("Delete the filter “{{.Name}}”?", "Name", f.name), Body: []string{filterWords(f.filter)}, Yes: words.T("Delete"), Danger: true,
				Do: func() { b.saved.remove(i); again() },
			})
		})
		buttons := controls.Line(style.Tight, rename, remove)
		rows.Add(controls.Column(style.Tight, controls.Border(nil, nil, nil, buttons, apply), controls.NewCaption(filterWords(f.filter)).Fitted(controls.Cut)))
	}
	if len(b.saved.list) == 0 {
		rows.Add(controls.NewText(words.T("No filter is saved yet.")))
	}
	set, kept := !b.filter.All(), b.saved.place(b.filter) >= 0
	save := controls.NewButton("archive.filters.save", words.T("Save this filter…"), func() {
		s.shell.Dialogs.CloseCards()
		f := b.filter
		s.nameFilter(words.T("Save this filter"), runs.Clean(filterWords(f), maxFilterName), words.T("Save"), func(name string) string { return b.saved.add(name, f) })
	})
	save.Enabled(set && !kept)
	hint := words.T("Saved on this computer, for the connection {{.Name}}.", "Name", lettering.Label(s.shell.Connection))
	if !set {
		hint = words.T("Set a filter first: then it can be saved by a name.")
	}
	rows.Add(controls.Rule())
	rows.Add(controls.NewCaption(hint).Fitted(controls.Wrap))
	rows.Add(controls.Line(style.Small, save, controls.Fill()))
	s.shell.Dialogs.Card(b.menu, controls.Width(460, rows))
	if first := firstButton(rows); first != nil { // by keyboard, the first is at hand
		s.shell.Window.Canvas().Focus(first)
	}
}

// firstButton is the first button in a card.
func firstButton(o fyne.CanvasObject) fyne.Focusable {
	switch o := o.(type) {
	case *controls.Button:
		if !o.Disabled() {
			return o
		}
	case *fyne.Container:
		for _, x := range o.Objects {
			if b := firstButton(x); b != nil {
				return b
			}
		}
	}
	return nil
}

// nameFilter asks for a filter's name, and again where it can't have that one.
func (s *Screen) nameFilter(title, name, yes string, keep func(name string) string) {
	var ask func(name, problem string)
	ask = func(name, problem string) {
		var d *dialogs.Dialog
		var entry *controls.Entry
		done := func() {
			if why := keep(entry.Text); why != "" {
				ask(entry.Text, why)
				return
			}
			s.drawCount()
		}
		entry = controls.NewEntry("archive.filters.name", words.T("Name"), func(string) {
			d.Close()
			done()
		}).With(name)
		d = s.shell.Dialogs.Ask(dialogs.Question{Title: title, Extra: []fyne.CanvasObject{entry}, Warning: problem, Yes: yes, Do: done})
		s.shell.Window.Canvas().Focus(entry)
	}
	ask(name, "")
}
