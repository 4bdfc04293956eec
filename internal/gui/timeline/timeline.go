// Package timeline shows a run's events. Monitor and Archive use it.
package timeline

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	"github.com/google/uuid"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/runs"
)

// stateOf is the shape of an event's kind.
func stateOf(e runs.Event) controls.State {
	switch e.Type {
	case runs.Warning:
		return controls.StateWarn
	case runs.ErrorEvent:
		return controls.StateBad
	case runs.StatusChange:
		switch change, _ := runs.ChangeOf(e); change.To {
		case runs.Succeeded:
			return controls.StateDone
		case runs.Failed:
			return controls.StateBad
		case runs.Submitted, runs.Queued, runs.Running:
		}
		return controls.StateBusy
	case runs.Log:
	}
	return controls.StateNeutral
}

// Newest are events as they are given, the newest first; hidden is how many older ones there are besides.
func Newest(events []runs.Event, hidden int) []runs.Event {
	if hidden > 0 {
		return append(slices.Clone(events), older(hidden))
	}
	return events
}

// FromBeginning are a run's events, the oldest first.
func FromBeginning(events runs.Events) []runs.Event {
	if events.Hidden > 0 {
		return append([]runs.Event{older(events.Hidden)}, events.Rows...)
	}
	return events.Rows
}

// older stands where events are that are not shown; it has no id and no time.
func older(hidden int) runs.Event {
	return runs.Event{Type: runs.Log, Message: words.N(int64(hidden), "{{.N}} older event is not shown.", "{{.N}} older events are not shown.")}
}

func same(a, b runs.Event) bool {
	return a.ID == b.ID && (a.ID != uuid.Nil || a.Message == b.Message)
}

// Timeline is the events below each other, each with its time, its kind's shape and its message in full. Only those in
// sight are worded, measured and drawn: there may be any number of them, and each may be long.
type Timeline struct {
	widget.BaseWidget
	events []runs.Event
	now    time.Time

	top     int     // the first event in sight
	off     float32 // how much of it is above
	worded  map[int]worded
	wide    float32 // that their heights are for
	dragged bool    // the bar is
	focused bool
	cursor  int // the event that Return chooses
	name    string

	chosen  func(e runs.Event, at fyne.CanvasObject) // an event was clicked, which is drawn there; nil for nobody
	entries []*entry
	inner   *fyne.Container
	clip    *container.Clip
	thumb   *canvas.Rectangle
	ring    *canvas.Rectangle // around the event at the cursor, or around all, while it has the focus
}

// New is an empty timeline; name is for the probe.
func New(name string) *Timeline {
	t := &Timeline{name: name, worded: map[int]worded{}}
	t.inner = container.NewWithoutLayout()
	t.clip = container.NewClip(t.inner)
	t.thumb = canvas.NewRectangle(nil)
	t.thumb.CornerRadius = 3
	t.ring = canvas.NewRectangle(nil)
	t.ring.CornerRadius = 4
	t.ExtendBaseWidget(t)
	return t
}

// OnChosen says what a click on an event does.
func (t *Timeline) OnChosen(chosen func(e runs.Event, at fyne.CanvasObject)) { t.chosen = chosen }

// Tapped is part of fyne.Tappable: an event is chosen.
func (t *Timeline) Tapped(e *fyne.PointEvent) {
	y := -t.off
	for i := t.top; i < len(t.events) && y <= e.Position.Y; i++ {
		y += t.height(i)
		if e.Position.Y < y && t.chosen != nil && e.Position.X < t.room() && t.events[i].ID != uuid.Nil {
			t.chosen(t.events[i], t.entry(1+i-t.top).box)
			return
		}
	}
}

// Set shows events; those that are there already keep their place. An event never changes.
func (t *Timeline) Set(events []runs.Event, now time.Time) {
	if t.now.YearDay() == now.YearDay() && slices.EqualFunc(events, t.events, same) {
		return
	}
	if t.cursor < len(t.events) { // the keys stay at their event
		at := t.events[t.cursor]
		t.cursor = max(0, slices.IndexFunc(events, func(e runs.Event) bool { return same(e, at) }))
	}
	if t.top < len(t.events) && (t.top > 0 || t.off > 0) {
		first := t.events[t.top].ID
		t.top = slices.IndexFunc(events, func(e runs.Event) bool { return e.ID == first })
	}
	if t.top < 0 || t.top >= len(events) {
		t.top, t.off = 0, 0
	}
	t.events, t.now = events, now
	clear(t.worded)
	t.draw()
}

// bar is the width of the scroll bar.
const bar float32 = 12

func (t *Timeline) room() float32 { return max(0, t.Size().Width-bar) }

// worded is an event ready to be drawn.
type worded struct {
	state         controls.State
	time, message string
	height        float32 // with the gap below it
}

const (
	gap        = style.Small // the room below an event
	mostWorded = 500         // events that are kept worded
	// mostMessage is more bytes than an event has; what is longer was not written by this program.
	mostMessage = 32 << 10
)

// word words an event, once while it is near what is in sight.
func (t *Timeline) word(i int) worded {
	if w, ok := t.worded[i]; ok {
		return w
	}
	if len(t.worded) >= mostWorded {
		clear(t.worded)
	}
	event := t.events[i]
	event.Message = strings.ToValidUTF8(event.Message[:min(len(event.Message), mostMessage)], "")
	w := worded{state: stateOf(event), message: lettering.Text(runs.MessageIn(event, words.Writer()))}
	if event.ID != uuid.Nil {
		w.time = words.Clock(event.Time, t.now)
	}
	e := t.entry(0)
	e.set(w)
	w.height = e.fit(t.room()) + gap
	t.worded[i] = w
	return w
}

// height is how high an event is, with the gap below it.
func (t *Timeline) height(i int) float32 { return t.word(i).height }

func (t *Timeline) entry(i int) *entry {
	for i >= len(t.entries) {
		t.entries = append(t.entries, newEntry())
	}
	return t.entries[i]
}

// settle keeps what is in sight within what there is.
func (t *Timeline) settle() {
	for t.off < 0 && t.top > 0 {
		t.top--
		t.off += t.height(t.top)
	}
	for t.top < len(t.events)-1 && t.off >= t.height(t.top) {
		t.off -= t.height(t.top)
		t.top++
	}
	t.off = max(0, t.off)
	// Nothing is left free below the last event as long as there is more above.
	left := t.Size().Height + t.off
	for i := t.top; i < len(t.events); i++ {
		if left -= t.height(i); left <= 0 {
			return
		}
	}
	t.off -= left
	for t.off < 0 && t.top > 0 {
		t.top--
		t.off += t.height(t.top)
	}
	t.off = max(0, t.off)
}

// draw places the events in sight.
func (t *Timeline) draw() {
	size := t.Size()
	if size.Height <= 0 {
		return
	}
	if w := t.room(); w != t.wide {
		t.wide = w
		clear(t.worded)
	}
	t.settle()
	objects := t.inner.Objects[:0]
	used := 1 // the first is for measuring
	t.markKeys(nil)
	for i, y := t.top, -t.off; i < len(t.events) && y < size.Height; i++ {
		e := t.entry(used)
		used++
		e.set(t.word(i))
		height := e.fit(t.room())
		e.box.Move(fyne.NewPos(0, y))
		objects = append(objects, e.box)
		if i == t.cursor {
			t.markKeys(e.box)
		}
		y += height + gap
	}
	shown := used - 1
	t.thumb.Hidden = shown == 0 || t.top == 0 && t.off == 0 && shown == len(t.events) && t.below() <= 0
	t.thumb.FillColor = theme.Color(theme.ColorNameScrollBar)
	high := max(28, size.Height*float32(shown)/float32(max(1, len(t.events))))
	part := (float32(t.top) + t.off/max(1, t.worded[t.top].height)) / float32(max(1, len(t.events)-shown+1))
	t.thumb.Resize(fyne.NewSize(6, min(high, size.Height)))
	t.thumb.Move(fyne.NewPos(size.Width-9, min(1, part)*max(0, size.Height-high)))
	if t.focused {
		objects = append(objects, t.ring)
	}
	t.inner.Objects = append(objects, t.thumb)
	canvas.Refresh(t.inner)
}

// below is how much there is below what is in sight, where all events are; at most that much is scrolled.
func (t *Timeline) below() float32 {
	end := -t.off - t.Size().Height
	for i := t.top; i < len(t.events); i++ {
		end += t.height(i)
	}
	return end - gap
}

// Scrolled is part of fyne.Scrollable.
func (t *Timeline) Scrolled(e *fyne.ScrollEvent) {
	t.off -= e.Scrolled.DY
	t.draw()
}

// Dragged is part of fyne.Draggable: the bar is moved.
func (t *Timeline) Dragged(e *fyne.DragEvent) {
	if !t.dragged && e.Position.X-e.Dragged.DX < t.room() {
		return
	}
	t.dragged = true
	part := max(0, min(1, e.Position.Y/max(1, t.Size().Height)))
	t.top, t.off = min(int(part*float32(len(t.events))), max(0, len(t.events)-1)), 0
	if part == 1 { // the end of the last one, which may be higher than the window
		t.off = mostMessage
	}
	t.draw()
}

// DragEnd is part of fyne.Draggable.
func (t *Timeline) DragEnd() { t.dragged = false }

// MinSize is part of fyne.Widget.
func (t *Timeline) MinSize() fyne.Size { return fyne.NewSize(120, 60) }

// CreateRenderer is part of fyne.Widget.
func (t *Timeline) CreateRenderer() fyne.WidgetRenderer { return &renderer{t} }

// ProbeChildren is the events in sight.
func (t *Timeline) ProbeChildren() []fyne.CanvasObject { return []fyne.CanvasObject{t.inner} }

type renderer struct{ t *Timeline }

func (r *renderer) Layout(size fyne.Size) {
	r.t.clip.Resize(size)
	r.t.inner.Resize(size)
	r.t.draw()
}
func (r *renderer) MinSize() fyne.Size           { return r.t.MinSize() }
func (r *renderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.t.clip} }
func (r *renderer) Destroy()                     {}
func (r *renderer) Refresh() {
	r.t.draw()
	for _, o := range r.t.inner.Objects {
		o.Refresh()
	}
}

// entry draws one event: the shape, the time beside it, the message below the time. It is used again for others.
type entry struct {
	mark          *controls.Mark
	time, message *controls.Text
	box           *fyne.Container
}

const indent float32 = 20

func newEntry() *entry {
	e := &entry{mark: controls.NewMark("", style.Muted), time: controls.NewCaption(""), message: controls.NewText("").Fitted(controls.Wrap)}
	e.box = container.NewWithoutLayout(e.mark, e.time, e.message)
	return e
}

func (e *entry) set(w worded) {
	colour := style.Text
	if w.state == controls.StateBad {
		colour = w.state.Color
	}
	e.mark.Set(w.state.Shape, w.state.Color)
	e.time.Set(w.time)
	e.message.Style(w.message, colour, false)
}

// fit lays the entry out in a width, and is how high it is then.
func (e *entry) fit(width float32) float32 {
	top := e.time.MinSize().Height
	e.mark.Resize(fyne.NewSize(12, top))
	e.time.Move(fyne.NewPos(indent, 0))
	e.time.Resize(fyne.NewSize(max(0, width-indent), top))
	e.message.Move(fyne.NewPos(indent, top))
	e.message.Resize(fyne.NewSize(max(1, width-indent), e.message.Size().Height))
	high := e.message.MinSize().Height
	e.message.Resize(fyne.NewSize(max(1, width-indent), high))
	e.box.Resize(fyne.NewSize(width, top+high))
	return top + high
}
