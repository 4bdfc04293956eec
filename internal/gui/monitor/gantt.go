package monitor

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/feeds"
)

// Bar is an activity on the run's time axis; From and To are parts of the axis, 0 to 1.
type Bar struct {
	Name, Note string
	State      controls.State
	From, To   float64
}

// Tick is a mark on the axis with the time since the run began.
type Tick struct {
	At    float64
	Label string
}

// Plan is what the time axis shows: the activities, how far the run has come, and when runs like it usually end.
type Plan struct {
	Bars   []Bar
	Ticks  []Tick
	Now    float64    // 0 for a run that has ended
	Likely [2]float64 // where it usually ends; equal where that is not known
}

// mostBars is how many activities are drawn; a run has a few.
const mostBars = 60

// PlanOf lays a run's activities out on one axis, from its start to its end, or to when it is likely to end. now is by
// the database's clock.
func PlanOf(m feeds.Monitor, now time.Time) Plan {
	if m.Run == nil || len(m.Activities) == 0 {
		return Plan{}
	}
	start, end := m.Run.Begun(), now
	for _, a := range m.Activities {
		if a.Start != nil && a.Start.Before(start) {
			start = *a.Start
		}
	}
	ended := m.Run.FinishedAt != nil
	if ended {
		end = *m.Run.FinishedAt
	}
	span := max(end.Sub(start), time.Second)
	if !ended && m.Expected != nil {
		span = max(span, m.Expected.To)
	}
	part := func(d time.Duration) float64 { return min(1, max(0, float64(d)/float64(span))) }
	p := Plan{}
	for _, a := range m.Activities[:min(len(m.Activities), mostBars)] {
		p.Bars = append(p.Bars, barOf(a, start, end, part))
	}
	if more := len(m.Activities) - mostBars; more > 0 {
		p.Bars = append(p.Bars, Bar{Name: words.N(int64(more), "and {{.N}} more", "and {{.N}} more"), State: controls.StateNeutral, From: 1, To: 1})
	}
	for _, at := range ticksOf(span) {
		p.Ticks = append(p.Ticks, Tick{part(at), words.Duration(at)})
	}
	if !ended {
		p.Now = part(now.Sub(start))
		if m.Expected != nil {
			p.Likely = [2]float64{part(m.Expected.From), part(m.Expected.To)}
		}
	}
	return p
}

func barOf(a pipelines.ActivityRun, start, end time.Time, part func(time.Duration) float64) Bar {
	state, word := activityState(a.Status)
	b := Bar{Name: a.Name, Note: word, State: state, From: 1, To: 1}
	if a.Start == nil {
		return b
	}
	until := end
	switch {
	case a.End != nil:
		until = *a.End
	case a.Duration > 0 && a.Status != "InProgress":
		until = a.Start.Add(a.Duration)
	}
	if a.Status == "Skipped" { // it has no time of its own
		return b
	}
	b.From, b.To = part(a.Start.Sub(start)), part(until.Sub(start))
	b.Note = word + " · " + words.Duration(max(0, until.Sub(*a.Start)))
	return b
}

// activityState words Fabric's state of an activity; a word that is not known stays as it is.
func activityState(status string) (controls.State, string) {
	switch status {
	case "Succeeded":
		return controls.StateDone, words.T("Succeeded")
	case "Failed":
		return controls.StateBad, words.T("Failed")
	case "InProgress":
		return controls.StateBusy, words.T("Running")
	case "Queued":
		return controls.StateNeutral, words.T("Queued")
	case "Cancelled":
		return controls.StateWarn, words.T("Cancelled")
	case "Skipped": // as a condition was not met: that is no failure
		return controls.StateNeutral, words.T("Skipped")
	}
	return controls.StateNeutral, status
}

// steps between ticks that people read easily.
var tickSteps = []time.Duration{
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute,
	5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
}

// ticksOf are two to five round times within the span, 0 left out.
func ticksOf(span time.Duration) []time.Duration {
	step := tickSteps[len(tickSteps)-1]
	for _, s := range tickSteps {
		if span/s <= 5 {
			step = s
			break
		}
	}
	var out []time.Duration
	for at := step; at <= span && len(out) < 6; at += step {
		out = append(out, at)
	}
	return out
}

// gantt draws a plan. It is drawn anew when the plan changes and never by itself.
type gantt struct {
	widget.BaseWidget
	plan Plan
}

func newGantt() *gantt {
	g := &gantt{}
	g.ExtendBaseWidget(g)
	return g
}

func (g *gantt) set(p Plan) {
	if slices.Equal(p.Bars, g.plan.Bars) && slices.Equal(p.Ticks, g.plan.Ticks) && p.Now == g.plan.Now && p.Likely == g.plan.Likely {
		return
	}
	grown := len(p.Bars) != len(g.plan.Bars)
	g.plan = p
	g.Refresh()
	if grown {
		g.Resize(fyne.NewSize(g.Size().Width, max(g.Size().Height, g.MinSize().Height)))
	}
}

func ganttRow() float32  { return style.Grown(26) }
func ganttAxis() float32 { return style.Grown(20) }

// MinSize is part of fyne.Widget.
func (g *gantt) MinSize() fyne.Size {
	return fyne.NewSize(style.Roomy(260), float32(len(g.plan.Bars))*ganttRow()+ganttAxis())
}

// ProbeTexts is what stands at the bars.
func (g *gantt) ProbeTexts() []string {
	var out []string
	for _, b := range g.plan.Bars {
		out = append(out, lettering.Line(b.Name+" "+b.Note))
	}
	return out
}

// CreateRenderer is part of fyne.Widget.
func (g *gantt) CreateRenderer() fyne.WidgetRenderer { return &ganttRenderer{g: g} }

type ganttRenderer struct {
	g       *gantt
	objects []fyne.CanvasObject
	built   fyne.Size
}

func (r *ganttRenderer) build() {
	size, p := r.g.Size(), r.g.plan
	r.objects, r.built = nil, size
	if len(p.Bars) == 0 || size.Width < 40 {
		return
	}
	names, notes := float32(0), float32(0)
	for _, b := range p.Bars {
		names, notes = max(names, caption.Width(lettering.Label(b.Name))), max(notes, caption.Width(lettering.Label(b.Note)))
	}
	names, notes = min(names, size.Width*0.3), min(notes, size.Width*0.4)
	left := names + style.Grown(12) + 2*style.Small
	width := max(20, size.Width-left-notes-style.Small)
	bottom := float32(len(p.Bars)) * ganttRow()
	at := func(part float64) float32 { return left + float32(part)*width }
	if p.Likely[1] > p.Likely[0] {
		r.area(style.BusyBack, at(p.Likely[0]), 0, at(p.Likely[1])-at(p.Likely[0]), bottom)
	}
	for _, t := range p.Ticks {
		r.area(style.Border, at(t.At), 0, 1, bottom)
		label := r.text(t.Label, style.Muted)
		need := label.MinSize()
		label.Place(fyne.NewPos(max(left, min(at(t.At)-need.Width/2, size.Width-need.Width)), bottom+2), need)
	}
	if p.Now > 0 {
		r.area(style.Accent, at(p.Now), 0, 1, bottom)
	}
	for i, b := range p.Bars {
		r.bar(b, float32(i)*ganttRow(), names, at, width+left)
	}
}

func (r *ganttRenderer) bar(b Bar, y, names float32, at func(float64) float32, right float32) {
	mark := controls.NewMark(b.State.Shape, b.State.Color)
	side := style.Grown(12)
	mark.Resize(fyne.NewSquareSize(side))
	mark.Move(fyne.NewPos(0, y+(ganttRow()-side)/2))
	r.objects = append(r.objects, mark)
	name := r.text(caption.Cut(lettering.Line(b.Name), names+0.5), style.Text)
	name.Place(fyne.NewPos(side+style.Small, y+(ganttRow()-name.MinSize().Height)/2), name.MinSize())
	if b.To > b.From || b.From < 1 {
		o := r.area(b.State.Color, at(b.From), y+7, max(3, at(b.To)-at(b.From)), ganttRow()-14)
		o.CornerRadius = 3
	}
	note := r.text(b.Note, style.Muted)
	note.Place(fyne.NewPos(right+style.Small, y+(ganttRow()-note.MinSize().Height)/2), note.MinSize())
}

func (r *ganttRenderer) area(c fyne.ThemeColorName, x, y, w, h float32) *canvas.Rectangle {
	o := canvas.NewRectangle(theme.Color(c))
	o.Resize(fyne.NewSize(w, h))
	o.Move(fyne.NewPos(x, y))
	r.objects = append(r.objects, o)
	return o
}

func (r *ganttRenderer) text(s string, c fyne.ThemeColorName) *lettering.Letters {
	t := lettering.NewLetters()
	t.Write(lettering.Label(s), caption, theme.Color(c), fyne.TextAlignLeading)
	r.objects = append(r.objects, t.Object())
	return t
}

// caption is the face of all that stands at the bars.
var caption = lettering.Face{Size: style.Caption}

func (r *ganttRenderer) Layout(size fyne.Size) {
	if size != r.built {
		r.build()
	}
}
func (r *ganttRenderer) MinSize() fyne.Size           { return r.g.MinSize() }
func (r *ganttRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *ganttRenderer) Destroy()                     {}
func (r *ganttRenderer) Refresh()                     { r.build(); canvas.Refresh(r.g) }

// AccessibilityLabel is part of fyne.Accessible.
func (g *gantt) AccessibilityLabel() string { return controls.Told(g) }

// AccessibilityRole is part of fyne.Accessible.
func (g *gantt) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }
