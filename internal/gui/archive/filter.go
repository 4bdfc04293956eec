package archive

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/runs"
)

// Filter says which runs are listed; the zero value is all.
type Filter = runs.Filter

// filterBar is the row above the table.
type filterBar struct {
	content  fyne.CanvasObject
	filter   Filter
	changed  func()
	mine     *controls.CheckBox
	status   *controls.Select
	text     *controls.Entry
	from, to *controls.Entry
	clear    *controls.Button
	problem  *controls.Banner // says which date can't be read
	setting  bool
	prefs    fyne.Preferences
	saved    *savedFilters
	menu     *controls.Button // offers the saved ones
}

// states are what Filter.Status can be, in the order of the choice.
var states = []string{"", "succeeded", "failed", "active"}

func stateNames() []string {
	return []string{words.T("Every state"), words.T("Succeeded"), words.T("Failed"), words.T("Active")}
}

func newFilterBar(prefs fyne.Preferences, connection string, menu, changed func()) *filterBar {
	b := &filterBar{prefs: prefs, changed: changed, saved: openFilters(prefs, connection)}
	b.menu = controls.NewQuiet("archive.filters", words.T("Saved filters…"), menu)
	b.recall()
	b.mine = controls.NewCheckBox("archive.mine", words.T("Mine"), b.filter.Mine, func(bool) { b.read() })
	names := stateNames()
	chosen := names[0]
	for i, s := range states {
		if s == b.filter.Status {
			chosen = names[i]
		}
	}
	b.status = controls.NewSelect("archive.status", names, chosen, func(string) { b.read() }).Called(words.T("State"))
	b.text = controls.NewEntry("archive.text", words.T("File, person, note or id"), nil)
	b.from, b.to = controls.NewEntry("archive.from", words.T("from"), nil), controls.NewEntry("archive.to", words.T("to"), nil)
	b.text.With(b.filter.Text)
	b.from.With(day(b.filter.From))
	b.to.With(day(b.filter.To))
	for _, e := range []*controls.Entry{b.text, b.from, b.to} {
		e.OnChanged = func(string) { b.read() }
	}
	b.clear = controls.NewQuiet("archive.clear", words.T("All"), b.clearAll)
	b.clear.Hidden = b.filter.All()
	b.problem = controls.NewBanner()
	b.content = controls.Column(style.Tight, container.New(barLayout{}, b.text, b.status, b.from, b.to, b.mine, b.clear), b.problem.Container)
	return b
}

// barLayout gives the text what the others leave.
type barLayout struct{}

func (barLayout) widths(o []fyne.CanvasObject) [6]float32 {
	return [6]float32{0, max(118, o[1].MinSize().Width), style.Roomy(92), style.Roomy(92), o[4].MinSize().Width, o[5].MinSize().Width}
}

func (l barLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	high := float32(0)
	for _, obj := range o { // of what is hidden now as well, so that nothing moves when it comes
		high = max(high, obj.MinSize().Height)
	}
	return fyne.NewSize(460, high)
}

func (l barLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	w := l.widths(o)
	rest := size.Width
	for i := 1; i < len(w); i++ {
		if i == 5 && !o[5].Visible() {
			w[5] = 0
			continue
		}
		rest -= w[i] + style.Tight
	}
	w[0] = max(90, rest)
	x := float32(0)
	for i, obj := range o {
		obj.Resize(fyne.NewSize(w[i], size.Height))
		obj.Move(fyne.NewPos(x, 0))
		if obj.Visible() {
			x += w[i] + style.Tight
		}
	}
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// read takes the filter from the controls, and keeps it.
func (b *filterBar) read() {
	if b.setting {
		return
	}
	f := Filter{Mine: b.mine.Checked, Text: strings.TrimSpace(b.text.Text), From: words.ReadDay(b.from.Text), To: words.ReadDay(b.to.Text)}
	for i, n := range stateNames() {
		if n == b.status.Chosen() {
			f.Status = states[i]
		}
	}
	why := unreadable(b.from.Text, b.to.Text)
	if why == "" && !f.From.IsZero() && !f.To.IsZero() && f.To.Before(f.From) {
		why = words.T("{{.From}} is after {{.To}}, so that no run can match.", "From", words.Day(day(f.From)), "To", words.Day(day(f.To)))
	}
	b.problem.Set(controls.StateWarn, why)
	if f == b.filter {
		return
	}
	b.filter = f
	controls.Toggle(b.clear, !f.All())
	b.keep()
	b.changed()
}

// unreadable says which of the typed days is none, so that no filter is left out in silence; "" where all are, or nothing was
// typed.
func unreadable(typed ...string) string {
	for _, text := range typed {
		if strings.TrimSpace(text) != "" && words.ReadDay(text).IsZero() {
			return words.T("“{{.Text}}” is not a date, so it filters nothing. Write it as {{.Example}}.", "Text", lettering.Label(text), "Example", "2025-01-31")
		}
	}
	return ""
}

func (b *filterBar) clearAll() { b.apply(Filter{}) }

// apply sets the controls to a filter, and reads it from them.
func (b *filterBar) apply(f Filter) {
	b.setting = true
	b.mine.SetChecked(f.Mine)
	b.status.Choose(stateNames()[max(0, slices.Index(states, f.Status))])
	b.text.SetText(f.Text)
	b.from.SetText(day(f.From))
	b.to.SetText(day(f.To))
	b.setting = false
	b.read()
}

const filterKey = "archive.filter"

func (b *filterBar) keep() {
	f := b.filter
	mine := ""
	if f.Mine {
		mine = "mine"
	}
	b.prefs.SetString(filterKey, strings.Join([]string{mine, f.Status, day(f.From), day(f.To), f.Text}, "\n"))
}

func (b *filterBar) recall() {
	parts := strings.SplitN(b.prefs.String(filterKey), "\n", 5)
	if len(parts) < 5 {
		return
	}
	b.filter = Filter{Mine: parts[0] == "mine", Status: parts[1], From: words.ReadDay(parts[2]), To: words.ReadDay(parts[3]), Text: parts[4]}
}
