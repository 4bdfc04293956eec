// Package spoken says in words what a window shows: each control with its name, what it is and its state, and whole screens in the order in
// which they are read. Screen readers are told it as far as Fyne 2.8.1 passes it on: on Windows and macOS, with its tag accessibility, of
// what stands in plain containers, as a name and one of the kinds button, link and text. For all else there is the screen as text.
package spoken

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/gui/probe"
	"fabricportal/internal/gui/words"
)

// Labelled is a control that has a name of its own beside what is entered or chosen in it.
type Labelled interface{ SpokenLabel() string }

// heading is a text that is the title of what follows.
type heading interface{ SpokenHeading() bool }

// role is a control that says what it is.
type role interface{ ProbeRole() string }

// Name is what a control is called: its own name, else what stands on it; "" where it has none.
func Name(o fyne.CanvasObject) string {
	if l, ok := o.(Labelled); ok {
		return l.SpokenLabel()
	}
	own := ""
	if t, ok := o.(probe.Texted); ok {
		own = strings.TrimSpace(t.ProbeText())
	}
	within := strings.Join(texts(o), ", ")
	switch {
	case within == "" || strings.Contains(own, within):
		return own
	case own == "" || strings.Contains(within, own):
		return within
	}
	return own + ": " + within
}

// Control is a control in words: its name, what it is, its state.
func Control(o fyne.CanvasObject) string {
	text := Name(o)
	state := []string{}
	kind := ""
	if r, ok := o.(role); ok {
		kind = r.ProbeRole()
		state = append(state, kindWord(kind))
	}
	chosen := false
	if c, ok := o.(interface{ ProbeChosen() bool }); ok {
		chosen = c.ProbeChosen()
	}
	switch {
	case kind == "check box" && chosen:
		state = append(state, words.T("ticked"))
	case kind == "check box":
		state = append(state, words.T("not ticked"))
	case chosen:
		state = append(state, words.T("chosen"))
	}
	if e, ok := o.(interface{ ProbeEnabled() bool }); ok && !e.ProbeEnabled() {
		state = append(state, words.T("not available"))
	}
	if len(state) > 0 {
		text = strings.TrimSpace(text + " (" + strings.Join(state, ", ") + ")")
	}
	if isField(kind) {
		value := strings.TrimSpace(valueOf(o))
		if value == "" {
			value = words.T("empty")
		}
		text += ": " + value
	}
	return text
}

// valueOf is what is entered or chosen.
func valueOf(o fyne.CanvasObject) string {
	switch v := o.(type) {
	case interface{ SpokenValue() string }:
		return v.SpokenValue()
	case probe.Texted:
		return v.ProbeText()
	}
	return ""
}

func isField(kind string) bool { return kind == "entry" || kind == "choice" }

// kindWord is what a control is, in the window's language.
func kindWord(kind string) string {
	switch kind {
	case "button":
		return words.T("button")
	case "tab":
		return words.T("tab of a page")
	case "switch":
		return words.T("switch")
	case "check box":
		return words.T("check box")
	case "entry":
		return words.T("field")
	case "choice":
		return words.T("choice")
	case "table":
		return words.T("table")
	case "list":
		return words.T("list")
	case "chart":
		return words.T("chart")
	case "menu":
		return words.T("menu")
	case "scroll":
		return words.T("text that scrolls")
	}
	return kind
}

// Line is a line of a screen as text.
type Line struct {
	Heading bool
	Text    string
}

// Screen is what stands in some objects, in the order in which it is read, what is scrolled out of sight, too.
func Screen(roots ...fyne.CanvasObject) []Line {
	r := &reader{}
	for _, o := range roots {
		r.read(o)
	}
	return r.lines
}

// Text is a screen as one text: headings stand by themselves.
func Text(lines []Line) string {
	var out strings.Builder
	for i, l := range lines {
		if l.Heading && i > 0 {
			out.WriteByte('\n')
		}
		out.WriteString(l.Text)
		out.WriteByte('\n')
	}
	return out.String()
}

// texts are those that stand within a control.
func texts(o fyne.CanvasObject) []string {
	r := &reader{}
	r.within(o)
	var out []string
	for _, l := range r.lines {
		out = append(out, l.Text)
	}
	return out
}

// reader collects lines.
type reader struct{ lines []Line }

func (r *reader) say(text string, title bool) {
	text = strings.TrimSpace(text)
	if text == "" || len(r.lines) > 0 && r.lines[len(r.lines)-1].Text == text { // a caption that a name repeats
		return
	}
	r.lines = append(r.lines, Line{title, text})
}

func (r *reader) read(o fyne.CanvasObject) {
	if o == nil || !o.Visible() {
		return
	}
	kind := ""
	if k, ok := o.(role); ok {
		kind = k.ProbeRole()
	}
	switch {
	case kind == "" || kind == "scroll": // it only holds
	case kind == "table" || kind == "list" || kind == "chart" || kind == "menu":
		r.say(kindWord(kind)+":", false)
	default:
		r.say(Control(o), false)
		for _, inner := range controlsIn(o) {
			r.read(inner)
		}
		return
	}
	if t, ok := o.(probe.Texted); ok {
		h, _ := o.(heading)
		text := t.ProbeText()
		if c, ok := o.(interface{ ProbeChosen() bool }); ok && c.ProbeChosen() {
			text += " (" + words.T("chosen") + ")"
		}
		r.say(text, h != nil && h.SpokenHeading())
		if named, ok := o.(probe.Named); ok && named.ProbeName() != "" && kind == "" { // a row: its text is all that stands in it
			return
		}
	}
	r.within(o)
}

// within reads what an object holds.
func (r *reader) within(o fyne.CanvasObject) {
	for _, inner := range probe.Children(o) {
		r.read(inner)
	}
	switch v := o.(type) {
	case probe.Texts:
		for _, t := range v.ProbeTexts() {
			r.say(t, false)
		}
	case *canvas.Text:
		r.say(v.Text, v.TextStyle.Bold)
	case *widget.Label:
		r.say(v.Text, v.TextStyle.Bold)
	}
}

// controlsIn are the controls within a control, which are used by themselves.
func controlsIn(o fyne.CanvasObject) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for _, inner := range probe.Children(o) {
		if _, ok := inner.(role); ok {
			out = append(out, inner)
			continue
		}
		if inner != nil && inner.Visible() {
			out = append(out, controlsIn(inner)...)
		}
	}
	return slices.Clip(out)
}
