package importscreen

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"fabricportal/contract"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
)

// readingPanel is “How this file is read”: one line an option, with its value, the evidence for it, and a way to change it.
type readingPanel struct {
	content fyne.CanvasObject
	lines   *fyne.Container
	change  func(contract.ReadOptions)
	setting bool
}

func newReadingPanel(change func(contract.ReadOptions)) *readingPanel {
	p := &readingPanel{change: change, lines: controls.Column(style.Tight)}
	intro := controls.NewCaption(words.T("Each line is found in the whole file, or was chosen here. What is chosen goes with the run, and is remembered for files with the same headers.")).Fitted(controls.Wrap)
	p.content = container.NewBorder(controls.Pad(0, style.Small, 0, 0, intro), nil, nil, nil, container.NewVScroll(p.lines))
	return p
}

// show draws the lines of a file; given is what a person has chosen for it.
func (p *readingPanel) show(of *contract.ImportProfile, given contract.ReadOptions) {
	p.setting = true
	defer func() { p.setting = false }()
	p.lines.RemoveAll()
	if of == nil || of.Reading == nil {
		p.lines.Refresh()
		return
	}
	for i, l := range optionLines(of) {
		if i > 0 {
			p.lines.Add(controls.Rule())
		}
		p.lines.Add(p.line(l, of.Reading, given))
	}
	p.lines.Refresh()
}

func (p *readingPanel) line(l optionLine, r *contract.Reading, given contract.ReadOptions) fyne.CanvasObject {
	name := "import.read." + l.option
	if l.role != "" {
		name += "." + l.role
	}
	value, chosen := l.get(&r.Options), l.get(&given)
	title := controls.NewText(l.title).Fitted(controls.Cut)
	if value != "" {
		title.Bold()
	}
	set := func(v string) {
		if p.setting || v == chosen {
			return
		}
		next := given.Merged(contract.ReadOptions{}) // a copy, whose columns are replaced and never changed
		l.set(&next, v)
		p.change(next)
	}
	var field fyne.CanvasObject
	if l.values == nil {
		entry := controls.NewEntry(name, l.hint, set)
		entry.SetText(value)
		field = entry
	} else {
		field = p.choice(name, l, value, chosen, set)
	}
	why := controls.NewCaption(evidenceOf(l, r)).Fitted(controls.Cut)
	return container.New(optionLayout{}, title, field, why)
}

// choice is a list of values, with what was found as its first one.
func (p *readingPanel) choice(name string, l optionLine, value, chosen string, set func(string)) fyne.CanvasObject {
	found := words.T("as found")
	if value != "" && chosen == "" {
		found = words.T("{{.Value}} (found)", "Value", l.valueText(value))
	}
	options := []string{found}
	for _, v := range l.values {
		options = append(options, v.text)
	}
	s := controls.NewSelect(name, options, "", nil)
	s.Selected = found
	if chosen != "" {
		s.Selected = l.valueText(chosen)
	}
	s.OnChanged = func(text string) {
		at := slices.Index(options, text)
		if at <= 0 {
			set("")
			return
		}
		set(l.values[at-1].value)
	}
	return s
}

// evidenceOf is why an option has its value.
func evidenceOf(l optionLine, r *contract.Reading) string {
	for _, f := range r.Found {
		if f.Option != l.option || l.role != "" && r.Options.Columns[l.role] == "" {
			continue
		}
		if f.Source == contract.SourceGiven {
			return words.T("chosen")
		}
		return evidenceText(f.Evidence)
	}
	return ""
}

// evidenceText is counts by form, such as 2,000 × 1,234.50.
func evidenceText(list []contract.Evidence) string {
	text := ""
	for _, e := range list {
		if e.Count == 0 {
			continue
		}
		if text != "" {
			text += " · "
		}
		text += words.T("{{.N}} × {{.Form}}", "N", words.Count(e.Count), "Form", e.Form)
	}
	return text
}

// optionLayout gives title, field and evidence their columns.
type optionLayout struct{}

const (
	optionTitle = 230
	optionField = 250
)

func (optionLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	height := float32(0)
	for _, x := range o {
		height = max(height, x.MinSize().Height)
	}
	return fyne.NewSize(optionTitle+optionField+60, height)
}

func (optionLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	x := float32(0)
	for i, width := range []float32{optionTitle, optionField, max(0, size.Width-optionTitle-optionField-24)} {
		height := o[i].MinSize().Height
		o[i].Resize(fyne.NewSize(width, height))
		o[i].Move(fyne.NewPos(x, (size.Height-height)/2))
		x += width + 12
	}
}

// undecided tells whether a person has to decide how a file is read.
func undecided(a *shell.Analysis) bool {
	return a != nil && a.Reading != nil && len(a.Reading.Questions) > 0
}

// howRead names what is not read by the rules as they stand; "" where nothing is.
func howRead(r *contract.Reading) string {
	if r == nil {
		return ""
	}
	var parts []string
	for _, l := range optionLines(&contract.ImportProfile{File: contract.File{Format: contract.FormatCSV}}) {
		if value := l.get(&r.Options); value != "" {
			parts = append(parts, words.T("{{.Option}}: {{.Value}}", "Option", l.title, "Value", l.valueText(value)))
		}
	}
	if r.Options.Sheet != "" {
		parts = append(parts, words.T("{{.Option}}: {{.Value}}", "Option", words.T("Sheet"), "Value", r.Options.Sheet))
	}
	return strings.Join(parts, " · ")
}
