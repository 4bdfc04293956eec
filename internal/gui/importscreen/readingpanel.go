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
	"fabricportal/internal/services/desktop/shapes"
)

// readingPanel is “How this file is read”: one line an option, with its value, the evidence for it, and a way to change it.
type readingPanel struct {
	content fyne.CanvasObject
	lines   *fyne.Container
	scroll  *controls.Scroll
	focus   func(fyne.Focusable)
	fields  map[string]fyne.CanvasObject // the line of an option; of columns the first
	change  func(contract.ReadOptions)
	setting bool
	// recalled is what was decided before, of the file that is shown.
	recalled *shapes.Record
}

func newReadingPanel(change func(contract.ReadOptions), focus func(fyne.Focusable)) *readingPanel {
	p := &readingPanel{change: change, focus: focus, lines: controls.Column(style.Tight)}
	p.scroll = controls.NewVScroll("import.reading.scroll", p.lines)
	intro := controls.NewCaption(words.T("Each line is found in the whole file, or was chosen here. What is chosen goes with the run, and is remembered for files with the same headers.")).Fitted(controls.Wrap)
	p.content = controls.Border(controls.Pad(0, style.Small, 0, 0, intro), nil, nil, nil, p.scroll)
	return p
}

// show draws the lines of a file; given is what people have decided for it, of which recalled was decided before.
func (p *readingPanel) show(of *contract.ImportProfile, given contract.ReadOptions, recalled *shapes.Record) {
	p.setting, p.recalled = true, recalled
	defer func() { p.setting = false }()
	p.lines.RemoveAll()
	p.fields = map[string]fyne.CanvasObject{}
	if of == nil || of.Reading == nil {
		p.lines.Refresh()
		return
	}
	said, plain := told(of, given)
	p.part(words.T("Found in this file, or decided"), said, of, given)
	p.part(words.T("Read by the plain rules"), plain, of, given)
	p.lines.Refresh()
}

// told divides the lines into those that say something of this file, and the others.
func told(of *contract.ImportProfile, given contract.ReadOptions) (said, plain []readoptions.Line) {
	for _, l := range readoptions.Lines(of) {
		if l.Get(&of.Reading.Options) != "" || l.Get(&given) != "" || evidenceOf(l, of.Reading, given, nil) != "" {
			said = append(said, l)
		} else {
			plain = append(plain, l)
		}
	}
	return said, plain
}

func (p *readingPanel) part(title string, lines []readoptions.Line, of *contract.ImportProfile, given contract.ReadOptions) {
	if len(lines) == 0 {
		return
	}
	p.lines.Add(controls.Pad(style.Small, style.Tight, 0, 0, controls.NewCaption(title).Bold()))
	for i, l := range lines {
		if i > 0 {
			p.lines.Add(controls.Rule())
		}
		line := p.line(l, of, given)
		p.lines.Add(line)
		if p.fields[l.Option] == nil {
			p.fields[l.Option] = line
		}
	}
}

// lead brings an option into sight, and its field to the keyboard; a file that has no such option shows the first ones.
func (p *readingPanel) lead(option string) {
	line := p.fields[option]
	if line == nil {
		p.scroll.ScrollToTop()
		return
	}
	p.scroll.ScrollToOffset(fyne.NewPos(0, max(0, line.Position().Y-p.scroll.Size().Height/3)))
	if c, ok := line.(*fyne.Container); ok {
		if field, ok := c.Objects[1].(fyne.Focusable); ok {
			p.focus(field)
		}
	}
}

func (p *readingPanel) line(l readoptions.Line, of *contract.ImportProfile, given contract.ReadOptions) fyne.CanvasObject {
	name := "import.read." + l.Option
	if l.Role != "" {
		name += "." + l.Role
	}
	value, chosen := l.Get(&of.Reading.Options), l.Get(&given)
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
		example := l.Example
		if plain := l.Plain(of); plain != "" {
			example = words.T("{{.Value}}, by the plain rules", "Value", plain)
		}
		entry := controls.NewEntry(name, example, set).Called(l.Title)
		entry.Scroll = fyne.ScrollNone // it lies in a list that scrolls, which would not cut off one of its own
		entry.SetText(value)
		field = entry
	} else {
		field = valueList(name, l, [3]string{value, chosen, l.Plain(of)}, set)
	}
	why := controls.NewCaption(evidenceOf(l, of.Reading, given, p.recalled)).Fitted(controls.Cut)
	return container.New(optionLayout{}, title, field, why)
}

// valueList is a list of values. Its first one is what the file has where nothing is chosen: found, or by the plain rules.
func valueList(name string, l readoptions.Line, has [3]string, set func(string)) fyne.CanvasObject {
	value, chosen, plain := has[0], has[1], has[2]
	found := words.T("as found")
	switch {
	case chosen != "":
	case value != "":
		found = words.T("{{.Value}} (found)", "Value", l.ValueText(value))
	case plain != "":
		found = l.ValueText(plain)
	default:
		found = words.T("not needed")
	}
	options := []string{found}
	for _, v := range l.Values {
		options = append(options, v.Text)
	}
	shown := found
	if chosen != "" {
		shown = l.ValueText(chosen)
	}
	return controls.NewSelect(name, options, shown, func(text string) {
		at := slices.Index(options, text)
		if at <= 0 {
			set("")
			return
		}
		set(l.Values[at-1].Value)
	}).Called(l.Title)
}

// evidenceOf is why an option has its value; recalled is what was decided before, and by whom.
func evidenceOf(l readoptions.Line, r *contract.Reading, given contract.ReadOptions, recalled *shapes.Record) string {
	for _, f := range r.Found {
		if f.Option != l.Option || l.Role != "" && (r.Options.Columns[l.Role] == "" || (given.Columns[l.Role] != "") != (f.Source == contract.SourceGiven)) {
			continue // columns are there twice where some are given and some are found
		}
		if l.Option == "columns" || l.Option == "sheet" {
			f.Evidence = nil // the value names what it is
		}
		why := evidenceText(f.Evidence)
		if f.Source != contract.SourceGiven {
			if why == "" {
				return words.T("found")
			}
			return why
		}
		by := words.T("chosen")
		if recalled != nil && l.Get(&recalled.Options) == l.Get(&r.Options) {
			by = words.T("decided by {{.Who}}", "Who", recalled.By)
		}
		if why != "" {
			by += " · " + why
		}
		return by
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
		text += words.T("{{.N}} × {{.Form}}", "N", words.Count(e.Count), "Form", formText(e.Form))
	}
	return text
}

// formText words the forms that are no examples out of the file.
func formText(form string) string {
	switch form {
	case "same":
		return words.T("equal to an earlier row")
	case "different":
		return words.T("with another amount than the first")
	case "other":
		return words.T("neither")
	case "realign":
		return words.T("can be put back")
	case "leave_out":
		return words.T("can't be put back")
	case "header":
		return words.T("repeated header")
	case "rule":
		return words.T("row without a letter or digit")
	case "note":
		return words.T("note")
	case "total":
		return words.T("total")
	case "suspect":
		return words.T("possible total")
	case "unread_amounts":
		return words.T("amount that can't be read")
	case "no_order_id":
		return words.T("row without an order_id")
	case "repeated_order_id":
		return words.T("repeated order_id")
	case "shifted_rows":
		return words.T("shifted row")
	}
	return form
}

// optionLayout gives title, field and evidence their columns.
type optionLayout struct{}

const (
	optionTitle = 230
	optionField = 250
	optionGap   = 3
)

func (optionLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	height := float32(0)
	for _, x := range o {
		height = max(height, x.MinSize().Height)
	}
	height += 2 * optionGap
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
