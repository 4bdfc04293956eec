package results

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/frame"
	"fabricportal/internal/gui/kpiview"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/plaintext"
)

// chipsHeight is that of the line with the chips. It is kept without chips, so that no bar moves away from under the mouse.
const chipsHeight = 32

// newLine is the line that says where the figures come from, or of which part they are.
func (s *Screen) newLine() fyne.CanvasObject {
	p := &s.part
	p.keys = controls.Line(style.Small)
	p.keys.Hide()
	p.doing = controls.NewCaption("").Fitted(controls.Cut)
	p.details = controls.NewQuiet("results.details", words.T("Details"), func() {
		frame.ShowDetails(s.shell, p.details, "results.details", details(s.latest, s.shell.Now()))
	})
	p.line = controls.Line(style.Small, p.keys, s.source, p.details, controls.Fill(), p.doing)
	return controls.Tall(chipsHeight, p.line)
}

// busy says what is being done for a part; "" says what can be done.
func (s *Screen) busy(what string) {
	if what == "" && len(s.part.chips) == 0 && !s.shell.Prefs.Bool(usedKey) && s.latest.KPIs != nil {
		what = words.T("Click a bar or a day to see its part.")
	}
	s.part.doing.Set(what)
}

// mostChips are in sight at a time; what is beyond them is counted.
const mostChips = 4

// chipChars is how much is shown of a chip's text.
const chipChars = 32

// drawChips shows the chips, each with a way to take it away.
func (s *Screen) drawChips() {
	p := &s.part
	first := max(0, len(p.chips)-mostChips)
	var out []fyne.CanvasObject
	for _, c := range p.chips[first:] {
		text := words.T("{{.Dimension}}: {{.Keys}}", "Dimension", kpiview.Dimension(c.d), "Keys", plaintext.Line(kpiview.Key(c.d, c.key), chipChars))
		colour, back := style.Accent, theme.ColorNameSelection
		if p.shown == nil || !slices.Contains(p.shown.Filter[c.d], c.key) {
			colour, back = style.Muted, style.NeutralBk // what is drawn is not of it yet
		}
		said := controls.NewText(text + "  ✕").Sized(style.Caption).Colored(colour)
		body, _ := controls.Rounded(back, 4, controls.Pad(0, 0, 4, 4, said))
		out = append(out, controls.NewTouch("results.part."+c.d.Column()+"."+c.key, body, func() string { return text }, func() { s.choose(c.d, c.key, true) }))
	}
	if first > 0 {
		out = append(out, controls.NewCaption(words.N(int64(first), "and {{.N}} more", "and {{.N}} more")))
	}
	if len(p.chips) > 1 {
		out = append(out, controls.NewQuiet("results.part.all", words.T("Show all"), s.showAll))
	}
	p.keys.Objects = out
	controls.Toggle(p.keys, len(out) > 0)
	controls.Toggle(s.source, len(p.chips) == 0)
	controls.Toggle(p.details, len(p.chips) == 0)
	p.keys.Refresh()
	p.line.Refresh()
}
