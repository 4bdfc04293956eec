package importscreen

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"fabricportal/contract"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/readoptions"
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
	for i, l := range readoptions.Lines(of) {
		if i > 0 {
			p.lines.Add(controls.Rule())
		}
		p.lines.Add(p.line(l, of.Reading, given))
	}
	p.lines.Refresh()
}

func (p *readingPanel) line(l readoptions.Line, r *contract.Reading, given contract.ReadOptions) fyne.CanvasObject {
	name := "import.read." + l.Option
	if l.Role != "" {
		name += "." + l.Role
	}
	value, chosen := l.Get(&r.Options), l.Get(&given)
	title := controls.NewText(l.Title).Fitted(controls.Cut)
	if value != "" {
		title.Bold()
	}
	set := func(v string) {
		if p.setting || v == chosen {
			return
		}
		next := given.Merged(contract.ReadOptions{}) // a copy, whose columns are replaced and never changed
		l.Set(&next, v)
		p.change(next)
	}
	var field fyne.CanvasObject
	if l.Values == nil {
		entry := controls.NewEntry(name, l.Example, set)
		entry.SetText(value)
		field = entry
	} else {
		field = p.choice(name, l, value, chosen, set)
	}
	why := controls.NewCaption(evidenceOf(l, r)).Fitted(controls.Cut)
	return container.New(optionLayout{}, title, field, why)
}

// choice is a list of values, with what was found as its first one.
func (p *readingPanel) choice(name string, l readoptions.Line, value, chosen string, set func(string)) fyne.CanvasObject {
	found := words.T("as found")
	if value != "" && chosen == "" {
		found = words.T("{{.Value}} (found)", "Value", l.ValueText(value))
	}
	options := []string{found}
	for _, v := range l.Values {
		options = append(options, v.Text)
	}
	s := controls.NewSelect(name, options, "", nil)
	s.Selected = found
	if chosen != "" {
		s.Selected = l.ValueText(chosen)
	}
	s.OnChanged = func(text string) {
		at := slices.Index(options, text)
		if at <= 0 {
			set("")
			return
		}
		set(l.Values[at-1].Value)
	}
	return s
}

// evidenceOf is why an option has its value.
func evidenceOf(l readoptions.Line, r *contract.Reading) string {
	for _, f := range r.Found {
		if f.Option != l.Option || l.Role != "" && r.Options.Columns[l.Role] == "" {
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
